/** What else there is to a thread: its name, suggestions, the state of components, and a token for the MCP server. */
import assert from "node:assert/strict";
import { everywhere, table } from "./support/everywhere.mjs";
import { grantOf } from "./support/server.mjs";

const suggestion = {
  id: "sug_1",
  messageId: "msg_1",
  title: "More",
  description: "Say more",
  detailedSuggestion: "Say more",
  createdAt: "2026-01-02T03:04:05.678Z",
};
const suggestions = "/v1/threads/thr_1/messages/msg_1/suggestions";
const state = "/v1/threads/thr_1/components/message-a%2Fb/state";
const issued = { mcpAccessToken: "canary-mcp-token", expiresAt: 1_795_242_544_329, hasSession: true };

const routes = {
  [`GET ${suggestions}`]: ({ json, call }) =>
    json(200, {
      suggestions: [{ ...suggestion, id: call.path.includes("cursor") ? "sug_2" : "sug_1" }],
      hasMore: !call.path.includes("cursor"),
      nextCursor: "c2",
    }),
  [`POST ${suggestions}`]: ({ json }) => json(201, { suggestions: [suggestion], hasMore: false }),
  "POST /threads/thr_1/generate-name": ({ json }) =>
    json(201, { id: "thr_1", name: "Weather", generationStage: "COMPLETE", projectId: "p_1" }),
  [`POST ${state}`]: ({ json, nth }) => json(201, { state: { count: nth } }),
  "POST /auth/mcp/access-token": ({ json, nth }) => json(201, nth === 1 ? issued : {}),
};

/** Makes every call once. */
async function callAll({ open }, { url, credential, token }) {
  const client = open({ baseUrl: url, ...(token ? { userToken: () => token } : credential), onWarning: () => {} });
  const { threads, messages, components, mcp } = client;
  const listed = [];
  for await (const { id } of messages.suggestions.list("thr_1", "msg_1", { limit: 1 })) listed.push(id);
  const [made] = await messages.suggestions.create("thr_1", "msg_1", { maxSuggestions: 1 });
  const named = await threads.generateName("thr_1");
  const states = [
    await components.setState("thr_1", "message-a/b", { count: 1, none: null }),
    await components.patchState("thr_1", "message-a/b", [{ op: "replace", path: "/count", value: 2 }]),
  ];
  const { token: mcpToken, expiresAtMs, hasSession } = await mcp.createToken({ threadId: "thr_1" });
  const none = await mcp.createToken();
  // Secrets do not leave a script; it is looked at here.
  const rightToken = mcpToken === "canary-mcp-token";
  return {
    listed,
    made,
    title: named.title,
    stage: named.raw.generationStage,
    states,
    rightToken,
    expiresAtMs,
    hasSession,
    none,
  };
}

const answers = {
  listed: ["sug_1", "sug_2"],
  made: {
    ...{ id: "sug_1", title: "More", description: "Say more", createdAt: suggestion.createdAt },
    raw: suggestion,
  },
  title: "Weather",
  stage: "COMPLETE",
  states: [{ count: 1 }, { count: 2 }],
  rightToken: true,
  expiresAtMs: 1_795_242_544_329,
  hasSession: true,
  none: null,
};

const sent = (server) =>
  server.apiCalls().map(({ method, path, body }) => [`${method} ${path}`, body ? JSON.parse(body) : null]);

everywhere("every call is the contract's", {}, async ({ serve, run }) => {
  const server = await serve(routes);
  assert.deepEqual(await run(callAll, { url: server.url, token: "canary-subject" }), answers);
  assert.deepEqual(sent(server), [
    [`GET ${suggestions}?limit=1`, null],
    [`GET ${suggestions}?limit=1&cursor=c2`, null],
    [`POST ${suggestions}`, { maxSuggestions: 1 }],
    ["POST /threads/thr_1/generate-name", null],
    [`POST ${state}`, { state: { count: 1, none: null } }],
    [`POST ${state}`, { patch: [{ op: "replace", path: "/count", value: 2 }] }],
    ["POST /auth/mcp/access-token", { threadId: "thr_1" }],
    ["POST /auth/mcp/access-token", {}],
  ]);
  for (const { headers } of server.apiCalls()) assert.equal(headers.authorization, `Bearer ${grantOf(1).access_token}`);
});

everywhere("a userKey goes where each call wants it", { urls: true }, async ({ serve, run }) => {
  const server = await serve(routes);
  const credential = { userKey: "canary-user" };
  assert.deepEqual(await run(callAll, { url: server.url, credential }), answers);
  const user = { userKey: "canary-user" };
  assert.deepEqual(sent(server), [
    [`GET ${suggestions}?limit=1&userKey=canary-user`, null],
    [`GET ${suggestions}?limit=1&cursor=c2&userKey=canary-user`, null],
    [`POST ${suggestions}`, { maxSuggestions: 1, ...user }],
    ["POST /threads/thr_1/generate-name?contextKey=canary-user", null],
    [`POST ${state}`, { state: { count: 1, none: null }, ...user }],
    [`POST ${state}`, { patch: [{ op: "replace", path: "/count", value: 2 }], ...user }],
    ["POST /auth/mcp/access-token", { threadId: "thr_1", contextKey: "canary-user" }],
    ["POST /auth/mcp/access-token", { contextKey: "canary-user" }],
  ]);
});

/** One call, by its name and arguments. */
async function callOne({ open, settle }, { url, call, args, retries = 0 }) {
  const client = open({ baseUrl: url, userToken: () => "canary-subject", retries });
  const what = call.split(".").reduce((at, name) => at[name].bind?.(at) ?? at[name], client);
  return settle(() => what(...args));
}

table(
  "what cannot be sent is said before the wire",
  {
    rows: [
      ["threads.generateName", [""], "thread id"],
      ["threads.generateName", [null], "thread id"],
      ["messages.suggestions.create", ["thr_1", ".."], "message id"],
      ["messages.suggestions.create", ["thr_1", "msg_1", "three"], "object"],
      ["messages.suggestions.create", ["thr_1", "msg_1", { userKey: "u" }], "userKey"],
      ["messages.suggestions.list", ["thr_1", "msg_1", { limit: 0 }], "limit"],
      ["components.setState", ["thr_1", "", {}], "component id"],
      ["components.setState", ["thr_1", "c"], "state"],
      ["components.setState", ["thr_1", "c", [1]], "state"],
      ["components.patchState", ["thr_1", "c", []], "patch"],
      ["components.patchState", ["thr_1", "c", { op: "add" }], "patch"],
      ["mcp.createToken", ["thr_1"], "object"],
      ["mcp.createToken", [{ contextKey: "u" }], "contextKey"],
    ].map(([call, args, words]) => ({ name: `${call} ${JSON.stringify(args)}`, words, given: { call, args } })),
  },
  callOne,
  ({ words }, { error }, server) => {
    assert.equal(error?.code, "api/invalid-argument");
    assert.ok(error.message.includes(words), error.message);
    assert.equal(server.apiCalls().length, 0);
  },
);

const calls = {
  "threads.generateName": [["thr_1"], 1],
  "messages.suggestions.list": [["thr_1", "msg_1"], 3],
  "messages.suggestions.create": [["thr_1", "msg_1"], 1],
  "components.setState": [["thr_1", "c", { a: 1 }], 3],
  "components.patchState": [["thr_1", "c", [{ op: "remove", path: "/a" }]], 1],
  "mcp.createToken": [[], 3],
};

table(
  "only what does the same twice is repeated",
  {
    rows: Object.entries(calls).map(([call, [args, times]]) => ({
      ...{ name: call, times, given: { call, args, retries: 2 } },
      serve: { "*": ({ json }) => json(503, { message: "later" }, { "retry-after": "0" }) },
    })),
  },
  callOne,
  ({ times }, { error }, server) => {
    assert.deepEqual([error?.code, server.apiCalls().length], ["api/server", times]);
  },
);

table(
  "an answer that is not the contract's is named",
  {
    rows: [
      ["threads.generateName", { id: "thr_1" }, "thread.name"],
      ["messages.suggestions.list", { suggestions: {} }, "suggestions"],
      ["messages.suggestions.create", { suggestions: [{ id: "s" }], hasMore: false }, "suggestions[0].title"],
      ["components.setState", [], "JSON object"],
      ["mcp.createToken", { mcpAccessToken: 7 }, "mcpAccessToken"],
    ].map(([call, body, words]) => ({
      ...{ name: `${call} ${JSON.stringify(body)}`, words, given: { call, args: calls[call][0] } },
      serve: { "*": ({ json }) => json(201, body) },
    })),
  },
  callOne,
  ({ words }, { error }) => {
    assert.equal(error?.code, "api/malformed-response");
    assert.ok(error.message.includes(words), error.message);
  },
);

table(
  "a refusal has its code",
  {
    rows: [
      ["components.setState", 409, { type: "urn:tambo:error:run_active", title: "t" }, "api/conflict"],
      ["components.patchState", 400, { type: "urn:tambo:error:invalid_json_patch", title: "t" }, "api/bad-request"],
      ["components.setState", 404, { message: "no such component", statusCode: 404 }, "api/not-found"],
      ["threads.generateName", 500, { statusCode: 500, message: "Internal server error" }, "api/server"],
      ["mcp.createToken", 403, { message: "Forbidden resource", statusCode: 403 }, "api/forbidden"],
    ].map(([call, status, body, code]) => ({
      ...{ name: `${call} ${status}`, code, given: { call, args: calls[call][0] } },
      serve: { "*": ({ json }) => json(status, body) },
    })),
  },
  callOne,
  ({ code }, { error }) => assert.equal(error?.code, code),
);
