/** Hundreds of clients, one after the other. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { begin, frame, newRun, started } from "../support/streams.mjs";
import { naturally, wakeUps } from "./support/natural.mjs";

/** Keeps the core's instance, whose memory and table can be looked at. */
const watchCore = () => {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args) {
      const instance = Reflect.construct(target, args);
      window.core = instance.exports;
      return instance;
    },
  });
};

/** Makes clients, and disposes of each at another moment of its life. */
const cycle = async ({ url, times }) => {
  const { createClient, apiKey } = tools;
  for (let i = 0; i < times; i++) {
    let asked = 0;
    const hangs = i % 5 === 4;
    const userToken = () => (hangs ? new Promise(() => {}) : `canary-subject-${i}-${++asked}`);
    const options = { backend: "tambo", apiKey, baseUrl: url, onWarning: () => {}, logger: () => {} };
    const client = createClient({
      ...options,
      ...(i % 7 === 6 ? { anonymous: { persist: "memory" } } : { userToken }),
    });
    client.auth.subscribe(() => {});
    client.auth.onChange(() => {});
    client.onActivity(() => {});
    const { signal } = new AbortController();
    const calls = [
      client.auth.ready({ signal }),
      client.threads.list({ signal }),
      client.threads.get("thr_never", { signal }),
      client.threads.get("thr_later"),
      client.runs.stream(null, "hello", { signal }).result(),
      client.fetch(`${url}/v1/threads`, { signal }),
    ].map((call) => call.catch(() => {}));
    const moment = i % 6;
    if (moment === 1) await client.init();
    if (moment === 2) for (let gap = 0; gap < i % 40; gap++) await undefined;
    if (moment > 2 && !hangs) await client.auth.ready();
    if (moment === 4 && !hangs) await calls[1];
    if (moment === 5) await client.auth.signOut();
    client.dispose();
    await Promise.all(calls);
  }
};

/** What the page holds on to, after everything that can be forgotten has been. */
async function measure({ page, cdp }) {
  // The browser's own list of what was fetched.
  await page.evaluate(() => performance.clearResourceTimings());
  // What has been let go of last is collected by the second round at the latest.
  for (let round = 0; round < 3; round++) {
    await pause(300);
    await cdp.send("HeapProfiler.collectGarbage");
  }
  const alive = {};
  for (const kind of ["BroadcastChannel", "AbortSignal", "AbortController", "Request", "Response", "Promise"]) {
    const { result } = await cdp.send("Runtime.evaluate", { expression: `${kind}.prototype`, objectGroup: "measure" });
    const { objects } = await cdp.send("Runtime.queryObjects", {
      ...{ prototypeObjectId: result.objectId ?? "", objectGroup: "measure" },
    });
    const { result: count } = await cdp.send("Runtime.callFunctionOn", {
      ...{
        objectId: objects.objectId,
        functionDeclaration: "function () { return this.length; }",
        returnByValue: true,
      },
    });
    alive[kind] = count.value;
  }
  await cdp.send("Runtime.releaseObjectGroup", { objectGroup: "measure" });
  const { metrics } = await cdp.send("Performance.getMetrics");
  const metric = (name) => metrics.find((one) => one.name === name)?.value ?? NaN;
  const core = await page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const exported = (Kind) => Object.values(window.core).filter((one) => one instanceof Kind);
    const [memory] = exported(WebAssembly.Memory);
    return {
      memory: memory.buffer.byteLength,
      references: Math.max(...exported(WebAssembly.Table).map(({ length }) => length)),
      locks: held.length + pending.length,
    };
  });
  return { alive, listeners: metric("JSEventListeners"), heap: metric("JSHeapUsedSize"), ...core };
}

naturally("hundreds of clients leave nothing behind", {}, async ({ serve, open, browser }) => {
  const server = await serve({
    "GET /v1/threads/thr_never": () => {},
    "GET /v1/threads/thr_later": ({ json }) => json(503, {}),
    [newRun]: ({ response }) => void begin(response).write(frame(started)),
  });
  const tab = await open();
  await tab.cdp.send("Performance.enable");
  await tab.page.evaluate(watchCore);
  // Until the engine has compiled what it will compile.
  await tab.page.evaluate(cycle, { url: server.url, times: 180 });
  const before = await measure(tab);
  const times = 420;
  await tab.page.evaluate(cycle, { url: server.url, times });
  const after = await measure(tab);
  const report = JSON.stringify({ before, after });
  for (const [kind, count] of Object.entries(after.alive))
    assert.ok(count <= before.alive[kind] + 10, `${kind}: ${report}`);
  assert.ok(after.listeners <= before.listeners + 10, `listeners: ${report}`);
  assert.deepEqual([before.locks, after.locks], [0, 0]);
  assert.ok(after.heap - before.heap < 200 * times, `less than 200 bytes a client: ${report}`);
  assert.ok(after.memory <= before.memory + 65_536, `one page more at most: ${report}`);
  assert.ok(after.references <= before.references * 2, `references: ${report}`);
  // The tab is visible, and there is nothing in it that could run.
  assert.equal(await wakeUps(browser, tab, () => pause(3_000)), 0);
});
