/** A tab that the browser has stopped, to save power. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../e2e/support/wait.mjs";
import { grantOf, tokens } from "../support/server.mjs";
import { begin, delta, finished, frame, newRun, started } from "../support/streams.mjs";
import { naturally } from "./support/natural.mjs";
import { listThreads, openClient, signIn } from "./support/pages.mjs";
import { shortGrants, shortMs } from "./support/short.mjs";

naturally("a tab that was frozen for longer than its token lives sends no dead one", {}, async ({ serve, open }) => {
  const server = await serve(shortGrants);
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(signIn);
  // What the page does first of all when it goes on, before any timer.
  await tab.page.evaluate(() => {
    window.resumed = new Promise((resolve) =>
      document.addEventListener("resume", () => resolve(tools.settle(client.threads.list())), { once: true }),
    );
    window.atOnce = new Promise((resolve) =>
      document.addEventListener("resume", () => resolve(client.auth.peekToken()), { once: true }),
    );
  });
  await tab.freeze();
  await pause(shortMs);
  const asleep = server.calls.length;
  assert.equal(server.count(tokens), 1, "it was frozen");
  await tab.resume();
  const settled = await tab.page.evaluate(() => resumed);
  assert.deepEqual(Object.keys(settled), ["value"]);
  assert.equal(await tab.page.evaluate(() => atOnce), null, "a token that has ended is not shown");
  const sent = server.calls.slice(asleep).flatMap(({ headers }) => headers.authorization ?? []);
  assert.deepEqual(sent, ["Bearer canary-session-2"]);
  assert.equal(server.count(tokens), 2);
});

for (const [name, exchangeMs, frozenMs] of [
  ["while a token is exchanged", 30_000, 500],
  ["until the exchange should have ended", 1_000, 2_500],
])
  naturally(`a tab that is frozen ${name} is signed in when it goes on`, {}, async ({ serve, open }) => {
    /** @type {(() => void)[]} */
    const held = [];
    const server = await serve({
      [tokens]: ({ json, nth }) => {
        const answer = () => json(201, grantOf(nth));
        if (nth === 1) held.push(answer);
        else answer();
      },
    });
    const tab = await open();
    await tab.page.evaluate(openClient, { url: server.url, timeouts: { exchangeMs } });
    await tab.page.evaluate(() => {
      window.calls = [client.auth.getToken(), client.auth.ready(), client.threads.list()].map((call) =>
        tools.settle(call),
      );
    });
    await until("the exchange", () => held.length === 1);
    await tab.freeze();
    held[0]();
    await pause(frozenMs);
    await tab.resume();
    await tab.show();
    const settled = await tab.page.evaluate(() => Promise.all(calls));
    for (const outcome of settled) assert.deepEqual(Object.keys(outcome), ["value"]);
    assert.ok(server.count(tokens) <= 2, "at most the one quick try more");
    assert.equal(await tab.page.evaluate(() => changes.at(-1)), "identified");
  });

naturally(
  "a tab that is frozen while its callback is asked takes the answer afterwards",
  {},
  async ({ serve, open }) => {
    const server = await serve();
    const tab = await open();
    await tab.page.evaluate(
      ({ url }) => {
        window.asked = 0;
        const userToken = () => {
          asked += 1;
          return new Promise((resolve) => setTimeout(resolve, 1_000, "canary-subject"));
        };
        window.client = tools.open({ baseUrl: url, userToken });
        window.token = tools.settle(client.auth.getToken());
        return tools.until("the callback", () => asked === 1);
      },
      { url: server.url },
    );
    await tab.freeze();
    await pause(2_000);
    assert.equal(server.count(tokens), 0);
    await tab.resume();
    assert.deepEqual(await tab.page.evaluate(() => token), { value: "canary-session-1" });
    assert.deepEqual([await tab.page.evaluate(() => asked), server.count(tokens)], [1, 1]);
  },
);

naturally("a stream that goes on while its tab is frozen is read whole afterwards", {}, async ({ serve, open }) => {
  /** @type {import("node:http").ServerResponse | undefined} */
  let stream;
  const server = await serve({
    [newRun]: ({ response }) => {
      stream = begin(response);
      stream.write(frame(started));
    },
  });
  const tab = await open();
  // Less than it is frozen for: nobody can be late who is not allowed to run.
  await tab.page.evaluate(openClient, { url: server.url, timeouts: { streamIdleMs: 60_000 } });
  await tab.page.evaluate(signIn);
  await tab.page.evaluate(() => {
    window.heard = [];
    window.reading = (async () => {
      for await (const { type, delta } of client.runs.stream(null, "hello")) heard.push(delta ?? type);
    })();
    return tools.until("the start", () => heard.length === 1);
  });
  await tab.freeze();
  const words = Array.from({ length: 50 }, (_, n) => `${n}`);
  for (const word of words) stream?.write(frame(delta(word)));
  stream?.end(frame(finished));
  await pause(1_500);
  await tab.resume();
  const heard = await tab.page.evaluate(async () => (await reading, heard));
  assert.deepEqual(heard, ["RUN_STARTED", ...words, "RUN_FINISHED"]);
  assert.deepEqual(await tab.page.evaluate(listThreads), { value: 0 });
});
