import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startDemo } from "../e2e/support/demo.mjs";
import { launchFirefox } from "../e2e/support/firefox.mjs";
import { secretsIn } from "../e2e/support/secrets.mjs";
import { startStaticSite } from "../e2e/support/static-site.mjs";
import { visitStaticDemo } from "../e2e/support/static-visit.mjs";
import { Walk } from "../e2e/support/walk.mjs";

/** @type {Awaited<ReturnType<typeof launchFirefox>>} */
let firefox;
before(async () => void (firefox = await launchFirefox()));
after(() => firefox?.close());

/** Somebody with a profile of their own. */
const newcomer = async () => new Walk(await (await firefox.createBrowserContext()).newPage());

test("a visitor chats, signs in, chats and signs out (Firefox)", async () => {
  const demo = await startDemo();
  try {
    const walk = await newcomer();
    const { page } = walk;
    await page.goto(demo.page);
    await walk.startAnonymous();
    await walk.ask("hello", "Hello from the fake model.");
    await walk.signIn("Alice");
    assert.deepEqual(await walk.texts("thread-item"), [], "a visitor's chats are not hers");
    // It streams: there is a beginning of an answer that has not ended, and that can be stopped.
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
    await demo.stop();
  }
});

test("the static demo works from any folder of a plain file server (Firefox)", async () => {
  const site = await startStaticSite();
  try {
    await visitStaticDemo(await newcomer(), site);
  } finally {
    await site.stop();
  }
});
