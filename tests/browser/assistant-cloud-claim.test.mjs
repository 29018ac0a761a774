/** An anonymous user who signs in keeps their threads. */
import assert from "node:assert/strict";
import { accessOf, claim, keyOf, list, mint, named, recordOf, refresh, routes, subOf } from "./support/anonymous.mjs";
import { everywhere, inBrowsers, inChromium, table } from "./support/everywhere.mjs";

/** Somebody signs in where there may have been an anonymous visitor. */
const signIn = async (
  { open, until, settle },
  { url, stored, claimAnonymous = true, timeouts, aborts, use = "list" },
) => {
  const values = (globalThis.storedHere ??= new Map());
  globalThis.localStorage ??= {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, String(value)),
    removeItem: (key) => void values.delete(key),
  };
  const key = `aui:refresh_token:${url}`;
  if (stored) localStorage.setItem(key, stored);
  const [claims, warnings] = [[], []];
  const client = open({
    ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, claimAnonymous, timeouts },
    authToken: async () => (await (await fetch(`${url}/token`, { method: "POST" })).text()) || null,
    onWarning: ({ code, message }) => warnings.push([code, message]),
  });
  client.onActivity(({ kind, moved, atMs, generation }) => {
    if (kind === "claimed") claims.push([moved, generation, atMs > 0]);
  });
  const caller = new AbortController();
  const { signal } = caller;
  const uses = {
    list: () => client.threads.list({ signal }).then(({ items }) => items.length),
    fetch: () => client.fetch("v1/threads".replace(/^/, `${url}/`)).then(({ status }) => status),
    ready: () => client.auth.ready().then(() => until("the claim", () => claims.length)),
    three: () => Promise.all([1, 2, 3].map(() => client.threads.list())).then(() => 3),
  };
  const outcome = settle(uses[use]);
  if (aborts) {
    await until("the claim", async () => (await (await fetch(`${url}/claiming`)).text()) === "yes");
    caller.abort(new Error("enough"));
  }
  const settled = await outcome;
  const snapshot = client.auth.getSnapshot().status;
  if (aborts === "dispose") client.dispose();
  return { ...settled, claims, warnings, left: localStorage.getItem(key), snapshot };
};

const token = "POST /token";
const as = (sub) => ({ [token]: ({ send }) => send(200, "text/plain", sub && accessOf(sub)) });
const moves =
  (moved) =>
  ({ json }) =>
    json(200, { moved });
const stored = recordOf(7);

table(
  "what is claimed, by whom, and what is kept",
  {
    rows: [
      { name: "threads of a visitor", asks: [token, claim, list], claims: [[3, 0, true]], left: null },
      { name: "nobody was there", stored: null, asks: [token, list], claims: [], left: null },
      {
        name: "a visitor who was here too long ago",
        stored: recordOf(7, "2020-01-01"),
        asks: [token, list],
        claims: [],
        left: recordOf(7, "2020-01-01"),
      },
      {
        name: "a visitor without threads",
        serve: { [claim]: moves(0) },
        asks: [token, claim, list],
        claims: [[0, 0, true]],
        left: null,
      },
      { name: "nobody wants it", claimAnonymous: false, asks: [token, list], claims: [], left: stored },
      {
        name: "for another SDK's request, too",
        use: "fetch",
        asks: [token, claim, list],
        claims: [[3, 0, true]],
        left: null,
      },
      { name: "without any call", use: "ready", asks: [token, claim], claims: [[3, 0, true]], left: null },
      {
        name: "three calls, one claim",
        use: "three",
        asks: [token, claim, list, list, list],
        claims: [[3, 0, true]],
        left: null,
      },
      ...[
        [403, "api/forbidden"],
        [404, "api/not-found"],
        [429, "api/rate-limited"],
        [503, "api/server"],
      ].map(([status, code]) => ({
        name: `a claim that is refused with ${status}`,
        serve: { [claim]: ({ json }) => json(status, { error: "not now refresh_07" }) },
        ...{ asks: [token, claim, list], claims: [], left: stored, warns: code },
      })),
      {
        ...{ name: "a claim that is never answered", serve: { [claim]: () => {} }, asks: [token, claim, list] },
        ...{ claims: [], left: stored, warns: "network/timeout", timeouts: { exchangeMs: 400 } },
      },
      {
        ...{ name: "a claim that is cut off", serve: { [claim]: ({ response }) => response.destroy() } },
        ...{ asks: [token, claim, list], claims: [], left: stored, warns: "network/failed" },
      },
      {
        ...{ name: "a claim that is answered with something else", serve: { [claim]: moves(1.5) } },
        ...{ asks: [token, claim, list], claims: [], left: stored, warns: "api/malformed-response" },
      },
      {
        ...{
          name: "nobody signs in",
          serve: as(""),
          asks: [token],
          claims: [],
          left: stored,
          fails: "auth/not-signed-in",
        },
      },
    ].map((row) => ({
      ...row,
      given: {
        stored: row.stored === undefined ? stored : row.stored,
        claimAnonymous: row.claimAnonymous,
        timeouts: row.timeouts,
        use: row.use,
      },
      serve: () => routes({ [claim]: moves(3), ...as("alice"), ...row.serve }),
    })),
  },
  signIn,
  ({ asks, claims, left, warns, fails }, result, server) => {
    assert.equal(result.error?.code, fails);
    assert.deepEqual(named(server), asks);
    assert.deepEqual(result.claims, claims);
    assert.equal(result.left, left);
    assert.deepEqual(
      result.warnings.map(([code]) => code).slice(0, 1),
      [warns ?? fails].filter((code) => code && code === warns),
    );
    for (const call of server.calls) {
      assert.doesNotMatch(call.path, /refresh_07/);
      if (call.path.startsWith("/v1/")) assert.equal(subOf(call), "alice");
      if (call.path.endsWith("/claim")) assert.deepEqual(JSON.parse(call.body), { refresh_token: "refresh_07" });
    }
    for (const [, message] of result.warnings) assert.doesNotMatch(message, /refresh_07/);
  },
);

everywhere("a caller who waits for a claim may leave", {}, async ({ serve, run }) => {
  let claiming = "no";
  const server = await serve(
    routes({
      ...as("alice"),
      [claim]: () => void (claiming = "yes"),
      "GET /claiming": ({ send }) => send(200, "text/plain", claiming),
    }),
  );
  const result = await run(signIn, { url: server.url, stored, aborts: true });
  assert.deepEqual([result.foreign, result.error], [undefined, { foreign: "Error", says: "enough" }]);
  assert.deepEqual([result.left, server.count(list)], [stored, 0]);
});

everywhere("a claim that failed is made again at the next start, and once only", {}, async ({ serve, run }) => {
  const server = await serve(
    routes({
      ...as("alice"),
      [claim]: ({ json, nth }) => (nth === 1 ? json(503, { error: "down" }) : json(200, { moved: 2 })),
    }),
  );
  const results = [];
  for (const record of [stored, null, null]) results.push(await run(signIn, { url: server.url, stored: record }));
  assert.deepEqual(
    results.map(({ claims }) => claims.map(([moved]) => moved)),
    [[], [2], []],
  );
  assert.deepEqual([server.count(claim), server.count(list)], [2, 3]);
});

/** A page that begins anonymously and then signs in. */
const start = ({ createClient }, { url, sub, persist }) => {
  window.sub = sub;
  const authToken = async () =>
    window.sub ? (await fetch(`${url}/token?${window.sub}`, { method: "POST" })).text() : null;
  const anonymous = { anonymous: { persist } };
  window.signedIn = { authToken, claimAnonymous: { persist } };
  window.moved = [];
  const client = createClient({
    backend: "assistant-cloud",
    baseUrl: url,
    ...(sub ? window.signedIn : anonymous),
    onWarning: () => {},
  });
  client.onActivity(({ kind, moved }) => kind === "claimed" && window.moved.push(moved));
  window.client = client;
};
const callHere = async () => void (await window.client.threads.list());
const anybody = { [token]: ({ call, send }) => send(200, "text/plain", accessOf(call.path.split("?")[1])) };

for (const persist of ["local", "session", "memory"])
  inBrowsers(`whoever signs in within a page takes over: ${persist}`, {}, async ({ serve, run, page }) => {
    const server = await serve(routes({ ...anybody, [claim]: moves(2) }));
    await run(start, { url: server.url, persist });
    await run(callHere);
    await page.evaluate(() => {
      window.sub = "alice";
      window.client.auth.setCredential(window.signedIn);
    });
    await run(callHere);
    assert.deepEqual(named(server), [mint, list, token, claim, list]);
    const calls = server.calls.filter(({ path }) => path.startsWith("/v1/threads"));
    assert.deepEqual(calls.map(subOf), ["usr_anon_01", "alice", "alice"]);
    assert.deepEqual(await page.evaluate(() => window.moved), [2]);
    assert.deepEqual(await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]), []);
    // And whoever comes after her is nobody that was there before.
    await page.evaluate(() => window.client.auth.setCredential({ anonymous: true }));
    await run(callHere);
    assert.equal(subOf(server.calls.at(-1)), "usr_anon_02");
  });

inBrowsers("what only the page remembers is known to a client of later, too", {}, async ({ serve, run, page }) => {
  const server = await serve(routes({ ...anybody, [claim]: moves(2) }));
  const begin = async (sub) => {
    await page.evaluate(() => window.client?.dispose());
    await run(start, { url: server.url, sub, persist: "memory" });
  };
  await begin();
  await run(callHere);
  await begin("alice");
  await run(callHere);
  assert.deepEqual(named(server), [mint, list, token, claim, list]);
  await begin();
  await run(callHere);
  await begin();
  await page.evaluate(() => window.client.auth.signOut());
  await begin();
  await run(callHere);
  assert.deepEqual(named(server).slice(5), [mint, list, mint, list]);
});

inChromium(
  "the tabs of a browser claim once, and a tab that never lets go of the lock does not stop them",
  {},
  async (stage) => {
    const server = await stage.serve(
      routes({
        ...anybody,
        [claim]: (exchange) => setTimeout(() => exchange.json(200, { moved: exchange.nth === 1 ? 2 : 0 }), 500),
      }),
    );
    const { url } = server;
    const tabs = [await stage.tab(), await stage.tab()];
    const seed = () =>
      tabs[0].page.evaluate(([key, record]) => localStorage.setItem(key, record), [keyOf(url), stored]);
    await seed();
    for (const { run } of tabs) await run(start, { url, sub: "alice", persist: "local" });
    await Promise.all(tabs.map(({ run }) => run(callHere)));
    assert.equal(server.count(claim), 1);

    await stage.page.evaluate(
      (name) => new Promise((taken) => void navigator.locks.request(name, () => (taken(), new Promise(() => {})))),
      `assistant-cloud:anonymous-auth:${url}`,
    );
    await seed();
    const [{ run, page }] = tabs;
    await page.reload();
    await run(start, { url, sub: "alice", persist: "local" });
    await run(callHere);
    assert.equal(server.count(claim), 2);
    assert.equal(await page.evaluate((key) => localStorage.getItem(key), keyOf(url)), null);
  },
);

inBrowsers("a claim ends with its user, and the next user makes it", {}, async ({ serve, run, page }) => {
  const server = await serve(routes({ ...anybody, [claim]: ({ nth, json }) => nth > 1 && json(200, { moved: 1 }) }));
  await page.evaluate(([key, record]) => localStorage.setItem(key, record), [keyOf(server.url), stored]);
  await run(start, { url: server.url, sub: "alice", persist: "local" });
  const waiting = run(({ codeOf }) => codeOf(window.client.threads.list()));
  await run(({ until }) => until("her", () => window.client.auth.getSnapshot().status === "identified"));
  while (!server.count(claim)) await new Promise((resolve) => setTimeout(resolve, 20));
  await page.evaluate(() => {
    window.sub = "bob";
    window.client.auth.invalidate();
  });
  assert.equal(await waiting, "auth/identity-changed");
  await run(callHere);
  const claims = server.calls.filter(({ path }) => path.endsWith("/claim"));
  assert.deepEqual(claims.map(subOf), ["alice", "bob"]);
  assert.deepEqual(await page.evaluate(() => window.moved), [1]);
  assert.equal(server.count(refresh), 0);
});
