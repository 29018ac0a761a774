/**
 * Chromium as people have it. Playwright's own way of starting it keeps every page visible, focused and unthrottled, and
 * has no back/forward cache; here a tab that is not in front is hidden.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { inChromium } from "../../support/everywhere.mjs";

const flags = [
  "--headless=new",
  "--remote-debugging-port=0",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-quic",
  "--disable-component-update",
  "--disable-sync",
  // Chromium's sandbox does not work for root, which is what a container's user often is.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/** Starts it, with a profile of its own. */
async function launch() {
  const profile = await mkdtemp(join(tmpdir(), "threadpass-profile-"));
  const args = [...flags, `--user-data-dir=${profile}`, "about:blank"];
  const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", args, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    const browser = await chromium.connectOverCDP(await endpointOf(child), { noDefaults: true });
    return { browser, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where it can be driven from, which it says itself. */
function endpointOf(child) {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      printed += text;
      const endpoint = /ws:\/\/\S+/.exec(printed);
      if (endpoint) resolve(endpoint[0]);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`Chromium has ended: ${printed}`)));
  });
}

/** @type {ReturnType<typeof launch> | undefined} */
let shared;
after(async () => (await shared)?.stop());

/**
 * @typedef {object} Tab
 * @property {import("playwright-core").Page} page its scripts have `tools`, those of inside.mjs, as long as it lives
 * @property {import("playwright-core").CDPSession} cdp
 * @property {() => Promise<void>} show brings it to the front, which hides the one that was there
 * @property {() => Promise<void>} hide puts an empty tab in front
 * @property {() => Promise<void>} freeze hides it and stops it, as the browser does to save power
 * @property {() => Promise<void>} resume lets it go on, still hidden
 *
 * @typedef {Omit<import("../../support/everywhere.mjs").PageStage, "page" | "run" | "tab"> & {
 *   browser: import("playwright-core").Browser, site: string, open: () => Promise<Tab>
 * }} NaturalStage
 */

const visible = (page, state) => page.waitForFunction((state) => document.visibilityState === state, state);

/** Loads the package and the tools, which stay until the page is left. */
export const prepare = (page) =>
  page.evaluate(async () => {
    const [threadpass, { makeTools }] = await Promise.all([import("/pkg/index.js"), import("/inside.mjs")]);
    window.tools = makeTools(threadpass);
  });

/**
 * A test in tabs that are hidden, throttled and frozen as people's are. Afterwards nothing is left uncaught in them, and
 * what the package said has no secret.
 *
 * @param {string} name
 * @param {{ todo?: string }} options
 * @param {(stage: NaturalStage) => Promise<void>} act
 */
export function naturally(name, options, act) {
  inChromium(name, options, async ({ page: blank, ...stage }) => {
    const site = blank.url();
    const { browser } = await (shared ??= launch());
    const [context] = browser.contexts();
    const [empty] = context.pages();
    const uncaught = [];
    /** @type {import("playwright-core").Page[]} */
    const opened = [];
    const open = async () => {
      const page = await context.newPage();
      opened.push(page);
      page.on("pageerror", (error) => uncaught.push(String(error)));
      page.on("console", (message) => stage.printed.push(message.text()));
      await page.goto(site);
      await prepare(page);
      const cdp = await context.newCDPSession(page);
      const show = async () => {
        await page.bringToFront();
        await visible(page, "visible");
      };
      const hide = async () => {
        await empty.bringToFront();
        await visible(page, "hidden");
      };
      const freeze = async () => {
        await hide();
        await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
      };
      const resume = async () => void (await cdp.send("Page.setWebLifecycleState", { state: "active" }));
      await show();
      return { page, cdp, show, hide, freeze, resume };
    };
    try {
      await act({ ...stage, browser, site, open });
      for (const page of opened) stage.printed.push(...(await page.evaluate(() => window.tools?.finish() ?? [])));
    } finally {
      for (const page of opened) await page.close();
    }
    assert.deepEqual(uncaught, [], "nothing was left uncaught");
  });
}

/** What Chromium says of a tab's scripts: each is somebody being woken. */
const wakings = ["TimerFire", "FunctionCall", "EvaluateScript", "FireAnimationFrame", "FireIdleCallback"];

/** Counts what makes the scripts of a tab run while something else is awaited. Nothing in the page is touched for it. */
export async function wakeUps(browser, { cdp }, act) {
  const { frameTree } = await cdp.send("Page.getFrameTree");
  const tracing = await browser.newBrowserCDPSession();
  const events = [];
  tracing.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => tracing.once("Tracing.tracingComplete", resolve));
  const traceConfig = { includedCategories: ["devtools.timeline"] };
  await tracing.send("Tracing.start", { traceConfig, transferMode: "ReportEvents" });
  await act();
  await tracing.send("Tracing.end");
  await complete;
  await tracing.detach();
  return events.filter(({ name, args }) => wakings.includes(name) && args.data?.frame === frameTree.frame.id).length;
}
