/** What each credential gives, and to whom. */
import assert from "node:assert/strict";
import { everywhere, table } from "./support/everywhere.mjs";
import { grantOf, tokens } from "./support/server.mjs";

const key = { "x-api-key": "tambo_canary-api-key" };

table(
  "what each credential gives",
  {
    rows: [
      { name: "userToken", source: "tokenExchange", token: "canary-session-1" },
      { name: "a string", source: "tokenExchange", token: "canary-session-1" },
      { name: "sessionToken", source: "sessionToken", token: "canary.own" },
      { name: "userKey", source: "userKey", token: null },
      { name: "anonymous", source: "anonymous", token: null },
    ].map((row) => ({ ...row, given: { name: row.name } })),
  },
  async ({ open }, { url, name }) => {
    const credential = {
      userToken: { userToken: () => "canary-subject" },
      "a string": { userToken: "canary-subject" },
      sessionToken: { sessionToken: () => "canary.own" },
      userKey: { userKey: "user" },
      anonymous: { anonymous: { persist: "memory" } },
    }[name];
    const { auth, inspect } = open({ baseUrl: url, ...credential, onWarning: () => {} });
    const { status, source, user, generation, refreshError } = await auth.ready();
    const tokens = [await auth.getToken(), auth.peekToken(), await auth.getToken({ forceRefresh: false })];
    const { refreshing } = inspect();
    return {
      state: { status, source, user, generation, refreshError },
      tokens,
      headers: await auth.headers(),
      refreshing,
    };
  },
  ({ source, token }, { state, tokens: given, headers, refreshing }, server) => {
    assert.deepEqual(state, { status: "identified", source, user: null, generation: 0, refreshError: null });
    assert.deepEqual([given, refreshing], [[token, token, token], false]);
    assert.deepEqual(headers, token ? { ...key, authorization: `Bearer ${token}` } : key);
    assert.equal(server.count(tokens), source === "tokenExchange" ? 1 : 0);
  },
);

const claims = [
  {
    name: "names in any script",
    claims: { sub: "用户-ü", email: "zoë@例え.jp" },
    user: { id: "用户-ü", email: "zoë@例え.jp" },
  },
  { name: "an organisation", claims: { sub: "u", org_id: "org_1" }, user: { id: "u", orgId: "org_1" } },
  { name: "an organisation as an object", claims: { sub: "u", o: { id: "org_2" } }, user: { id: "u", orgId: "org_2" } },
  { name: "no subject", claims: { email: "a@b.example" }, user: null },
  { name: "a subject that is a number", claims: { sub: 7 }, user: null },
];

table(
  "hints about the user are read from the provider's token, for display",
  { rows: claims.map((row) => ({ ...row, given: { claims: row.claims } })) },
  async ({ open, jwt }, { url, claims }) =>
    (await open({ baseUrl: url, userToken: () => jwt(claims) }).auth.ready()).user,
  ({ user }, result) => assert.deepEqual(result, user),
);

everywhere("a renewal that fails keeps the session, and says so", {}, async ({ serve, run }) => {
  const server = await serve({
    [tokens]: ({ json, nth }) => (nth === 1 ? json(201, grantOf(1)) : json(503, { message: "later" })),
  });
  const seen = await run(
    async ({ open, codeOf, stateOf }, { url }) => {
      let asked = 0;
      const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}`, onWarning: () => {} });
      const { user } = await client.auth.ready();
      const code = await codeOf(client.auth.getToken({ forceRefresh: true }));
      const { status, refreshError, generation } = stateOf(client.auth.getSnapshot());
      return { user, code, status, refreshError: refreshError.code, generation, token: await client.auth.getToken() };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    user: null,
    code: "api/server",
    status: "identified",
    refreshError: "api/server",
    generation: 0,
    token: "canary-session-1",
  });
});

everywhere("an answer of the callback that comes too late is ignored", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, codeOf, pause, stateOf }, { url }) => {
      const answers = [];
      const userToken = ({ signal }) => new Promise((resolve) => answers.push({ resolve, signal }));
      const client = open({ baseUrl: url, userToken, timeouts: { callbackMs: 200 }, onWarning: () => {} });
      const code = await codeOf(client.auth.getToken());
      const aborted = answers.map(({ signal }) => signal.aborted);
      for (const { resolve } of answers) resolve("canary-late");
      await pause(100);
      return { code, aborted: aborted.every(Boolean), status: stateOf(client.auth.getSnapshot()).status };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { code: "auth/callback-timeout", aborted: true, status: "error" });
  assert.equal(server.calls.length, 0);
});

everywhere("somebody who is there again is noticed by the next call", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, codeOf, settle, stateOf }, { url }) => {
      let token = null;
      const client = open({ baseUrl: url, userToken: () => token });
      const before = [await codeOf(client.threads.list()), stateOf(client.auth.getSnapshot())];
      token = "canary-subject";
      client.auth.invalidate();
      const page = await settle(client.threads.list());
      token = null;
      client.auth.invalidate();
      const after = [await codeOf(client.threads.list()), stateOf(client.auth.getSnapshot())];
      return { before, items: page.value?.items.length, after };
    },
    { url: server.url },
  );
  const nobody = (reason) => ["auth/not-signed-in", { status: "unauthenticated", reason }];
  assert.deepEqual(seen.before, nobody("no-user"));
  assert.equal(seen.items, 0);
  assert.equal(seen.after[0], "auth/not-signed-in");
  assert.equal(seen.after[1].status, "unauthenticated");
});
