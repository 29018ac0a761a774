/** Leaving a page and coming back to it. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../e2e/support/wait.mjs";
import { grantOf, tokens } from "../support/server.mjs";
import { naturally } from "./support/natural.mjs";
import { listThreads, openClient, signIn } from "./support/pages.mjs";
import { shortGrants, shortMs } from "./support/short.mjs";

/** Leaves the page, and comes back to it later. Gives why it was not kept, if it was not. */
async function leaveAndReturn({ page, cdp }, site, meanwhile) {
  await cdp.send("Page.enable");
  /** @type {object[]} */
  const reasons = [];
  cdp.on("Page.backForwardCacheNotUsed", ({ notRestoredExplanations }) => reasons.push(...notRestoredExplanations));
  await page.evaluate(() => addEventListener("pageshow", ({ persisted }) => (window.persisted = persisted)));
  await page.goto(`${site}?elsewhere`);
  assert.equal(await page.evaluate(() => "client" in window), false, "it is another page");
  await meanwhile();
  const { currentIndex, entries } = await cdp.send("Page.getNavigationHistory");
  await cdp.send("Page.navigateToHistoryEntry", { entryId: entries[currentIndex - 1].id });
  await page.waitForURL(site, { waitUntil: "commit" });
  return reasons;
}

naturally("a page with a client is kept, and renews when somebody comes back", {}, async ({ serve, open, site }) => {
  const server = await serve({
    [tokens]: ({ json, nth }) => json(201, grantOf(nth, nth === 1 ? { expires_in: 6 } : {})),
  });
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(signIn);
  const before = server.calls.length;
  const reasons = await leaveAndReturn(tab, site, async () => {
    await pause(shortMs);
    assert.equal(server.calls.length, before, "it does nothing while nobody is there");
  });
  assert.deepEqual(reasons, [], "nothing in it costs the page its place in the cache");
  assert.equal(await tab.page.evaluate(() => window.persisted), true);
  await until("the renewal, which nobody asked for", () => server.count(tokens) === 2);
  assert.deepEqual(await tab.page.evaluate(listThreads), { value: 0 });
  assert.equal(server.calls.at(-1)?.headers.authorization, "Bearer canary-session-2");
  assert.deepEqual(await tab.page.evaluate(() => changes), ["exchanging", "exchanging", "identified"]);
});

naturally("a short absence changes nothing", {}, async ({ serve, open, site }) => {
  const server = await serve();
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(signIn);
  for (let i = 0; i < 5; i++) assert.deepEqual(await leaveAndReturn(tab, site, async () => {}), []);
  assert.deepEqual(await tab.page.evaluate(listThreads), { value: 0 });
  assert.equal(server.count(tokens), 1);
  assert.deepEqual(await tab.page.evaluate(() => changes), ["exchanging", "exchanging", "identified"]);
});

naturally(
  "what is under way when a page is left settles when somebody comes back",
  {},
  async ({ serve, open, site }) => {
    const server = await serve({ "GET /v1/threads/thr_slow": () => {} });
    const tab = await open();
    await tab.page.evaluate(openClient, { url: server.url, timeouts: { requestMs: 1_500 } });
    await tab.page.evaluate(signIn);
    await tab.page.evaluate(() => {
      window.slow = tools.codeOf(client.threads.get("thr_slow"));
    });
    await until("the call", () => server.count("GET /v1/threads/thr_slow") > 0);
    const reasons = await leaveAndReturn(tab, site, () => pause(500));
    assert.deepEqual(reasons, []);
    const code = await tab.page.evaluate(() => slow);
    assert.ok(["network/failed", "network/timeout"].includes(code), code);
    assert.deepEqual(await tab.page.evaluate(listThreads), { value: 0 });
  },
);

naturally("nobody comes back to a user who has signed out in another tab", {}, async ({ serve, open, site }) => {
  const server = await serve(shortGrants);
  const [tab, other] = [await open(), await open()];
  for (const { page } of [tab, other]) {
    await page.evaluate(openClient, { url: server.url });
    await page.evaluate(signIn);
  }
  await tab.show();
  const before = await tab.page.evaluate(() => client.auth.peekToken());
  await leaveAndReturn(tab, site, () => other.page.evaluate(() => client.auth.signOut()));
  // Chromium throws a kept page away when there is a message for it, and loads it again: then there is no client.
  const shown = await tab.page.evaluate(() => window.client?.auth.peekToken());
  assert.ok(before && shown !== before);
});

naturally("no listener waits for the page's unloading", {}, async ({ serve, open }) => {
  const server = await serve();
  const tab = await open();
  const types = async () => {
    const { result } = await tab.cdp.send("Runtime.evaluate", { expression: "window" });
    const { listeners } = await tab.cdp.send("DOMDebugger.getEventListeners", { objectId: result.objectId ?? "" });
    return listeners.map(({ type }) => type);
  };
  const before = await types();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(signIn);
  const added = (await types()).filter((type) => !before.includes(type));
  assert.ok(added.includes("pageshow"), "there are listeners to look at");
  for (const type of ["unload", "beforeunload", "pagehide"]) assert.ok(!added.includes(type), type);
});
