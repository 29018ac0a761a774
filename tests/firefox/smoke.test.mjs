import assert from "node:assert/strict";
import { test } from "node:test";
import { startDemo } from "../e2e/support/demo.mjs";
import { launchFirefox } from "../e2e/support/firefox.mjs";
import { secretsIn } from "../e2e/support/secrets.mjs";
import { Walk } from "../e2e/support/walk.mjs";

test("a visitor chats, signs in, chats and signs out (Firefox)", async () => {
  const demo = await startDemo();
  const browser = await launchFirefox();
  try {
    const walk = new Walk(await browser.newPage());
    const { page } = walk;
    await page.goto(demo.page);
    await walk.startAnonymous();
    await walk.ask("hello", "Hello from the fake model.");
    await walk.signIn("Alice");
    assert.deepEqual(await walk.texts("thread-item"), [], "a visitor's chats are not hers");
    await walk.send("slow 60");
    await walk.shows("message", "This answer takes its time");
    await walk.press("stop");
    await walk.shows("message", "This answer was stopped before its end.");
    await walk.ask("hello", "Hello from the fake model.");
    const { apiKey, controlKey } = demo.backend;
    assert.deepEqual(await secretsIn(page, [apiKey, controlKey]), []);
    await walk.press("sign-out");
    await walk.shows("start-anonymous");
    assert.deepEqual(walk.said, [], "the console");
  } finally {
    await browser.close();
    await demo.stop();
  }
});
