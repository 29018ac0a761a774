/** Sessions that end while a test can wait for it. */
import { setTimeout as pause } from "node:timers/promises";
import { patienceMs } from "../../../e2e/support/browser.mjs";
import { grantOf, tokens } from "../../support/server.mjs";

/** Grants that end after 6 seconds, and are renewed after 5 where somebody looks. */
export const shortGrants = { [tokens]: ({ json, nth }) => json(201, grantOf(nth, { expires_in: 6 })) };

/** Longer than such a grant lasts. */
export const shortMs = 8_000;

/** Asks again and again until the answer is not empty. */
export async function waitFor(what, ask) {
  for (const end = Date.now() + patienceMs; ;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(20);
  }
}
