/** Chromium. */
import { chromium } from "playwright-core";

/** Longer than anything takes that the tests wait for, on a busy machine. */
export const patienceMs = 60_000;

const args = ["--disable-background-networking", "--disable-quic", "--disable-component-update", "--disable-sync"];

/** @param {string[]} [more] arguments of Chromium's beside the usual ones */
export function launch(more = []) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  // Chromium's sandbox does not work for root, which is what a container's user often is.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args: [...args, "--no-first-run", ...sandbox, ...more] });
}
