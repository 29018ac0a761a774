/** A 401: one refresh, one replay, and an end to it. */
import assert from "node:assert/strict";
import { everywhere, table } from "./support/everywhere.mjs";
import { tokens } from "./support/server.mjs";

const thread = {
  id: "thr_1",
  runStatus: "idle",
  createdAt: "2026-01-02T03:04:05.678Z",
  updatedAt: "2026-01-02T03:04:05.678Z",
};
const stream = 'data: {"type":"RUN_STARTED","threadId":"thr_1","runId":"run_1"}\n\ndata: {"type":"RUN_FINISHED"}\n\n';

/** Takes every token but those of these numbers. */
const refusing =
  (...numbers) =>
  ({ call, json, send }) => {
    if (numbers.some((n) => call.headers.authorization === `Bearer canary-session-${n}`))
      return json(401, { message: "Invalid bearer token", error: "Unauthorized", statusCode: 401 });
    if (call.path.endsWith("/runs") && call.method === "POST") return send(201, "text/event-stream", stream);
    json(200, call.path === "/v1/threads" && call.method === "GET" ? { threads: [], hasMore: false } : thread);
  };
const api = (...numbers) => ({ "*": refusing(...numbers), "GET /v1/threads": refusing(...numbers) });

const calls = ["threads.list", "threads.create", "threads.update", "threads.delete", "runs.stream", "fetch"];

table(
  "a 401 is followed by one refresh and one replay of any call",
  { rows: calls.map((what) => ({ name: what, given: { what }, serve: api(1) })) },
  async ({ open, settle, stateOf }, { url, what }) => {
    const reasons = [];
    const userToken = ({ reason, forceRefresh }) => {
      reasons.push([reason, forceRefresh]);
      return `canary-subject-${reasons.length}`;
    };
    const client = open({ baseUrl: url, userToken });
    const act = {
      "threads.list": () => client.threads.list(),
      "threads.create": () => client.threads.create({ metadata: { n: 1 } }),
      "threads.update": () => client.threads.update("thr_1", { name: "n" }),
      "threads.delete": () => client.threads.delete("thr_1"),
      "runs.stream": () => client.runs.stream(null, "hello").result(),
      fetch: () => client.fetch(`${url}/v1/threads`, { method: "POST", body: "{}" }).then(({ status }) => ({ status })),
    };
    const { error } = await settle(act[what]);
    return { error, reasons, state: stateOf(client.auth.getSnapshot()).status };
  },
  (_, { error, reasons, state }, server) => {
    assert.equal(error, undefined);
    assert.equal(state, "identified");
    assert.deepEqual(reasons, [
      ["initial", false],
      ["unauthorized", true],
    ]);
    assert.equal(server.count(tokens), 2);
    const sent = server.apiCalls();
    assert.deepEqual(
      sent.map(({ headers }) => headers.authorization),
      ["Bearer canary-session-1", "Bearer canary-session-2"],
    );
    assert.deepEqual([sent[0].method, sent[0].path, sent[0].body], [sent[1].method, sent[1].path, sent[1].body]);
  },
);

everywhere("fifty calls that are refused at once share one refresh", {}, async ({ serve, run }) => {
  const server = await serve(api(1));
  const asked = await run(
    async ({ open }, { url }) => {
      let asked = 0;
      const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
      await client.auth.ready();
      await Promise.all(Array.from({ length: 50 }, () => client.threads.get("thr_1")));
      return asked;
    },
    { url: server.url },
  );
  assert.equal(asked, 2);
  assert.equal(server.count(tokens), 2);
  const sent = server.apiCalls();
  const refused = sent.filter(({ headers }) => headers.authorization.endsWith("-1")).length;
  assert.ok(refused >= 1 && sent.length === 50 + refused, "each is replayed once, and only if it was refused");
});

everywhere("a call that was refused after the refresh is replayed without another one", {}, async ({ serve, run }) => {
  let release = () => {};
  const held = new Promise((resolve) => (release = resolve));
  const refuse = refusing(1);
  const server = await serve({
    ...api(1),
    "GET /v1/threads/slow": async (exchange) => {
      if (exchange.nth === 1) await held;
      refuse(exchange);
    },
    "GET /release": ({ json }) => {
      release();
      json(200, {});
    },
  });
  const code = await run(
    async ({ open, settle }, { url }) => {
      let asked = 0;
      const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
      await client.auth.ready();
      const slow = settle(client.threads.get("slow"));
      await client.threads.get("thr_1");
      await fetch(`${url}/release`);
      return (await slow).error?.code ?? asked;
    },
    { url: server.url },
  );
  assert.equal(code, 2);
  assert.equal(server.count(tokens), 2);
  assert.equal(server.count("GET /v1/threads/slow"), 2);
});

everywhere("a backend that refuses every token is not stormed", {}, async ({ serve, run }) => {
  const server = await serve({
    "*": ({ json }) => json(401, { message: "Invalid bearer token", statusCode: 401 }),
  });
  const seen = await run(
    async ({ open, codeOf, stateOf }, { url }) => {
      let asked = 0;
      const warnings = [];
      const onWarning = ({ code }) => warnings.push(code);
      const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}`, onWarning });
      const codes = [];
      for (let i = 0; i < 20; i++) codes.push(await codeOf(client.threads.get("thr_1")));
      codes.push(await codeOf(client.runs.stream(null, "hello").result()));
      const state = stateOf(client.auth.getSnapshot());
      return { asked, codes: [...new Set(codes)], state, warnings };
    },
    { url: server.url },
  );
  assert.deepEqual(seen.codes, ["api/unauthorized", "auth/refused"]);
  assert.deepEqual([seen.state.status, seen.state.error.code], ["error", "auth/refused"]);
  assert.equal(typeof seen.state.retryAtMs, "number", "it is tried again later");
  assert.deepEqual(seen.warnings, ["auth/refused"]);
  assert.equal(seen.asked, 2);
  assert.equal(server.count(tokens), 2);
  assert.equal(server.count("GET /v1/threads/thr_1"), 2);
});

everywhere("a string cannot be renewed, and that is said once", {}, async ({ serve, run }) => {
  const server = await serve(api(1, 2));
  const seen = await run(
    async ({ open, codeOf, settle, stateOf }, { url }) => {
      const warnings = [];
      const client = open({ baseUrl: url, userToken: "canary-subject", onWarning: ({ code }) => warnings.push(code) });
      const codes = [await codeOf(client.threads.get("thr_1")), await codeOf(client.threads.get("thr_1"))];
      const state = stateOf(client.auth.getSnapshot());
      client.auth.setCredential({ userToken: "canary-subject-new" });
      const healed = await settle(client.threads.get("thr_1"));
      return { codes, state, warnings, healed: healed.value?.id };
    },
    { url: server.url },
  );
  assert.equal(seen.state.status, "error");
  assert.equal(seen.healed, "thr_1");
  assert.deepEqual(seen.warnings, [seen.state.error.code]);
});

everywhere("a userKey that is refused has nothing to renew", { urls: true }, async ({ serve, run }) => {
  const server = await serve({ "*": ({ json }) => json(401, { message: "Bearer token required", statusCode: 401 }) });
  const code = await run(
    async ({ open, codeOf }, { url }) =>
      codeOf(open({ baseUrl: url, userKey: "canary-user", onWarning: () => {} }).threads.get("thr_1")),
    { url: server.url },
  );
  assert.equal(code, "api/unauthorized");
  assert.equal(server.calls.length, 1);
});
