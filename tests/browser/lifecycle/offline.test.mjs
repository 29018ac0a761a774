/** A browser without a network, and one that has it again. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../e2e/support/wait.mjs";
import { inChromium } from "../support/everywhere.mjs";
import { grantOf, tokens } from "../support/server.mjs";
import { begin, delta, finished, frame, newRun, started } from "../support/streams.mjs";
import { naturally, prepare } from "./support/natural.mjs";
import { listThreads, openClient, signIn } from "./support/pages.mjs";
import { shortMs } from "./support/short.mjs";

const network = async ({ cdp, page }, offline) => {
  await cdp.send("Network.emulateNetworkConditions", {
    // With any of these the browser takes itself for online, even on a machine that is not.
    ...{ offline, latency: offline ? 0 : 1, downloadThroughput: -1, uploadThroughput: -1 },
  });
  // Neither the page nor what fetches for it learns of it at once.
  const asWanted = async (offline) => {
    const reached = await fetch(location.href, { cache: "no-store" }).then(
      () => true,
      () => false,
    );
    return reached !== offline && navigator.onLine !== offline;
  };
  await page.waitForFunction(asWanted, offline);
};
const stateOf = ({ page }) => page.evaluate(() => tools.stateOf(client.auth.getSnapshot()));

naturally("a client that starts offline is signed in when there is a network", {}, async ({ serve, open }) => {
  const server = await serve();
  const tab = await open();
  // The core is there already; what is missing is the way to the backend.
  await tab.page.evaluate(() => tools.open({ anonymous: { persist: "memory" } }).init());
  await network(tab, true);
  await tab.page.evaluate(openClient, { url: server.url });
  const code = await tab.page.evaluate(() => tools.codeOf(client.auth.getToken()));
  assert.equal(code, "network/offline");
  const state = await stateOf(tab);
  assert.deepEqual([state.status, state.error.code], ["error", "network/offline"]);
  assert.equal(server.calls.length, 0);
  await network(tab, false);
  await tab.page.evaluate(() => tools.until("the news", () => changes.at(-1) === "identified"));
  assert.equal(server.count(tokens), 1);
});

naturally("a network that is lost for longer than the token lives signs nobody out", {}, async ({ serve, open }) => {
  const server = await serve({
    [tokens]: ({ json, nth }) => json(201, grantOf(nth, nth === 1 ? { expires_in: 6 } : {})),
  });
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(signIn);
  const { generation } = await stateOf(tab);
  await network(tab, true);
  await pause(shortMs);
  const lost = await stateOf(tab);
  assert.equal(lost.generation, generation, "the user is the same");
  assert.ok(["error", "exchanging"].includes(lost.status), lost.status);
  assert.equal(await tab.page.evaluate(listThreads), "network/offline");
  await network(tab, false);
  await tab.page.evaluate(() => tools.until("the news", () => changes.at(-1) === "identified"));
  assert.deepEqual(await tab.page.evaluate(listThreads), { value: 0 });
  assert.equal(server.count(tokens), 2);
  assert.equal((await stateOf(tab)).generation, generation);
  assert.ok(!(await tab.page.evaluate(() => changes)).includes("unauthenticated"));
});

naturally("a network that comes and goes is no storm", {}, async ({ serve, open }) => {
  const server = await serve({ [tokens]: ({ response }) => response.destroy() });
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(() => tools.codeOf(client.auth.getToken()));
  const before = server.count(tokens);
  const start = Date.now();
  for (let i = 0; i < 50; i++) {
    await network(tab, true);
    await network(tab, false);
  }
  await pause(1_000);
  // Five seconds at least are between two tries that nobody asked for, and more while they fail.
  const most = 1 + Math.ceil((Date.now() - start) / 5_000);
  const tries = server.count(tokens) - before;
  assert.ok(tries <= most, `${tries} tries, and at most ${most}`);
});

naturally("an answer that is cut off with the network says so, and the next one comes", {}, async ({ serve, open }) => {
  /** @type {import("node:http").ServerResponse | undefined} */
  let stream;
  const server = await serve({
    [newRun]: ({ response, nth }) => {
      stream = begin(response);
      stream.write([started, delta("so far")].map(frame).join(""));
      if (nth > 1) stream.end(frame(finished));
    },
  });
  const tab = await open();
  await tab.page.evaluate(openClient, { url: server.url });
  await tab.page.evaluate(signIn);
  await tab.page.evaluate(() => {
    window.heard = [];
    window.reading = tools.codeOf(
      (async () => {
        for await (const { type } of client.runs.stream(null, "hello")) heard.push(type);
      })(),
    );
    return tools.until("the first word", () => heard.length === 2);
  });
  await network(tab, true);
  // The browser's own pretence of being offline leaves alone what is open already.
  stream?.destroy();
  assert.equal(await tab.page.evaluate(() => reading), "stream/interrupted");
  assert.deepEqual(
    await tab.page.evaluate(() => heard),
    ["RUN_STARTED", "TEXT_MESSAGE_CONTENT"],
    "what came was given",
  );
  assert.equal(await tab.page.evaluate(() => client.auth.getSnapshot().status), "identified");
  await network(tab, false);
  const again = () => client.runs.stream(null, "hello").result();
  assert.equal((await tab.page.evaluate(again)).outcome, "finished");
  assert.equal(server.count(newRun), 2, "nothing was sent twice by itself");
});

inChromium("twenty windows that come online together renew once each", {}, async ({ page, serve }) => {
  const count = 20;
  let lifetime = 6;
  const server = await serve({
    [tokens]: ({ json, nth }) => json(201, grantOf(nth, { expires_in: lifetime })),
  });
  const context = page.context();
  const pages = [];
  for (let i = 0; i < count; i++) {
    const window = await context.newPage();
    await window.goto(page.url());
    await prepare(window);
    await window.evaluate(openClient, { url: server.url });
    await window.evaluate(signIn);
    pages.push(window);
  }
  await context.setOffline(true);
  await pause(shortMs);
  // Those that were opened early have renewed since; now all have ended.
  const before = server.count(tokens);
  lifetime = 900;
  await context.setOffline(false);
  const identified = () => tools.until("the news", () => client.auth.peekToken());
  await Promise.all(pages.map((window) => window.evaluate(identified)));
  await pause(2_000);
  assert.equal(server.count(tokens), before + count);
});
