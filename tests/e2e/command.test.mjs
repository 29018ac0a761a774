import assert from "node:assert/strict";
import { test } from "node:test";
import { launch, patienceMs } from "./support/browser.mjs";
import { start } from "./support/child.mjs";
import { Person } from "./support/person.mjs";
import { until } from "./support/wait.mjs";

test("the command starts everything with one line, and ends everything with its input", async () => {
  const demo = await start("cargo", ["xtask", "demo", "--no-open", "--json", "--db", ":memory:"]);
  const browser = await launch();
  try {
    assert.deepEqual(Object.keys(demo.ready).sort(), ["backend", "issuer", "page"]);
    const page = await browser.newPage();
    page.setDefaultTimeout(patienceMs);
    const visitor = new Person(page);
    await visitor.open(demo.ready.page);
    await visitor.startAnonymous();
    await visitor.ask("hello", "Hello from the fake model.");
    await visitor.signIn("Alice");
    await visitor.ask("hello", "Hello from the fake model.");
  } finally {
    await browser.close();
    await demo.stop();
  }
  assert.equal(demo.printed.length, 1);
  for (const part of Object.values(demo.ready)) await until(`the end of ${part}`, () => isGone(part));
});

async function isGone(url) {
  try {
    await fetch(url);
    return false;
  } catch {
    return true;
  }
}
