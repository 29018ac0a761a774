/** Who calls of a LangGraph server are made as, and what a 401 does. */
import assert from "node:assert/strict";
import { everywhere, table } from "./support/everywhere.mjs";

const thread = { thread_id: "t", created_at: "c", updated_at: "u", metadata: null, status: "idle", values: null };

/** As the tutorial's server answers: an opaque 500 to a request without a token, and 401 without a word to a bad one. */
const guarded =
  (isGood) =>
  ({ call, json, send }) => {
    const token = call.headers.authorization?.replace("Bearer ", "");
    if (token === undefined) return send(500, "text/plain", "Internal Server Error");
    return isGood(token) ? json(200, thread) : json(401, { detail: "" });
  };

const get = "GET /threads/t";

table(
  "what each credential of a LangGraph server gives",
  {
    rows: [
      { name: "a callback", source: "authToken", headers: { authorization: "Bearer canary-token" } },
      { name: "a string", source: "authToken", headers: { authorization: "Bearer canary-token" } },
      { name: "open", source: "open", headers: {} },
      {
        name: "a callback and a key",
        source: "authToken",
        headers: { authorization: "Bearer canary-token", "x-api-key": "canary-key" },
      },
      { name: "open, with a key", source: "open", headers: { "x-api-key": "canary-key" } },
    ].map((row) => ({ ...row, given: { name: row.name }, serve: { "*": ({ json }) => json(200, thread) } })),
  },
  async ({ open }, { url, name }) => {
    const credential = {
      "a callback": { authToken: async () => "canary-token" },
      "a string": { authToken: "canary-token" },
      open: { open: true },
      "a callback and a key": { authToken: () => "canary-token", apiKey: "canary-key" },
      "open, with a key": { open: true, apiKey: "canary-key" },
    }[name];
    const options = { backend: "langgraph", apiKey: undefined, baseUrl: url, onWarning: () => {} };
    const client = open({ ...options, ...credential });
    const { status, source } = await client.auth.ready();
    const { id } = await client.threads.get("t");
    return { status, source, id, headers: await client.auth.headers(), token: await client.auth.getToken() };
  },
  ({ source, headers }, result, server) => {
    const token = headers.authorization ? "canary-token" : null;
    assert.deepEqual(result, { status: "identified", source, id: "t", headers, token });
    assert.equal(server.calls.length, 1);
    const [{ headers: sent }] = server.calls;
    assert.deepEqual(
      [sent.authorization, sent["x-api-key"], sent["x-auth-scheme"]],
      [headers.authorization, headers["x-api-key"], undefined],
    );
  },
);

table(
  "what cannot be an option of a LangGraph client",
  {
    rows: [
      { name: "no baseUrl", code: "config/invalid-base-url" },
      { name: "open: false and nothing else", code: "no throw" },
      { name: "open as a word", code: "config/invalid-option" },
      { name: "a token that is a number", code: "config/invalid-option" },
      { name: "Tambo's credential", code: "config/invalid-option" },
      { name: "LangGraph's credential for Tambo", code: "config/invalid-option" },
      { name: "an assistant without a name", code: "config/invalid-option" },
      { name: "a key with a blank", code: "config/invalid-option" },
    ].map((row) => ({ ...row, given: { name: row.name } })),
  },
  ({ createClient, codeOf }, { url, name }) => {
    const options = {
      "no baseUrl": { baseUrl: undefined },
      "open: false and nothing else": { authToken: undefined, open: false },
      "open as a word": { authToken: undefined, open: "yes" },
      "a token that is a number": { authToken: 7 },
      "Tambo's credential": { authToken: undefined, userToken: "canary" },
      "LangGraph's credential for Tambo": { backend: "tambo", apiKey: "canary" },
      "an assistant without a name": { assistantId: "" },
      "a key with a blank": { apiKey: "canary key" },
    }[name];
    return codeOf(() => {
      createClient({ backend: "langgraph", baseUrl: url, authToken: "canary", ...options }).dispose();
      return "no throw";
    });
  },
  ({ code }, result, server) => {
    assert.deepEqual(result, code === "no throw" ? { value: "no throw" } : code);
    assert.equal(server.calls.length, 0);
  },
);

table(
  "no request leaves without a token where one is wanted",
  {
    rows: [
      { name: "nobody is signed in", code: "auth/not-signed-in" },
      { name: "the callback cannot ask", code: "auth/callback-failed" },
      { name: "the answer is no token", code: "auth/not-a-token" },
      { name: "no credential", code: "config/missing-credential" },
      { name: "two credentials", code: "config/conflicting-credentials" },
    ].map((row) => ({ ...row, given: { name: row.name }, serve: { "*": guarded(() => true) } })),
  },
  async ({ open, settle, codeOf }, { url, name }) => {
    const credential = {
      "nobody is signed in": { authToken: () => null },
      "the callback cannot ask": {
        authToken: () => Promise.reject(Object.assign(new Error("down"), { retryable: false })),
      },
      "the answer is no token": { authToken: () => "<html>canary</html>" },
      "no credential": {},
      "two credentials": { authToken: "canary-token", open: true },
    }[name];
    const client = open({
      ...{ backend: "langgraph", apiKey: undefined, baseUrl: url, assistantId: "agent", onWarning: () => {} },
      ...credential,
    });
    const code = await codeOf(client.threads.get("t"));
    const others = [client.runs.wait("t", "hi"), client.threads.list(), client.store.get(["a"], "k")];
    const settled = await Promise.all(others.map((other) => settle(other)));
    return [code, ...settled.map(({ error }) => error?.code)];
  },
  ({ code }, codes, server) => {
    assert.deepEqual(codes, [code, code, code, code]);
    assert.equal(server.calls.length, 0, "the server would answer this with an opaque 500");
  },
);

everywhere("a 401 is followed by one more try with a new token", {}, async ({ serve, run }) => {
  const server = await serve({ [get]: guarded((token) => token === "canary-token-2") });
  const seen = await run(
    async ({ open }, { url }) => {
      const asked = [];
      const authToken = ({ reason, forceRefresh }) => {
        asked.push([reason, forceRefresh]);
        return `canary-token-${asked.length}`;
      };
      const client = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken });
      const [{ id }, ...others] = await Promise.all(Array.from({ length: 5 }, () => client.threads.get("t")));
      return { asked, ids: [id, ...others.map(({ id }) => id)], status: client.auth.getSnapshot().status };
    },
    { url: server.url },
  );
  assert.deepEqual(seen.asked, [
    ["initial", false],
    ["unauthorized", true],
  ]);
  assert.deepEqual([seen.ids, seen.status], [Array(5).fill("t"), "identified"]);
  assert.equal(server.count(get), 10, "each once more");
});

everywhere("a provider's cache is passed by where it holds a token that has ended", {}, async ({ serve, run }) => {
  const server = await serve({ [get]: ({ json }) => json(200, thread) });
  const { asked, fresh } = await run(
    async ({ open, jwt }, { url }) => {
      const asked = [];
      const now = Math.floor(Date.now() / 1000);
      const cached = jwt({ sub: "ada", iat: now - 7_200, exp: now - 3_600 });
      const fresh = jwt({ sub: "ada", iat: now, exp: now + 3_600 });
      const authToken = ({ forceRefresh }) => {
        asked.push(forceRefresh);
        return forceRefresh ? fresh : cached;
      };
      await open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken }).threads.get("t");
      return { asked, fresh: fresh.split(".").map((part) => part.length) };
    },
    { url: server.url },
  );
  assert.deepEqual(asked, [false, true]);
  const [{ headers }] = server.calls;
  const sent = headers.authorization.replace("Bearer ", "").split(".");
  assert.deepEqual(
    [server.calls.length, sent.map((part) => part.length)],
    [1, fresh],
    "the one that has ended never leaves",
  );
  const { exp } = JSON.parse(Buffer.from(sent[1], "base64url").toString());
  assert.ok(exp * 1000 > Date.now());
});

everywhere("a key of a server warns in a page", {}, async ({ serve, run, where }) => {
  const server = await serve({ [get]: ({ json }) => json(200, thread) });
  const warned = await run(
    async ({ open }, { url }) => {
      const codes = [];
      const onWarning = ({ code }) => codes.push(code);
      const options = { backend: "langgraph", baseUrl: url, authToken: () => "canary-token", onWarning };
      await open({ ...options, apiKey: "canary-key" }).threads.get("t");
      await open({ ...options, apiKey: undefined }).threads.get("t");
      return codes;
    },
    { url: server.url },
  );
  assert.deepEqual(warned, where === "page" ? ["config/secret-in-browser"] : []);
});

everywhere("a run that was refused with 401 is asked for once more, too", {}, async ({ serve, run }) => {
  const route = "POST /threads/t/runs";
  const server = await serve({ [route]: guarded((token) => token === "canary-token-2") });
  await run(
    async ({ open }, { url }) => {
      let count = 0;
      const authToken = () => `canary-token-${++count}`;
      await open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken }).runs.create("t", {
        assistant_id: "agent",
        input: {},
      });
    },
    { url: server.url },
  );
  assert.deepEqual(
    server.calls.map(({ headers }) => headers.authorization),
    ["Bearer canary-token-1", "Bearer canary-token-2"],
  );
  assert.equal(new Set(server.calls.map(({ body }) => body)).size, 1, "with the same body");
});

const outages = [
  { name: "the provider gives new tokens all the same", error: "api/unauthorized" },
  { name: "the provider gives the same token again", error: "auth/refused" },
  { name: "the provider cannot be asked either", error: "auth/callback-failed" },
];

table(
  "a 401 because the server cannot ask the provider signs nobody out",
  {
    rows: outages.map((row) => ({
      ...row,
      given: { name: row.name },
      // The first call is answered; then the provider is down for the server.
      serve: () => ({
        [get]: ({ json, nth }) =>
          nth === 1 ? json(200, thread) : json(401, { detail: "All connection attempts failed" }),
      }),
    })),
  },
  async ({ open, codeOf, jwt, stateOf }, { url, name }) => {
    const states = [];
    let count = 0;
    const authToken = () => {
      count += 1;
      if (count > 1 && name === "the provider cannot be asked either") throw new Error("the provider is down");
      const jti = name === "the provider gives the same token again" ? 1 : count;
      return jwt({ sub: "ada", jti });
    };
    const client = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken, onWarning: () => {} });
    client.auth.onChange((state) => states.push(state.status));
    await client.threads.get("t");
    const code = await codeOf(client.threads.get("t"));
    const { user, generation } = stateOf(client.auth.getSnapshot());
    return { code, user, generation, states };
  },
  ({ error }, { code, user, generation, states }) => {
    assert.equal(code, error);
    assert.deepEqual([user, generation], [{ id: "ada" }, 0], "the same person is still here");
    assert.ok(!states.includes("unauthenticated"), states.join());
  },
);
