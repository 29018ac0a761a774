import assert from "node:assert/strict";
import { test } from "node:test";
import { program } from "./support/backend.mjs";
import { launch } from "./support/browser.mjs";
import { start } from "./support/child.mjs";
import { converse } from "./support/conversation.mjs";
import { startStaticSite } from "./support/static-site.mjs";

const apiKey = "tambo_static-demo";
/** What the page proposes. Everything else is answered in words of their own. */
const words = ["hello", "slow 1", "unicode", "err401", "err429", "err500", "midfail", "cut"];

test("the static demo's backend says what the local backend says", async (t) => {
  const site = await startStaticSite();
  const browser = await launch();
  const local = await start(program, [
    ...["--json", "--exit-with-stdin", "--db", ":memory:"],
    ...["--verification", "none", "--api-key", apiKey],
  ]);
  try {
    const page = await browser.newPage();
    await page.goto(site.url);
    await page.getByTestId("start-anonymous").waitFor();
    const [ours, theirs] = await Promise.all([
      page.evaluate(converse, { base: `${site.url}backend`, apiKey, words }),
      converse({ base: local.ready.backend, apiKey, words }),
    ]);
    assert.equal(ours.length, theirs.length);
    for (const [index, [what, expected]] of theirs.entries())
      await t.test(what, () => assert.deepEqual(ours[index], [what, expected]));
  } finally {
    await browser.close();
    await local.stop();
    await site.stop();
  }
});
