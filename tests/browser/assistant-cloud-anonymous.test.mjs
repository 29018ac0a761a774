/** The anonymous identities of Assistant Cloud: where they come from, how long they stay, and what a failure leaves. */
import assert from "node:assert/strict";
import {
  accessOf,
  evenLater,
  keyOf,
  later,
  list,
  mint,
  named,
  recordOf,
  refresh,
  routes,
  subOf,
} from "./support/anonymous.mjs";
import { everywhere, inNode, table } from "./support/everywhere.mjs";

/** One call of an anonymous client; what it came to, and what is stored then. */
const visit = async ({ open, settle }, { url, stored, anonymous = true, timeouts }) => {
  // Node has no storage of its own.
  const values = (globalThis.storedHere ??= new Map());
  globalThis.localStorage ??= {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, String(value)),
    removeItem: (key) => void values.delete(key),
  };
  const key = `aui:refresh_token:${url}`;
  if (stored) localStorage.setItem(key, stored);
  const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, anonymous, timeouts });
  const outcome = await settle(async () => {
    await client.threads.list();
    return client.auth.getSnapshot().source;
  });
  const left = localStorage.getItem(key);
  const { status } = client.auth.getSnapshot();
  client.dispose();
  return { ...outcome, left, status };
};

const fails = (code, status, more) => ({ code, status, ...more });
const soon = () => new Date(Date.now() + 29_000).toISOString();
const answers =
  (status, body, headers) =>
  ({ json }) =>
    json(status, body, headers);
const stalls = ({ response }) => void response.writeHead(200, { "content-type": "application/json" }).write("{");
const grant = (more) => ({
  access_token: accessOf("usr_anon_09"),
  refresh_token: { token: "refresh_09", expires_at: later },
  ...more,
});

/** @typedef {{ name: string, stored?: string, serve?: object, asks: string[], left: string | null, error?: object }} Row */

table(
  "where an anonymous token comes from, and what is stored then",
  {
    rows: [
      { name: "nobody yet", asks: [mint, list], left: recordOf(1) },
      { name: "a record", stored: recordOf(7), asks: [refresh, list], left: recordOf(7, evenLater) },
      {
        name: "a refresh without a record",
        stored: recordOf(7),
        serve: { [refresh]: answers(200, { access_token: accessOf("usr_anon_09"), refresh_token: null }) },
        asks: [refresh, list],
        left: recordOf(7),
      },
      {
        name: "a refresh with another record",
        stored: recordOf(7),
        serve: { [refresh]: answers(200, grant()) },
        asks: [refresh, list],
        left: recordOf(9),
      },
      ...[400, 401, 403, 404].map((status) => ({
        name: `a record that is refused with ${status}`,
        stored: recordOf(7),
        serve: { [refresh]: answers(status, { error: "no" }) },
        asks: [refresh, mint, list],
        left: recordOf(1),
      })),
      { name: "a record that has ended", stored: recordOf(7, "2020-01-01"), asks: [mint, list], left: recordOf(1) },
      { name: "a record that ends soon", stored: recordOf(7, soon()), asks: [mint, list], left: recordOf(1) },
      { name: "a record with no date", stored: recordOf(7, "someday"), asks: [mint, list], left: recordOf(1) },
      { name: "a text that is not JSON", stored: "refresh_07", asks: [mint, list], left: recordOf(1) },
      { name: "JSON that is no record", stored: '{"token":7}', asks: [mint, list], left: recordOf(1) },
    ].map((row) => ({ ...row, given: { stored: row.stored }, serve: () => routes(row.serve) })),
  },
  visit,
  ({ asks, left }, result, server) => {
    assert.deepEqual(result, { value: "anonymous", left, status: "identified" });
    assert.deepEqual(named(server), asks);
    for (const { path, headers, body } of server.calls) {
      if (path.endsWith("/refresh")) {
        assert.deepEqual(JSON.parse(body), { refresh_token: "refresh_07" });
        assert.equal(headers["content-type"], "application/json");
      }
      // So that a browser need not ask first.
      if (path.endsWith("/anonymous")) assert.deepEqual([body, headers["content-type"]], ["", undefined]);
      if (path.includes("/auth/")) assert.equal(headers.authorization, undefined);
    }
  },
);

const kept = { stored: recordOf(7), left: recordOf(7) };
const limited = answers(
  429,
  { error: "rate_limited refresh_07" },
  { "retry-after": "60", "access-control-expose-headers": "retry-after" },
);

table(
  "what the failure of a token request says and leaves",
  {
    rows: [
      {
        ...{ name: "a refresh that is limited", ...kept, serve: { [refresh]: limited } },
        error: { code: "api/rate-limited", status: 429, retryable: true, retryAfterMs: 60_000 },
      },
      ...[500, 503].map((status) => ({
        ...{
          name: `a refresh that fails with ${status}`,
          ...kept,
          serve: { [refresh]: answers(status, { error: "down" }) },
        },
        error: { code: "api/server", status, retryable: true },
        says: /answered \d+, down/,
      })),
      {
        ...{ name: "a refresh that is not answered", ...kept, serve: { [refresh]: () => {} } },
        error: { code: "network/timeout", retryable: true },
        says: /the refresh of the anonymous token .* 300 ms/,
      },
      {
        ...{ name: "a refresh whose body stalls", ...kept, serve: { [refresh]: stalls } },
        error: { code: "network/timeout", retryable: true },
      },
      {
        ...{ name: "a refresh that is cut off", ...kept, serve: { [refresh]: ({ response }) => response.destroy() } },
        error: { code: "network/failed", retryable: true },
      },
      {
        ...{
          name: "a refresh that is a page",
          ...kept,
          serve: { [refresh]: ({ send }) => send(200, "text/html", "<p>hello") },
        },
        error: { code: "auth/exchange-malformed", retryable: true },
        says: /refresh auth token response should be a JSON object/,
      },
      {
        ...{ name: "a record that is refused, and no other", ...kept },
        serve: {
          [refresh]: answers(403, {}),
          [mint]: answers(
            503,
            { error: "later" },
            { "retry-after": "7", "access-control-expose-headers": "retry-after" },
          ),
        },
        error: { code: "auth/anonymous-refused", status: 503, retryable: true, retryAfterMs: 7_000 },
      },
      {
        ...{
          name: "nobody, and no identities",
          left: null,
          serve: { [mint]: answers(403, { error: "Anonymous access is off" }) },
        },
        error: { code: "auth/anonymous-refused", status: 403, retryable: false },
        says: /answered 403, Anonymous access is off; switch anonymous access on/,
      },
      {
        ...{ name: "something else is there", left: null, serve: { [mint]: answers(404, { error: "Not Found" }) } },
        error: { code: "auth/anonymous-refused", status: 404, retryable: false },
        says: /answered 404, Not Found; check baseUrl$/,
      },
      ...[
        ["no token", grant({ access_token: "" }), /anonymous auth token response\.access_token/],
        ["a number for a token", grant({ access_token: 7 }), /access_token/],
        ["no record", grant({ refresh_token: undefined }), /refresh_token should be an object/],
        ["a record without a date", grant({ refresh_token: { token: "r" } }), /refresh_token\.expires_at/],
        [
          "a record without a token",
          grant({ refresh_token: { token: "", expires_at: later } }),
          /refresh_token\.token/,
        ],
        ["a list", [], /should be a JSON object/],
      ].map(([name, body, says]) => ({
        ...{ name: `a new identity with ${name}`, left: null, serve: { [mint]: answers(200, body) }, says },
        error: { code: "auth/exchange-malformed", retryable: true },
      })),
    ].map((row) => ({
      ...row,
      given: { stored: row.stored, timeouts: row.error.code === "network/timeout" ? { exchangeMs: 300 } : undefined },
      serve: () => routes(row.serve),
    })),
  },
  visit,
  ({ error, left, says }, result, server) => {
    assert.equal(result.left, left);
    assert.equal(result.status, "error");
    const { message, ...facts } = result.error;
    assert.deepEqual(facts, error);
    assert.match(message, says ?? /./);
    assert.doesNotMatch(message, /refresh_07|canary/);
    assert.equal(server.count(list), 0);
    if (left && error.code !== "auth/anonymous-refused") assert.equal(server.count(mint), 0);
  },
);

everywhere("what an older client has stored belongs to the first backend that looks", {}, async ({ serve, run }) => {
  const legacyOf = async (backend, legacy, stored) => {
    const seed = ({}, { legacy }) => localStorage.setItem("aui:refresh_token", legacy);
    const left = () => localStorage.getItem("aui:refresh_token");
    const first = await backend();
    await run(visit, { url: first.url });
    await run(({}, key) => localStorage.removeItem(key), keyOf(first.url));
    await run(seed, { legacy });
    const before = first.calls.length;
    const result = await run(visit, { url: first.url, stored });
    return { asks: named(first).slice(before), stored: result.left, legacy: await run(left) };
  };
  const backend = () => serve(routes());
  assert.deepEqual(await legacyOf(backend, recordOf(5)), {
    ...{ asks: [refresh, list], stored: recordOf(5, evenLater), legacy: null },
  });
  assert.deepEqual(await legacyOf(backend, recordOf(5), recordOf(6)), {
    ...{ asks: [refresh, list], stored: recordOf(6, evenLater), legacy: null },
  });
  assert.deepEqual(await legacyOf(backend, "not JSON"), { asks: [mint, list], stored: recordOf(2), legacy: null });
});

/** So many clients at once, each with a call. */
const together = async ({ open }, { url, anonymous, count }) => {
  const options = { backend: "assistant-cloud", apiKey: undefined, baseUrl: url, anonymous };
  await Promise.all(Array.from({ length: count }, () => open(options).threads.list()));
};

inNode("clients of a server share no identity", {}, async ({ serve, run }) => {
  const server = await serve(routes());
  for (const anonymous of [true, { persist: "session" }, { persist: "memory" }]) {
    const [before, asked] = [globalThis.localStorage, server.count(mint)];
    delete globalThis.localStorage;
    await run(together, { url: server.url, anonymous, count: 3 });
    globalThis.localStorage = before;
    assert.equal(server.count(mint) - asked, 3);
  }
  assert.equal(server.count(refresh), 0);
});

everywhere("a client asks once for all its calls, and keeps its identity when it asks again", {}, async (stage) => {
  const server = await stage.serve(routes());
  await stage.run(
    async ({ open }, { url }) => {
      const client = open({
        backend: "assistant-cloud",
        apiKey: undefined,
        baseUrl: url,
        anonymous: { persist: "memory" },
      });
      await Promise.all(Array.from({ length: 20 }, () => client.threads.list()));
      await client.auth.getToken({ forceRefresh: true });
      await client.threads.list();
    },
    { url: server.url },
  );
  assert.deepEqual([server.count(mint), server.count(refresh), server.count(list)], [1, 1, 21]);
  const users = new Set(server.calls.filter(({ path }) => path.endsWith("/threads")).map(subOf));
  assert.deepEqual([...users], ["usr_anon_01"]);
});

everywhere("whoever signs out while an identity is on its way leaves none behind", {}, async ({ serve, run }) => {
  const server = await serve(routes());
  const left = await run(
    async ({ open }, { url, key }) => {
      const values = new Map();
      globalThis.localStorage ??= {
        getItem: (key) => values.get(key) ?? null,
        setItem: (key, value) => void values.set(key, value),
        removeItem: (key) => void values.delete(key),
      };
      const left = [];
      // However far the answer has come.
      for (let steps = 0; steps < 60; steps++) {
        const late = async (input, init) => {
          const text = await (await fetch(input, init)).text();
          const body = new ReadableStream({
            async pull(answer) {
              answer.enqueue(new TextEncoder().encode(text));
              answer.close();
              for (let step = 0; step < steps; step++) await undefined;
              client.auth.signOut();
            },
          });
          return new Response(body, { headers: { "content-type": "application/json" } });
        };
        const client = open({
          ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, anonymous: true, fetch: late },
        });
        await client.auth.getToken().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (localStorage.getItem(key) !== null) left.push(steps);
        client.dispose();
        localStorage.removeItem(key);
      }
      return left;
    },
    { url: server.url, key: keyOf(server.url) },
  );
  assert.deepEqual(left, []);
  assert.equal(server.count(mint), 60);
});
