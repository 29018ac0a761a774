/** What is left when a client is gone. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { everywhere } from "./support/everywhere.mjs";
import { startServer } from "./support/server.mjs";

everywhere("dispose leaves no timer, no listener and no channel", {}, async ({ serve, run, where }) => {
  const server = await serve({
    "GET /v1/threads/thr_never": () => {},
    "GET /v1/threads/thr_later": ({ json }) => json(503, {}),
    "POST /v1/threads/runs": ({ response }) =>
      response.writeHead(201, { "content-type": "text/event-stream" }).write(": x\n\n"),
  });
  const seen = await run(
    async ({ createClient, apiKey, pause, until }, { url }) => {
      // What is open, by kind. The originals come back in the end.
      const open = { timers: new Set(), listeners: new Set(), channels: new Set() };
      const undo = [];
      const replace = (object, name, make) => {
        const before = object[name];
        if (typeof before !== "function") return;
        object[name] = make(before);
        undo.push(() => (object[name] = before));
      };
      for (const kind of ["Timeout", "Interval"]) {
        replace(globalThis, `set${kind}`, (set) => (run, ms, ...args) => {
          const timer = set(
            (...args) => {
              if (kind === "Timeout") open.timers.delete(timer);
              run(...args);
            },
            ms,
            ...args,
          );
          open.timers.add(timer);
          return timer;
        });
        replace(globalThis, `clear${kind}`, (clear) => (timer) => {
          open.timers.delete(timer);
          clear(timer);
        });
      }
      const keys = new Map();
      const keyOf = (target, type, listener) => {
        if (!keys.has(listener)) keys.set(listener, keys.size);
        return `${target === globalThis ? "scope" : "document"} ${type} ${keys.get(listener)}`;
      };
      for (const target of [globalThis, globalThis.document].filter(Boolean)) {
        replace(target, "addEventListener", (add) => (type, listener, ...more) => {
          const key = keyOf(target, type, listener);
          open.listeners.add(key);
          more[0]?.signal?.addEventListener("abort", () => open.listeners.delete(key));
          return add.call(target, type, listener, ...more);
        });
        replace(target, "removeEventListener", (remove) => (type, listener, ...more) => {
          open.listeners.delete(keyOf(target, type, listener));
          return remove.call(target, type, listener, ...more);
        });
      }
      replace(
        globalThis,
        "BroadcastChannel",
        (Channel) =>
          class extends Channel {
            constructor(name) {
              super(name);
              open.channels.add(this);
            }
            close() {
              open.channels.delete(this);
              super.close();
            }
          },
      );
      const counts = () => [open.timers.size, open.listeners.size, open.channels.size];
      try {
        let most = [0, 0, 0];
        for (let round = 0; round < 20; round++) {
          const timeouts = { requestMs: 50_000, streamIdleMs: 50_000 };
          const userToken = round % 3 ? () => "canary-subject" : () => new Promise(() => {});
          const client = createClient({
            backend: "tambo",
            apiKey,
            baseUrl: url,
            userToken,
            timeouts,
            onWarning: () => {},
          });
          client.auth.subscribe(() => {});
          client.onActivity(() => {});
          const controller = new AbortController();
          const { signal } = controller;
          const calls = [
            client.threads.get("thr_never", { signal }),
            client.threads.get("thr_later"),
            client.runs.stream(null, "hello", { signal }).result(),
            client.auth.ready({ signal }),
            client.fetch(`${url}/v1/threads/thr_never`),
          ].map((call) => call.catch(() => {}));
          await client.init();
          // At another moment in each round.
          if (round % 3) await client.auth.ready();
          for (let i = 0; i < round; i++) await new Promise((resolve) => queueMicrotask(resolve));
          if (round > 15) await pause(100);
          most = most.map((n, i) => Math.max(n, counts()[i]));
          client.dispose();
          await Promise.all(calls);
          controller.abort();
        }
        // The pauses of this script itself are over too.
        await until("quiet", () => open.timers.size <= 1);
        return { most, left: counts().slice(1), timers: open.timers.size };
      } finally {
        for (const back of undo) back();
      }
    },
    { url: server.url },
  );
  const kinds = where === "page" ? [0, 1, 2] : [0, 2];
  for (const kind of kinds) assert.ok(seen.most[kind] > 0, `there was something to leave behind: ${seen.most}`);
  assert.deepEqual(seen.left, [0, 0]);
  assert.ok(seen.timers <= 1, "the one that waited for this");
});

everywhere("a stream that has said its end but does not end is let go of", {}, async ({ serve, run, where }) => {
  let leave = () => {};
  const left = new Promise((resolve) => (leave = resolve));
  const server = await serve({
    "POST /v1/threads/runs": ({ response }) => {
      response.on("close", leave);
      response.writeHead(201, { "content-type": "text/event-stream" });
      response.write('data: {"type":"RUN_STARTED","threadId":"t","runId":"r"}\n\ndata: {"type":"RUN_FINISHED"}\n\n');
    },
  });
  const timers = await run(
    async ({ open }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      await client.init();
      const timers = new Set();
      const { setTimeout, clearTimeout } = globalThis;
      globalThis.setTimeout = (...args) => {
        const timer = setTimeout(...args);
        timers.add(timer);
        return timer;
      };
      globalThis.clearTimeout = (timer) => {
        timers.delete(timer);
        clearTimeout(timer);
      };
      try {
        await client.runs.stream(null, "hello").result();
        client.dispose();
        await new Promise((resolve) => setTimeout(resolve, 50));
        return timers.size;
      } finally {
        Object.assign(globalThis, { setTimeout, clearTimeout });
      }
    },
    { url: server.url },
  );
  await left;
  // Node's own fetch keeps timers for its connections.
  if (where === "page") assert.equal(timers, 0);
});

everywhere("abort signals are let go of", {}, async ({ serve, run }) => {
  const server = await serve();
  const left = await run(
    async ({ open }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const { signal } = new AbortController();
      let listeners = 0;
      for (const [name, by] of [
        ["addEventListener", 1],
        ["removeEventListener", -1],
      ]) {
        const before = signal[name];
        signal[name] = function (...args) {
          listeners += by;
          return before.apply(this, args);
        };
      }
      for (let i = 0; i < 50; i++) await client.threads.list({ signal });
      for (let i = 0; i < 50; i++) await client.auth.getToken({ signal });
      return listeners;
    },
    { url: server.url },
  );
  assert.equal(left, 0);
});

/** A program of Node's own, which has to end by itself. */
const program = `
  import { createClient } from "threadpass";
  const [url, how] = process.argv.slice(1);
  let asked = 0;
  const userToken = () => {
    asked += 1;
    if (how === "waits" && asked === 1) throw new Error("not now");
    return "subject";
  };
  const client = createClient({ backend: "tambo", apiKey: "key", baseUrl: url, userToken, onWarning() {} });
  client.auth.onChange(() => {});
  if (how === "waits") await client.auth.ready();
  await client.threads.list();
  if (how === "dispose") client.dispose();
  console.log("done");
`;

for (const [how, title] of Object.entries({
  dispose: "after dispose",
  nothing: "while only a renewal is planned",
  waits: "but not while somebody waits for a planned try",
}))
  test(`a Node process ends ${title}`, { timeout: 60_000 }, async () => {
    const server = await startServer();
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program, server.url, how], {
      cwd: new URL(".", import.meta.url),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    child.stdout.on("data", (text) => (printed += text));
    const [code] = await once(child, "exit");
    await server.stop();
    assert.deepEqual([code, printed.trim()], [0, "done"]);
  });
