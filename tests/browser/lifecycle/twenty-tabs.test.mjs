/** Twenty tabs of one browser. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../e2e/support/wait.mjs";
import { grantOf, tokens } from "../support/server.mjs";
import { naturally } from "./support/natural.mjs";
import { listThreads, openClient, signIn } from "./support/pages.mjs";
import { shortMs } from "./support/short.mjs";

const count = 20;

/** Twenty tabs whose users are signed in. */
async function openMany({ open }, server, user) {
  const tabs = [];
  for (let i = 0; i < count; i++) {
    const tab = await open();
    await tab.page.evaluate(openClient, { url: server.url, user });
    await tab.page.evaluate(() => {
      window.waits = [];
      client.onActivity(({ kind, afterMs }) => kind === "armed" && waits.push(afterMs));
    });
    await tab.page.evaluate(signIn);
    tabs.push(tab);
  }
  return tabs;
}

naturally("only the tab that is looked at renews when all wake up", {}, async (stage) => {
  const server = await stage.serve({
    [tokens]: ({ json, nth }) => json(201, grantOf(nth, nth <= count ? { expires_in: 6 } : {})),
  });
  const tabs = await openMany(stage, server);
  assert.ok(server.count(tokens) >= count);
  await tabs[0].hide();
  for (const tab of tabs) await tab.freeze();
  await pause(shortMs);
  const asleep = server.count(tokens);
  await Promise.all(tabs.map((tab) => tab.resume()));
  await tabs[7].show();
  await tabs[7].page.evaluate(() => tools.until("the renewal", () => client.auth.peekToken()));
  // Time for the others to do what they should not.
  await pause(2_000);
  assert.equal(server.count(tokens), asleep + 1, "the one that is in front");

  const outcomes = await Promise.all(tabs.map(({ page }) => page.evaluate(listThreads)));
  assert.deepEqual(outcomes, Array(count).fill({ value: 0 }));
  assert.equal(server.count(tokens), asleep + count, "each of the others when it was used, and once");
  const waits = await Promise.all(tabs.map(({ page }) => page.evaluate(() => waits.at(-1))));
  assert.ok(new Set(waits).size > count / 2, `the next renewals are spread: ${waits}`);
  for (const wait of waits) assert.ok(wait > 0.9 * 830_000 && wait < 840_000, String(wait));
});

naturally("another user in one of twenty tabs is one exchange in each, and no echo", {}, async (stage) => {
  const server = await stage.serve();
  const tabs = await openMany(stage, server, "alice");
  assert.equal(server.count(tokens), count);
  // The provider's session, which all tabs share, is bob's now; one of them notices.
  for (const { page } of tabs) await page.evaluate(() => void (window.user = "bob"));
  await tabs[3].page.evaluate(() => client.auth.invalidate());
  for (const { page } of tabs)
    await page.evaluate(() => tools.until("the news", () => client.auth.getSnapshot().user?.id === "bob"));
  await until("all exchanges", () => server.count(tokens) === 2 * count);
  await pause(2_000);
  assert.equal(server.count(tokens), 2 * count);
});
