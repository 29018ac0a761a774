/** Waiting for what no page tells. */
import { setTimeout as pause } from "node:timers/promises";
import { patienceMs } from "./browser.mjs";

/**
 * Asks again and again until the answer is not empty.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T> | T} ask
 */
export async function until(what, ask) {
  const end = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(100);
  }
}
