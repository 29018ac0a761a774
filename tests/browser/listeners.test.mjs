/** Who is told what, when, and in which order. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";

everywhere("listeners hear every change once, in order and never at once", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, until }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const heard = [];
      let inside = false;
      client.auth.subscribe(() => heard.push(`subscribe: ${client.auth.getSnapshot().status}`));
      client.auth.onChange((state, { previous, cause }) => {
        heard.push(`onChange: ${previous?.status ?? null} to ${state.status} (${typeof cause}), inside: ${inside}`);
      });
      const atOnce = heard.length;
      await client.auth.ready();
      inside = true;
      const leaving = client.auth.signOut();
      inside = false;
      await leaving;
      await until("the end", () => heard.some((text) => text.includes("to unauthenticated")));
      return { atOnce, heard };
    },
    { url: server.url },
  );
  assert.equal(seen.atOnce, 0, "not even the present state comes in the same task");
  const changes = seen.heard.filter((text) => text.startsWith("onChange"));
  assert.deepEqual(changes, [
    "onChange: null to exchanging (string), inside: false",
    "onChange: exchanging to exchanging (string), inside: false",
    "onChange: exchanging to identified (string), inside: false",
    "onChange: identified to unauthenticated (string), inside: false",
  ]);
  assert.equal(seen.heard.length - changes.length, 3, "subscribe is not called for the present state");
});

everywhere(
  "a snapshot is the same object until something changes, and a renewal changes nothing",
  {},
  async ({ serve, run }) => {
    const server = await serve();
    const seen = await run(
      async ({ open }, { url }) => {
        let asked = 0;
        const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
        await client.auth.ready();
        const before = client.auth.getSnapshot();
        let told = 0;
        client.auth.subscribe(() => (told += 1));
        const tokens = [await client.auth.getToken(), await client.auth.getToken({ forceRefresh: true })];
        const focus = typeof dispatchEvent === "function" ? 100 : 0;
        for (let i = 0; i < focus; i++) dispatchEvent(new Event("focus"));
        await client.threads.list();
        return { tokens, same: client.auth.getSnapshot() === before, told };
      },
      { url: server.url },
    );
    assert.deepEqual(seen, { tokens: ["canary-session-1", "canary-session-2"], same: true, told: 0 });
    assert.equal(server.count("POST /oauth/token"), 2, "looking at the page a hundred times asks nobody");
  },
);

everywhere("unsubscribing inside a callback is safe and takes effect at once", {}, async ({ serve, run }) => {
  const server = await serve();
  const heard = await run(
    async ({ open, until }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const heard = [];
      const { auth } = client;
      const first = auth.onChange(({ status }) => {
        heard.push(`first ${status}`);
        first();
        second.unsubscribe();
        first();
      });
      const second = auth.onChange(({ status }) => heard.push(`second ${status}`));
      auth.onChange(({ status }) => {
        heard.push(`third ${status}`);
        if (heard.filter((text) => text.startsWith("third")).length === 1) auth.subscribe(() => heard.push("late"));
      });
      await auth.ready();
      await until("the news", () => heard.includes("third identified"));
      return heard;
    },
    { url: server.url },
  );
  assert.deepEqual(
    heard.filter((text) => text !== "late"),
    ["first exchanging", "third exchanging", "third exchanging", "third identified"],
  );
});

everywhere(
  "a listener that throws or rejects stops nobody, and is reported",
  { errors: [/thrown on purpose/] },
  async ({ serve, run, printed, where }) => {
    const server = await serve();
    const seen = await run(
      async ({ open, until }, { url }) => {
        const fail = () => {
          throw new Error("thrown on purpose");
        };
        const client = open({ baseUrl: url, userToken: () => "canary-subject", logger: fail });
        const heard = [];
        client.auth.subscribe(fail);
        client.auth.onChange(fail);
        client.auth.onChange(async () => fail());
        client.onActivity(fail);
        client.onActivity(({ kind }) => heard.push(kind));
        client.auth.onChange(({ status }) => heard.push(status));
        const token = await client.auth.getToken();
        const page = await client.threads.list();
        await until("the news", () => heard.includes("identified"));
        return { token, items: page.items.length, asked: heard.includes("asked") };
      },
      { url: server.url },
    );
    assert.deepEqual(seen, { token: "canary-session-1", items: 0, asked: true });
    // In a page `reportError` tells the page itself, which the errors that are meant to be allow for.
    if (where === "node") assert.ok(printed.some((text) => text.includes("thrown on purpose")));
  },
);

everywhere("a listener may use the client", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, until }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const done = [];
      const calls = [];
      client.auth.onChange(async ({ status }) => {
        done.push(status);
        calls.push(client.auth.getToken(), client.threads.list(), client.auth.ready());
        await Promise.all(calls);
        if (status === "identified") {
          await client.auth.getToken({ forceRefresh: true });
          done.push("settled");
        }
      });
      await until("everything", () => done.includes("settled"));
      await Promise.all(calls);
      return done;
    },
    { url: server.url },
  );
  assert.deepEqual(seen, ["exchanging", "exchanging", "identified", "settled"]);
});

everywhere("activity is told in order and has no secrets", {}, async ({ serve, run }) => {
  const server = await serve({
    "GET /v1/threads": ({ json, nth }) => (nth === 2 ? json(401, {}) : json(200, { threads: [], hasMore: false })),
  });
  const entries = await run(
    async ({ open, until }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const entries = [];
      const off = client.onActivity((entry) => entries.push(entry));
      await client.threads.list();
      await client.threads.list();
      await until("the log", () => entries.filter(({ kind }) => kind === "renewed").length === 2);
      off();
      const { length } = entries;
      await client.auth.getToken({ forceRefresh: true });
      return { entries, after: entries.length - length };
    },
    { url: server.url },
  );
  assert.equal(entries.after, 0);
  for (const { atMs, kind, generation } of entries.entries)
    assert.deepEqual([typeof atMs, typeof kind, typeof generation], ["number", "string", "number"]);
  const kinds = entries.entries.map(({ kind }) => kind).filter((kind) => kind !== "armed");
  assert.deepEqual(kinds, ["asked", "exchanging", "renewed", "refused", "asked", "exchanging", "renewed"]);
  const asked = entries.entries.filter(({ kind }) => kind === "asked");
  assert.deepEqual(
    asked.map(({ reason, forceRefresh }) => [reason, forceRefresh]),
    [
      ["initial", false],
      ["unauthorized", true],
    ],
  );
});
