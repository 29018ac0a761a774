/** A tab that nobody looks at. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../e2e/support/wait.mjs";
import { grantOf, tokens } from "../support/server.mjs";
import { begin, finished, frame, newRun, started, delta } from "../support/streams.mjs";
import { naturally, wakeUps } from "./support/natural.mjs";
import { listThreads, openClient, signIn } from "./support/pages.mjs";
import { shortGrants, shortMs } from "./support/short.mjs";

naturally("an idle hidden tab is never woken, while a visible one renews", {}, async ({ serve, open, browser }) => {
  const [server, other] = [await serve(shortGrants), await serve(shortGrants)];
  const [hidden, visible] = [await open(), await open()];
  for (const [{ page }, { url }] of [
    [hidden, server],
    [visible, other],
  ]) {
    await page.evaluate(openClient, { url });
    await page.evaluate(signIn);
  }
  await visible.show();
  const woken = await wakeUps(browser, hidden, () => pause(shortMs));
  assert.equal(await hidden.page.evaluate(() => document.visibilityState), "hidden");
  assert.equal(woken, 0, "nothing of it has run");
  assert.equal(server.calls.length, 2, "nothing was sent");
  await until("the visible one's renewal", () => other.count(tokens) >= 2);
});

naturally("a hidden tab renews when it is used, once, and sends no dead token", {}, async ({ serve, open }) => {
  const server = await serve(shortGrants);
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(signIn);
  await tab.hide();
  await pause(shortMs);
  const before = server.calls.length;
  const outcomes = await tab.page.evaluate(async () => {
    const calls = Array.from({ length: 20 }, () => client.threads.list());
    return { settled: (await Promise.allSettled(calls)).map(({ status }) => status), changes };
  });
  assert.deepEqual(new Set(outcomes.settled), new Set(["fulfilled"]));
  assert.equal(server.count(tokens), 2, "one exchange for all");
  const sent = server.calls.slice(before).flatMap(({ headers }) => headers.authorization ?? []);
  assert.deepEqual(new Set(sent), new Set(["Bearer canary-session-2"]));
  assert.deepEqual(outcomes.changes, ["exchanging", "exchanging", "identified"], "nobody had to be told");
});

naturally("a tab that is shown again renews at once, without being used", {}, async ({ serve, open }) => {
  const server = await serve({
    [tokens]: ({ json, nth }) => json(201, grantOf(nth, nth === 1 ? { expires_in: 6 } : {})),
  });
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(signIn);
  await tab.hide();
  await pause(shortMs);
  assert.equal(server.count(tokens), 1);
  await tab.show();
  await until("the renewal", () => server.count(tokens) === 2);
  await tab.page.evaluate(() => tools.until("the token", () => client.auth.peekToken()));
  const snapshot = await tab.page.evaluateHandle(() => client.auth.getSnapshot());
  for (let i = 0; i < 20; i++) {
    await tab.hide();
    await tab.show();
  }
  const same = await tab.page.evaluate((before) => client.auth.getSnapshot() === before, snapshot);
  assert.equal(same, true, "looking at it again and again changes nothing");
  assert.equal(server.count(tokens), 2, "and asks nobody");
});

naturally("what is asked for in a throttled tab has its deadlines and its retries", {}, async ({ serve, open }) => {
  const server = await serve({
    "GET /v1/threads": ({ json, nth }) => (nth === 2 ? json(503, {}) : json(200, { threads: [], hasMore: false })),
    "GET /v1/threads/thr_never": () => {},
  });
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url, timeouts: { requestMs: 1_000, callbackMs: 1_000 } });
  await tab.page.evaluate(signIn);
  await tab.hide();
  assert.deepEqual(await tab.page.evaluate(listThreads), { value: 0 }, "the 503 was retried");
  const never = await tab.page.evaluate(() => tools.codeOf(client.threads.get("thr_never")));
  assert.equal(never, "network/timeout");
  const hanging = await tab.page.evaluate(() => {
    client.auth.setCredential({ userToken: () => new Promise(() => {}) });
    return tools.codeOf(client.auth.getToken());
  });
  assert.equal(hanging, "auth/callback-timeout");
});

naturally("a stream goes on in a hidden tab", {}, async ({ serve, open }) => {
  /** @type {import("node:http").ServerResponse | undefined} */
  let stream;
  const server = await serve({
    [newRun]: ({ response }) => {
      stream = begin(response);
      stream.write(frame(started));
    },
  });
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(signIn);
  await tab.page.evaluate(() => {
    window.heard = [];
    window.reading = (async () => {
      for await (const { type, delta } of client.runs.stream(null, "hello")) heard.push(delta ?? type);
    })();
    return tools.until("the start", () => heard.length === 1);
  });
  await tab.hide();
  const words = Array.from({ length: 20 }, (_, n) => `${n}`);
  for (const word of words) {
    stream?.write(frame(delta(word)));
    await pause(20);
  }
  await tab.page.evaluate(() => tools.until("all words", () => heard.length === 21));
  assert.equal(await tab.page.evaluate(() => document.visibilityState), "hidden");
  stream?.end(frame(finished));
  const heard = await tab.page.evaluate(async () => (await reading, heard));
  assert.deepEqual(heard, ["RUN_STARTED", ...words, "RUN_FINISHED"]);
});
