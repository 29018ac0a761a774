/** Who calls of Assistant Cloud are made as. */
import assert from "node:assert/strict";
import { everywhere, inBrowsers, inNode, table } from "./support/everywhere.mjs";

const get = "GET /v1/threads";
const none = { [get]: ({ json }) => json(200, { threads: [] }) };

everywhere("a callback's token is sent as it is", {}, async ({ serve, run }) => {
  const server = await serve(none);
  const outcome = await run(
    async ({ open, jwt }, { url }) => {
      const client = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: `${url}/` },
        authToken: async () => jwt({ sub: "alice", email: "alice@x" }),
      });
      const { source, user, generation } = await client.auth.ready();
      await client.threads.list();
      return { source, user, generation, headers: Object.keys(await client.auth.headers()) };
    },
    { url: server.url },
  );
  const user = { id: "alice", email: "alice@x" };
  assert.deepEqual(outcome, { source: "authToken", user, generation: 0, headers: ["authorization"] });
  const { headers } = server.calls[0];
  assert.match(headers.authorization, /^Bearer eyJ/);
  assert.equal(headers["x-api-key"] ?? headers["aui-user-id"], undefined);
});

table(
  "what is no token is not sent",
  {
    rows: [
      { name: "Unauthorized", code: "auth/not-a-token", says: "no JWT" },
      { name: "sk_canary_key", code: "auth/not-a-token", says: "no JWT" },
      { name: "<!doctype html>", code: "auth/not-a-token", says: "HTML" },
      { name: '{"token":"canary"}', code: "auth/not-a-token", says: "JSON" },
      { name: "", code: "auth/not-signed-in", says: "nobody" },
    ].map((row) => ({ ...row, given: { text: row.name }, serve: none })),
  },
  async ({ open, settle }, { url, text }) => {
    const { threads } = open({
      ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, onWarning: () => {} },
      authToken: () => text,
    });
    return (await settle(() => threads.list())).error;
  },
  ({ code, says }, error, server) => {
    assert.equal(error.code, code);
    assert.ok(error.message.includes(says), error.message);
    assert.equal(server.calls.length, 0);
  },
);

inNode("an API key acts for a user in a workspace", {}, async ({ serve, run }) => {
  const server = await serve({ ...none, "POST /v1/auth/tokens": ({ json }) => json(200, { token: "minted" }) });
  const outcome = await run(
    async ({ open }, { url }) => {
      const client = open({
        ...{ backend: "assistant-cloud", baseUrl: url, apiKey: "sk_canary", userId: "user_1", workspaceId: "org_1" },
      });
      const { source, user } = await client.auth.ready();
      await client.threads.list();
      await client.fetch(`${url}/v1/threads`);
      const { token } = await client.auth.tokens.create();
      const made = { token, bearer: await client.auth.getToken(), names: Object.keys(await client.auth.headers()) };
      client.auth.setCredential({ apiKey: "sk_canary_2", userId: "user_2", workspaceId: "org_2" });
      await client.threads.list();
      return { source, user, ...made, generation: client.inspect().generation };
    },
    { url: server.url },
  );
  const names = ["authorization", "aui-user-id", "aui-workspace-id"];
  assert.deepEqual(outcome, { source: "apiKey", user: null, token: "minted", bearer: null, names, generation: 1 });
  const sent = server.calls.map(({ headers }) => names.map((name) => headers[name]).join(" "));
  const [first, second] = ["Bearer sk_canary user_1 org_1", "Bearer sk_canary_2 user_2 org_2"];
  assert.deepEqual(sent, [first, first, first, second]);
  assert.ok(server.calls.every(({ headers }) => headers["x-api-key"] === undefined));
});

inNode("what a service echoes of an API key is not repeated", {}, async ({ serve, run }) => {
  const server = await serve({ [get]: ({ json }) => json(403, { error: "unknown key sk_canary_key" }) });
  const error = await run(
    async ({ open, settle }, { url }) => {
      const credential = { apiKey: "sk_canary_key", userId: "u", workspaceId: "w" };
      const client = open({ backend: "assistant-cloud", baseUrl: url, ...credential });
      return (await settle(() => client.threads.list())).error;
    },
    { url: server.url },
  );
  assert.deepEqual([error.code, error.status], ["api/forbidden", 403]);
});

inBrowsers("an API key is of no use in a page", {}, async ({ serve, run }) => {
  const server = await serve(none);
  const outcome = await run(
    async ({ open, settle, stateOf }, { url }) => {
      const warned = [];
      const client = open({
        ...{ backend: "assistant-cloud", baseUrl: url, apiKey: "sk_canary", userId: "u", workspaceId: "w" },
        onWarning: ({ code }) => warned.push(code),
      });
      const { error } = await settle(() => client.threads.list());
      const { error: again } = await settle(() => client.fetch(`${url}/v1/threads`));
      const state = stateOf(client.auth.getSnapshot());
      client.auth.setCredential({ authToken: () => "a.b.c" });
      await client.threads.list();
      return {
        codes: [error.code, again.code],
        says: error.message,
        status: state.status,
        state: state.error.code,
        warned,
      };
    },
    { url: server.url },
  );
  const code = "config/secret-in-browser";
  const { says, ...rest } = outcome;
  assert.deepEqual(rest, { codes: [code, code], status: "error", state: code, warned: [code] });
  assert.match(says, /server/);
  assert.deepEqual(
    server.calls.map(({ headers }) => headers.authorization),
    ["Bearer a.b.c"],
  );
});

table(
  "what cannot be an option of an Assistant Cloud client",
  {
    rows: [
      { name: "no baseUrl", code: "config/invalid-base-url" },
      { name: "an anonymous one without baseUrl", code: "config/invalid-base-url" },
      { name: "a key without baseUrl", code: "no throw" },
      { name: "a key without userId", code: "config/invalid-option" },
      { name: "a key without workspaceId", code: "config/invalid-option" },
      { name: "a userId with a blank", code: "config/invalid-option" },
      { name: "a token as a string", code: "config/invalid-option" },
      { name: "Tambo's credential", code: "config/invalid-option" },
      { name: "LangGraph's credential", code: "config/invalid-option" },
      { name: "anonymous at another place", code: "config/invalid-option" },
      { name: "a claim at another place", code: "config/invalid-option" },
      { name: "a claim by somebody anonymous", code: "config/invalid-option" },
      { name: "a claim", code: "no throw" },
      { name: "another backend", code: "config/invalid-option" },
    ].map((row) => ({ ...row, given: { name: row.name } })),
  },
  ({ createClient, codeOf }, { url, name }) => {
    const key = { authToken: undefined, apiKey: "canary", userId: "u", workspaceId: "w" };
    const options = {
      "no baseUrl": { baseUrl: undefined },
      "an anonymous one without baseUrl": { baseUrl: undefined, authToken: undefined, anonymous: true },
      "a key without baseUrl": { ...key, baseUrl: undefined },
      "a key without userId": { ...key, userId: undefined },
      "a key without workspaceId": { ...key, workspaceId: "" },
      "a userId with a blank": { ...key, userId: "u 1" },
      "a token as a string": { authToken: "canary" },
      "Tambo's credential": { authToken: undefined, userToken: "canary" },
      "LangGraph's credential": { authToken: undefined, open: true },
      "anonymous at another place": { authToken: undefined, anonymous: { persist: "cookie" } },
      "a claim at another place": { claimAnonymous: { persist: "cookie" } },
      "a claim by somebody anonymous": { authToken: undefined, anonymous: true, claimAnonymous: true },
      "a claim": { claimAnonymous: { persist: "session" } },
      "another backend": { backend: "assistantcloud" },
    }[name];
    return codeOf(() => {
      createClient({ backend: "assistant-cloud", baseUrl: url, authToken: () => "canary", ...options }).dispose();
      return "no throw";
    });
  },
  ({ code }, result) => assert.deepEqual(result, code === "no throw" ? { value: "no throw" } : code),
);

everywhere("two credentials are a conflict, and none is nobody", {}, async ({ serve, run }) => {
  const server = await serve(none);
  const outcome = await run(
    async ({ open, codeOf }, { url }) => {
      const common = { backend: "assistant-cloud", apiKey: undefined, baseUrl: url, onWarning: () => {} };
      const both = open({ ...common, authToken: () => "a.b.c", anonymous: true });
      const neither = open(common);
      const codes = [await codeOf(() => both.threads.list()), await codeOf(() => neither.threads.list())];
      return { codes, statuses: [both, neither].map(({ auth }) => auth.getSnapshot().status) };
    },
    { url: server.url },
  );
  assert.deepEqual(outcome, {
    codes: ["config/conflicting-credentials", "config/missing-credential"],
    statuses: ["invalid", "unauthenticated"],
  });
  assert.equal(server.calls.length, 0);
});

everywhere("another workspace of the same user is another identity", {}, async ({ serve, run }) => {
  const server = await serve(none);
  const outcome = await run(
    async ({ open, jwt, codeOf }, { url }) => {
      let workspace = "personal";
      const client = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: () => jwt({ sub: "alice", workspace_id: workspace }),
      });
      await client.threads.list();
      workspace = "org_1";
      const code = await codeOf(client.auth.getToken({ forceRefresh: true }));
      await client.threads.list();
      return [code, client.auth.getSnapshot().generation];
    },
    { url: server.url },
  );
  assert.deepEqual(outcome, ["auth/identity-changed", 1]);
  const workspaceOf = ({ headers }) =>
    JSON.parse(Buffer.from(headers.authorization.split(".")[1], "base64url").toString()).workspace_id;
  assert.deepEqual(server.calls.map(workspaceOf), ["personal", "org_1"]);
});
