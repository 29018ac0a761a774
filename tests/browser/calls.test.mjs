/** Calls: every status, every wrong answer, every wrong argument. */
import assert from "node:assert/strict";
import { everywhere, inChromium, table } from "./support/everywhere.mjs";
import { grantOf } from "./support/server.mjs";

const thread = (more) => ({
  ...{ id: "thr_1", runStatus: "idle", createdAt: "2026-01-02T03:04:05.678Z", updatedAt: "2026-01-02T03:04:05.678Z" },
  ...more,
});
const getThread = "GET /v1/threads/thr_1";

/** One call, as it is used by most tables here. */
async function getIt({ open, settle }, { url, options, usualRetries, what = "get" }) {
  const retries = usualRetries ? { retries: undefined } : {};
  const client = open({ baseUrl: url, userToken: () => "canary-subject", ...retries, ...options });
  const calls = {
    get: () => client.threads.get("thr_1"),
    create: () => client.threads.create({ metadata: { a: 1 } }),
    update: () => client.threads.update("thr_1", { name: "new" }),
    delete: () => client.threads.delete("thr_1"),
    list: () => client.threads.list(),
    cancel: () => client.runs.cancel("thr_1", "run_1"),
  };
  return settle(calls[what]);
}

const statuses = [
  [400, "api/bad-request"],
  [402, "api/payment-required"],
  [403, "api/forbidden"],
  [404, "api/not-found"],
  [405, "api/bad-request"],
  [409, "api/conflict"],
  [410, "api/not-found"],
  [413, "api/too-large"],
  [418, "api/bad-request"],
  [422, "api/bad-request"],
  [425, "api/rate-limited", true],
  [429, "api/rate-limited", true],
  [500, "api/server", true],
  [501, "api/server", true],
  [502, "api/server", true],
  [503, "api/server", true],
  [522, "api/server", true],
];
const bodies = {
  "Nest's shape": { message: "said so", error: "Reason", statusCode: 1 },
  "a list of messages": { message: ["said so", "and so"], error: "Bad Request", statusCode: 400 },
  "problem details": {
    type: "urn:tambo:error:run_active",
    title: "t",
    detail: "said so",
    instance: "urn:x",
    threadId: "thr_9",
  },
  "plain text": "said so",
  HTML: "<!doctype html><title>canary</title>",
  nothing: "",
  "JSON of another shape": [1, 2],
};

table(
  "every status of a call has a code",
  {
    rows: statuses.flatMap(([status, code, retryable = false], index) => {
      // Each status with a body of its own, and 409 with all of them.
      const names = Object.keys(bodies);
      const chosen = status === 409 ? names : [names[index % names.length]];
      return chosen.map((shape) => ({
        ...{ name: `${status} with ${shape}`, status, code, retryable, shape },
        serve: {
          [getThread]: ({ json, send }) => {
            const body = bodies[shape];
            if (typeof body === "string") send(status, shape === "HTML" ? "text/html" : "text/plain", body);
            else json(status, body);
          },
        },
      }));
    }),
  },
  getIt,
  ({ status, code, retryable, shape }, { error }, server) => {
    assert.deepEqual([error?.code, error?.status, error?.retryable], [code, status, retryable]);
    const says = ["HTML", "nothing", "JSON of another shape"].includes(shape) ? "" : "said so";
    assert.ok(error.message.includes(says) && error.message.includes(String(status)), error.message);
    if (shape === "problem details") {
      assert.equal(error.details.problem, "run_active");
      assert.equal(error.details.threadId, "thr_9");
    }
    assert.equal(server.count(getThread), 1);
  },
);

table(
  "a redirect is not followed",
  {
    rows: [301, 302, 303, 307, 308].map((status) => ({
      name: String(status),
      serve: {
        [getThread]: ({ response }) => response.writeHead(status, { location: "/v1/threads/elsewhere" }).end(),
        "GET /v1/threads/elsewhere": ({ json }) => json(200, thread()),
      },
    })),
  },
  getIt,
  (_, { error }, server) => {
    assert.equal(error?.code, "network/failed");
    assert.equal(server.count("GET /v1/threads/elsewhere"), 0);
  },
);

const answer =
  (body) =>
  ({ send }) =>
    send(200, "application/json", typeof body === "string" ? body : JSON.stringify(body));
const page = (more) => ({ threads: [thread()], hasMore: false, ...more });

table(
  "an answer that breaks the contract is malformed",
  {
    rows: Object.entries({
      get: {
        HTML: "<!doctype html><title>canary</title>",
        nothing: "",
        "half JSON": '{"id":"thr_1","createdAt":"20',
        null: "null",
        "an array": "[]",
        text: '"canary"',
        "no id": thread({ id: undefined }),
        "an empty id": thread({ id: "" }),
        "an id that is a number": thread({ id: 7 }),
        "no createdAt": thread({ createdAt: undefined }),
        "a name that is an object": thread({ name: {} }),
      },
      list: {
        "no page": "{}",
        "threads that are no array": page({ threads: {} }),
        "a thread that is null": page({ threads: [null] }),
        "a thread without an id": page({ threads: [thread({ id: undefined })] }),
        "no hasMore": page({ hasMore: undefined }),
        "more without a cursor": page({ hasMore: true }),
        "a cursor that is a number": page({ hasMore: true, nextCursor: 7 }),
      },
    }).flatMap(([what, answers]) =>
      Object.entries(answers).map(([name, body]) => ({
        name: `${what}: ${name}`,
        given: { what },
        serve: { [what === "get" ? getThread : "GET /v1/threads"]: answer(body) },
      })),
    ),
  },
  getIt,
  (_, { error }, server) => {
    assert.deepEqual([error?.code, error?.retryable], ["api/malformed-response", false], JSON.stringify(error));
    assert.equal(server.calls.length, 2, "one exchange, one call");
  },
);

table(
  "an answer that does not arrive",
  {
    rows: Object.entries({
      "no answer at all": [() => {}, "network/timeout"],
      "a body that never ends": [({ response }) => response.writeHead(200).write('{"id":"thr_1",'), "network/timeout"],
      "a refusal that never ends": [({ response }) => response.writeHead(400).write('{"message":"'), "network/timeout"],
      "a connection that breaks at once": [({ response }) => response.destroy(), "network/failed"],
      "a connection that breaks in the middle": [
        ({ response }) => {
          response.writeHead(200, { "content-length": "100" }).write('{"id":"thr_1",');
          setTimeout(() => response.destroy(), 50);
        },
        "network/failed",
      ],
    }).map(([name, [handler, code]]) => ({
      name,
      code,
      given: { options: { timeouts: { requestMs: 1_000 } } },
      serve: { [getThread]: handler },
    })),
  },
  getIt,
  ({ code }, { error }) => assert.deepEqual([error?.code, error?.retryable], [code, true], JSON.stringify(error)),
);

table(
  "what is safe to repeat is repeated, and nothing else",
  {
    rows: ["get", "list", "update", "create", "delete", "cancel"].flatMap((what) =>
      [503, 429, "lost"].map((failure) => ({
        name: `${what}, ${failure}`,
        repeated: ["get", "list", "update"].includes(what),
        given: { what, usualRetries: true },
        serve: {
          "*": failing(failure, thread()),
          "GET /v1/threads": failing(failure, page()),
        },
      })),
    ),
  },
  getIt,
  ({ repeated, name }, { value, error }, server) => {
    const sent = server.apiCalls().length;
    // On a connection that was used before, Chromium itself may send a lost request again.
    if (repeated || !name.endsWith("lost")) assert.equal(sent, repeated ? 3 : 1, "two retries unless told otherwise");
    if (repeated) assert.ok(value, JSON.stringify(error));
    else assert.ok(["api/server", "api/rate-limited", "network/failed"].includes(error?.code), JSON.stringify(error));
  },
);

/** Fails twice, then answers. */
function failing(failure, body) {
  return ({ response, json, nth }) => {
    if (nth > 2) return json(200, body);
    if (failure === "lost") return response.destroy();
    json(failure, { message: "later" });
  };
}

everywhere("a long Retry-After is the caller's to wait", {}, async ({ serve, run }) => {
  const expose = { "access-control-expose-headers": "retry-after", "retry-after": "3600" };
  const server = await serve({ [getThread]: ({ json }) => json(429, {}, expose) });
  const { error } = await run(getIt, { url: server.url, options: { retries: 2 } });
  assert.deepEqual([error.code, error.retryAfterMs], ["api/rate-limited", 3_600_000]);
  assert.equal(server.count(getThread), 1);
});

table(
  "a fetch that is not as it should be",
  {
    rows: [
      "throws",
      "rejects with text",
      "rejects with nothing",
      "gives nothing",
      "gives text",
      "gives a plain object",
    ].map((name) => ({ name, given: { name } })),
  },
  async ({ open, settle }, { url, name }) => {
    const odd = {
      throws: () => {
        throw new Error("canary");
      },
      "rejects with text": () => Promise.reject("canary"),
      "rejects with nothing": () => Promise.reject(),
      "gives nothing": async () => undefined,
      "gives text": async () => "canary",
      "gives a plain object": async () => ({ canary: true }),
    }[name];
    const fetch = (request, init) => (request.url.endsWith("/oauth/token") ? globalThis.fetch(request, init) : odd());
    return settle(open({ baseUrl: url, userToken: () => "canary-subject", fetch }).threads.get("thr_1"));
  },
  ({ name }, { error }) => {
    const code = name.startsWith("gives") ? "api/malformed-response" : "network/failed";
    assert.equal(error?.code, code, JSON.stringify(error));
  },
);

/** What to call stands in the script, by name. */
const refused = ["id: empty", "id: dot", "id: two dots", "id: null", "id: undefined", "id: number", "id: object"];
const wrong = {
  ids: refused,
  "message ids": refused,
  "run ids": refused,
  arguments: [
    ...[
      "create: text",
      "create: array",
      "create: userKey",
      "create: thread.userKey",
      "create: circular",
      "create: BigInt",
    ],
    ...["update: nothing", "update: null", "update: text", "list: limit 0", "list: limit 1.5", "list: limit text"],
    ...["list: limit NaN", "list: limit negative", "list: cursor number", "list: text", "messages: order number"],
  ],
  messages: [
    ...["run: empty", "run: blank", "run: nothing", "run: number", "run: no message", "run: message text"],
    ...["run: no content", "run: empty content", "run: userKey", "run: dot thread", "run: empty thread"],
  ],
};

table(
  "an argument that cannot be sent is refused before anything is sent",
  {
    rows: Object.entries(wrong).flatMap(([of, names]) =>
      names.map((name) => ({ name: `${of}: ${name}`, given: { of, name } })),
    ),
  },
  async ({ open, codeOf }, { url, of, name }) => {
    const { threads, messages, runs } = open({ baseUrl: url, userToken: () => "canary-subject" });
    const ids = {
      ...{ "id: empty": "", "id: dot": ".", "id: two dots": "..", "id: null": null },
      ...{ "id: undefined": undefined, "id: number": 7, "id: object": { toString: () => "thr_1" } },
    };
    const circular = {};
    circular.self = circular;
    const blocks = { message: { role: "user", content: [{ type: "text", text: "hi" }] } };
    const calls = {
      "create: text": () => threads.create("canary"),
      "create: array": () => threads.create([]),
      "create: userKey": () => threads.create({ userKey: "canary" }),
      "create: thread.userKey": () => threads.create({ thread: { userKey: "canary" } }),
      "create: circular": () => threads.create({ metadata: circular }),
      "create: BigInt": () => threads.create({ metadata: { n: 1n } }),
      "update: nothing": () => threads.update("thr_1"),
      "update: null": () => threads.update("thr_1", null),
      "update: text": () => threads.update("thr_1", "canary"),
      "list: limit 0": () => threads.list({ limit: 0 }),
      "list: limit 1.5": () => threads.list({ limit: 1.5 }),
      "list: limit text": () => threads.list({ limit: "canary" }),
      "list: limit NaN": () => threads.list({ limit: NaN }),
      "list: limit negative": () => threads.list({ limit: -1 }),
      "list: cursor number": () => threads.list({ cursor: 7 }),
      "list: text": () => threads.list("canary"),
      "messages: order number": () => messages.list("thr_1", { order: 7 }),
      "run: empty": () => runs.stream(null, "").result(),
      "run: blank": () => runs.stream(null, " \n").result(),
      "run: nothing": () => runs.stream(null).result(),
      "run: number": () => runs.stream(null, 7).result(),
      "run: no message": () => runs.stream(null, {}).result(),
      "run: message text": () => runs.stream(null, { message: "canary" }).result(),
      "run: no content": () => runs.stream(null, { message: { role: "user" } }).result(),
      "run: empty content": () => runs.stream(null, { message: { role: "user", content: [] } }).result(),
      "run: userKey": () => runs.stream(null, { ...blocks, userKey: "canary" }).result(),
      "run: dot thread": () => runs.stream("..", "hello").result(),
      "run: empty thread": () => runs.stream("", "hello").result(),
    };
    const withId = {
      ids: [
        (id) => threads.get(id),
        (id) => threads.update(id, {}),
        (id) => threads.delete(id),
        (id) => messages.list(id),
      ],
      "message ids": [(id) => messages.get("thr_1", id), (id) => messages.get(id, "msg_1")],
      "run ids": [(id) => runs.cancel("thr_1", id), (id) => runs.cancel(id, "run_1")],
    }[of];
    const codes = [];
    for (const call of withId?.map((call) => () => call(ids[name])) ?? [calls[name]]) codes.push(await codeOf(call));
    return [...new Set(codes)];
  },
  (_, codes, server) => {
    assert.deepEqual(codes, ["api/invalid-argument"]);
    assert.equal(server.apiCalls().length, 0);
  },
);

const odd = [
  "a/b",
  "a?b#c",
  "a%2fb",
  "../x",
  "..%2f",
  "...",
  " ",
  "ü 漢 😀",
  "a\\b",
  "thr_Ab-1.eb4fe9~",
  "a+b&c=d",
  "%",
  ";",
  "\ud800",
];

table(
  "an id stays one segment of the path",
  {
    rows: odd.map((id) => ({
      ...{ name: JSON.stringify(id), id, given: { id } },
      serve: { "POST /base/oauth/token": ({ json }) => json(201, grantOf(1)) },
    })),
  },
  async ({ open, codeOf }, { url, id }) => {
    const client = open({ baseUrl: `${url}/base`, userToken: () => "canary-subject" });
    return [await codeOf(client.threads.get(id)), await codeOf(client.messages.get("thr_1", id))];
  },
  ({ id }, codes, server) => {
    assert.deepEqual(codes, ["api/forbidden", "api/forbidden"]);
    const [, get, message] = server.calls.map(({ path }) => path);
    // A lone surrogate is no character and cannot be sent.
    const sent = id === "\ud800" ? "\ufffd" : id;
    const [empty, base, version, threads, segment, ...more] = get.split("/");
    assert.deepEqual([empty, base, version, threads, more], ["", "base", "v1", "threads", []]);
    assert.equal(decodeURIComponent(segment), sent);
    assert.ok(!/[?#]/.test(segment));
    assert.equal(message, `/base/v1/threads/thr_1/messages/${segment}`);
  },
);

everywhere("a thread of 10 MB is served whole", {}, async ({ serve, run }) => {
  const text = "ü漢😀 ".repeat(1024 * 1024);
  const server = await serve({
    [getThread]: ({ json }) =>
      json(
        200,
        thread({ name: "large", messages: [{ id: "msg_1", role: "user", content: [{ type: "text", text }] }] }),
      ),
  });
  const seen = await run(
    async ({ open }, { url }) => {
      const { id, title, archived, metadata, raw } = await open({ baseUrl: url, userToken: () => "x" }).threads.get(
        "thr_1",
      );
      const { text } = raw.messages[0].content[0];
      let sum = 0;
      for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0;
      return { id, title, archived, metadata, length: text.length, sum };
    },
    { url: server.url },
  );
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0;
  const { length } = text;
  assert.deepEqual(seen, { id: "thr_1", title: "large", archived: false, metadata: null, length, sum });
});

everywhere("who is called for what, and as whom", {}, async ({ serve, run }) => {
  const server = await serve({
    "*": ({ json, call }) => (call.method === "DELETE" ? json(200, {}) : json(200, thread())),
    "GET /v1/threads/thr_1/messages": ({ json }) => json(200, { messages: [], hasMore: false }),
  });
  await run(
    async ({ open }, { url }) => {
      const { threads, messages, runs } = open({
        baseUrl: url,
        userToken: () => "canary-subject",
        subjectTokenType: "id_token",
      });
      await threads.list({ limit: 5, cursor: "c+/=" });
      await threads.create();
      await threads.create({ metadata: { a: 1 } });
      await threads.update("thr_1", { name: "n" });
      await threads.delete("thr_1");
      await messages.list("thr_1", { order: "desc", limit: 2 });
      await messages.get("thr_1", "msg_1");
      await runs.cancel("thr_1", "run_1");
    },
    { url: server.url },
  );
  const [exchange, ...calls] = server.calls;
  const form = Object.fromEntries(new URLSearchParams(exchange.body));
  assert.deepEqual(form, {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: "canary-subject",
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
  });
  assert.equal(exchange.headers.authorization, undefined);
  assert.deepEqual(
    calls.map(({ method, path, body }) => [method, path, body]),
    [
      ["GET", "/v1/threads?limit=5&cursor=c%2B%2F%3D", ""],
      ["POST", "/v1/threads", "{}"],
      ["POST", "/v1/threads", '{"metadata":{"a":1}}'],
      ["PATCH", "/v1/threads/thr_1", '{"name":"n"}'],
      ["DELETE", "/v1/threads/thr_1", ""],
      ["GET", "/v1/threads/thr_1/messages?limit=2&order=desc", ""],
      ["GET", "/v1/threads/thr_1/messages/msg_1", ""],
      ["DELETE", "/v1/threads/thr_1/runs/run_1", ""],
    ],
  );
  for (const { headers } of server.calls) {
    assert.equal(headers["x-api-key"], "tambo_canary-api-key");
    assert.equal(headers.cookie, undefined);
  }
  for (const { headers } of calls) assert.equal(headers.authorization, "Bearer canary-session-1");
});

everywhere(
  "a userKey goes where each endpoint wants it, and a bearer is nowhere",
  { urls: true },
  async ({ serve, run }) => {
    const server = await serve({
      "*": ({ json }) => json(200, thread()),
      "POST /v1/threads/runs": ({ send }) => send(201, "text/event-stream", 'data: {"type":"RUN_FINISHED"}\n\n'),
      "POST /v1/threads/thr_1/runs": ({ send }) => send(201, "text/event-stream", 'data: {"type":"RUN_FINISHED"}\n\n'),
    });
    await run(
      async ({ open }, { url }) => {
        const client = open({ baseUrl: url, userKey: "canary user&1", onWarning: () => {} });
        await client.threads.list({ limit: 1 });
        await client.threads.create({ metadata: {} });
        await client.threads.update("thr_1", { name: "n" });
        await client.threads.delete("thr_1");
        await client.runs.stream(null, "hello").result();
        await client.runs.stream("thr_1", "hello").result();
      },
      { url: server.url },
    );
    const key = "canary user&1";
    const message = { role: "user", content: [{ type: "text", text: "hello" }] };
    const query = "userKey=canary+user%261";
    assert.deepEqual(
      server.calls.map(({ method, path, body }) => [method, path, body && JSON.parse(body)]),
      [
        ["GET", `/v1/threads?limit=1&${query}`, ""],
        ["POST", "/v1/threads", { metadata: {}, userKey: key }],
        ["PATCH", `/v1/threads/thr_1?${query}`, { name: "n" }],
        ["DELETE", `/v1/threads/thr_1?${query}`, ""],
        ["POST", "/v1/threads/runs", { message, thread: { userKey: key } }],
        ["POST", "/v1/threads/thr_1/runs", { message, userKey: key }],
      ],
    );
    assert.ok(server.calls.every(({ headers }) => headers.authorization === undefined));
  },
);

inChromium("no request says which page it comes from", {}, async ({ serve, run }) => {
  const server = await serve({ [getThread]: ({ json }) => json(200, thread()) });
  await run(getIt, { url: server.url });
  assert.deepEqual(
    server.calls.map(({ headers }) => headers.referer),
    [undefined, undefined],
  );
});

inChromium("an offline browser says so, and a session that is valid is kept", {}, async ({ serve, run, page }) => {
  const server = await serve({ [getThread]: ({ json }) => json(200, thread()) });
  const running = run(
    async ({ open, codeOf, settle, stateOf, until }, { url }) => {
      const options = { baseUrl: url, userToken: () => "canary-subject", onWarning: () => {} };
      const client = open(options);
      await client.auth.ready();
      window.step = "identified";
      await until("the network to go", () => !navigator.onLine);
      const kept = [await codeOf(client.threads.get("thr_1")), stateOf(client.auth.getSnapshot()).status];
      const fresh = open(options);
      const without = [await codeOf(fresh.auth.getToken()), stateOf(fresh.auth.getSnapshot()).error?.code];
      window.step = "seen offline";
      await until("the network to come", () => navigator.onLine);
      return { kept, without, then: (await settle(client.threads.get("thr_1"))).value?.id };
    },
    { url: server.url },
  );
  await page.waitForFunction("window.step === 'identified'");
  await page.context().setOffline(true);
  await page.waitForFunction("window.step === 'seen offline'");
  await page.context().setOffline(false);
  assert.deepEqual(await running, {
    kept: ["network/offline", "identified"],
    without: ["network/offline", "network/offline"],
    then: "thr_1",
  });
});

everywhere("an aborted call rejects with the signal's reason", {}, async ({ serve, run }) => {
  const server = await serve({ [getThread]: () => {} });
  const seen = await run(
    async ({ open }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const reason = { mine: true };
      const rejects = async (begin) => {
        const controller = new AbortController();
        const call = begin(controller.signal).then(
          () => "fulfilled",
          (thrown) => thrown === reason,
        );
        await client.auth.ready();
        controller.abort(reason);
        return call;
      };
      const aborted = AbortSignal.abort(reason);
      const before = (begin) =>
        begin(aborted).then(
          () => "fulfilled",
          (thrown) => thrown === reason,
        );
      const calls = [
        (signal) => client.threads.get("thr_1", { signal }),
        (signal) => client.threads.list({ signal }),
        (signal) => client.auth.getToken({ signal }),
        (signal) => client.auth.ready({ signal }),
        (signal) => client.runs.stream(null, "hello", { signal }).result(),
      ];
      const early = [];
      for (const call of calls) early.push(await before(call));
      return { early, late: await rejects(calls[0]) };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { early: [true, true, true, true, true], late: true });
  assert.equal(server.count("POST /v1/threads/runs"), 0);
});
