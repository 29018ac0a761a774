/** What calls of Assistant Cloud send, and what its answers mean. */
import assert from "node:assert/strict";
import { everywhere, inNode, table } from "./support/everywhere.mjs";
import { fromReadme } from "./support/readme.mjs";

const thread = (n, more = {}) => ({
  id: `thread_${n}`,
  project_id: "proj_1",
  workspace_id: "workspace_1",
  created_at: `2026-09-17T0${n % 10}:00:00.000Z`,
  updated_at: `2026-09-17T0${n % 10}:30:00.000Z`,
  last_message_at: `2026-09-17T0${n % 10}:15:00.000Z`,
  title: null,
  is_archived: false,
  external_id: null,
  metadata: { n: String(n) },
  ...more,
});

const message = (n, more = {}) => ({
  id: `msg_${n}`,
  parent_id: n ? `msg_${n - 1}` : null,
  height: n,
  created_at: "2026-09-17T09:30:00.000Z",
  updated_at: "2026-09-17T09:30:00.000Z",
  format: "ai-sdk/v6",
  content: { role: n % 2 ? "assistant" : "user", parts: [] },
  ...more,
});

const lifted = (raw) => {
  const { id, title, created_at: createdAt, updated_at: updatedAt, is_archived: archived, metadata } = raw;
  return { id, title, createdAt, updatedAt, archived, metadata, raw };
};

const content = { role: "user", parts: [{ type: "text", text: "Capital of Portugal?" }] };
const at = "2026-09-17T09:30:00.000Z";
const upload = {
  success: true,
  signedUrl: "https://s.example/up",
  expiresAt: at,
  publicUrl: "https://f.example/a",
  key: "k",
};

/** What is called, what that sends, and what comes of the answer. */
const calls = [
  {
    call: ["threads.list", { is_archived: false, limit: 20, after: "thread_9", external_id: undefined }],
    sends: "GET /v1/threads?is_archived=false&limit=20&after=thread_9",
    answer: { threads: [thread(1, { title: "Rome", is_archived: true })] },
    gives: { items: [lifted(thread(1, { title: "Rome", is_archived: true }))], hasMore: false },
  },
  {
    call: ["threads.list", { is_archived: true, external_id: "a b&c=d/é+~*" }],
    sends: "GET /v1/threads?is_archived=true&external_id=a+b%26c%3Dd%2F%C3%A9%2B%7E*",
    answer: { threads: [] },
    gives: { items: [], hasMore: false },
  },
  {
    call: ["threads.get", "thread/ 1"],
    sends: "GET /v1/threads/thread%2F%201",
    answer: { thread: thread(1) },
    gives: lifted(thread(1)),
  },
  {
    call: ["threads.create", { title: "Rome", last_message_at: at, metadata: { a: "1" }, external_id: undefined }],
    sends: "POST /v1/threads",
    body: { title: "Rome", last_message_at: at, metadata: { a: "1" } },
    status: 201,
    answer: { thread_id: "thread_1" },
    gives: {
      ...{ id: "thread_1", title: "Rome", createdAt: at, updatedAt: at, archived: false, metadata: { a: "1" } },
      raw: { thread_id: "thread_1" },
    },
  },
  {
    call: ["threads.update", "thread_1", { metadata: null, is_archived: false, last_message_at: at }],
    sends: "PUT /v1/threads/thread_1",
    body: { metadata: null, is_archived: false, last_message_at: at },
    answer: {},
  },
  { call: ["threads.delete", "thread_1"], sends: "DELETE /v1/threads/thread_1", answer: {} },
  {
    call: ["threads.claim", "refresh_canary"],
    sends: "POST /v1/threads/claim",
    body: { refresh_token: "refresh_canary" },
    answer: { moved: 3 },
    gives: { moved: 3 },
  },
  {
    call: ["messages.list", "thread_1", { format: "ai-sdk/v6", limit: 2, after: "msg_9" }],
    sends: "GET /v1/threads/thread_1/messages?format=ai-sdk%2Fv6&limit=2&after=msg_9",
    answer: { messages: [message(1, { content: { role: 7 } })] },
    gives: {
      items: [{ id: "msg_1", parentId: "msg_0", role: null, createdAt: at, raw: message(1, { content: { role: 7 } }) }],
      hasMore: false,
    },
  },
  {
    call: ["messages.create", "thread_1", { parent_id: null, format: "ai-sdk/v6", content, external_id: "own" }],
    sends: "POST /v1/threads/thread_1/messages",
    body: { parent_id: null, format: "ai-sdk/v6", content, external_id: "own" },
    status: 201,
    answer: { message_id: "msg_1" },
    gives: { id: "msg_1", parentId: null, role: "user", createdAt: null, raw: { message_id: "msg_1" } },
  },
  {
    call: ["messages.update", "thread_1", "msg_1", { content }],
    sends: "PUT /v1/threads/thread_1/messages/msg_1",
    body: { content },
    answer: {},
  },
  {
    call: ["messages.feedback", "thread_1", "msg_1", { type: "negative", comment: "  Not so. \n" }],
    sends: "POST /v1/threads/thread_1/messages/msg_1/feedback",
    body: { type: "negative", comment: "Not so." },
    answer: { feedback_id: "score_1", type: "negative", comment: "Not so." },
    gives: { feedback_id: "score_1", type: "negative", comment: "Not so." },
  },
  {
    call: ["messages.feedback", "thread_1", "msg_1", { type: "positive", comment: "   " }],
    sends: "POST /v1/threads/thread_1/messages/msg_1/feedback",
    body: { type: "positive" },
    answer: { feedback_id: "score_1", type: "positive" },
    gives: { feedback_id: "score_1", type: "positive" },
  },
  {
    call: ["runs.report", { thread_id: "thread_1", status: "completed", duration_ms: 5 }],
    sends: "POST /v1/runs",
    body: { thread_id: "thread_1", status: "completed", duration_ms: 5 },
    status: 201,
    answer: { run_id: "run_1" },
    gives: { run_id: "run_1" },
  },
  {
    call: ["files.pdfToImages", { file_blob: "JVBERi0=", file_url: undefined }],
    sends: "POST /v1/files/pdf-to-images",
    body: { file_blob: "JVBERi0=" },
    answer: { success: true, urls: [], message: "ok" },
    gives: { success: true, urls: [], message: "ok" },
  },
  {
    call: ["files.presignUpload", { filename: "notes.pdf" }],
    sends: "POST /v1/files/attachments/generate-presigned-upload-url",
    body: { filename: "notes.pdf" },
    status: 201,
    answer: upload,
    gives: upload,
  },
  {
    call: ["files.presignDownload", { key: "k" }],
    sends: "POST /v1/files/attachments/generate-presigned-download-url",
    body: { key: "k" },
    answer: { signedUrl: "https://s.example/down", expiresAt: at, key: "k" },
    gives: { signedUrl: "https://s.example/down", expiresAt: at, key: "k" },
  },
  {
    call: ["scores.create", { name: "clear", data_type: "boolean", value: true, thread_id: "thread_1" }],
    sends: "POST /v1/scores",
    body: { name: "clear", data_type: "boolean", value: true, thread_id: "thread_1" },
    status: 201,
    answer: { score_id: "score_2", name: "clear", data_type: "boolean", value: 1, string_value: null },
    gives: { score_id: "score_2", name: "clear", data_type: "boolean", value: 1, string_value: null },
  },
  {
    call: ["events.create", [{ kind: "message_copied", message_id: "msg_1" }]],
    sends: "POST /v1/events",
    body: { events: [{ kind: "message_copied", message_id: "msg_1" }] },
    status: 202,
    answer: { accepted: 1 },
  },
  {
    call: ["projects.threads.list", { limit: 1 }],
    sends: "GET /v1/projects/threads?limit=1",
    answer: { threads: [] },
    gives: { items: [], hasMore: false },
  },
  {
    call: ["projects.messages.list", "thread_1"],
    sends: "GET /v1/projects/threads/thread_1/messages",
    answer: { messages: [message(0)] },
    gives: {
      items: [{ id: "msg_0", parentId: null, role: "user", createdAt: at, raw: message(0) }],
      hasMore: false,
    },
  },
  { call: ["auth.tokens.create"], sends: "POST /v1/auth/tokens", answer: { token: "made" }, gives: { token: "made" } },
];

table(
  "every call of Assistant Cloud",
  {
    rows: calls.map(({ call, answer, status = 200, ...row }) => ({
      ...row,
      name: `${call[0]} (${row.sends})`,
      given: { call },
      serve: { "*": ({ json }) => json(status, answer), "GET /v1/threads": ({ json }) => json(status, answer) },
    })),
  },
  async ({ open, jwt }, { url, call: [name, ...args] }) => {
    const client = open({
      ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: `${url}/` },
      authToken: () => jwt({ sub: "alice", exp: Date.now() / 1_000 + 900 }),
    });
    const [method, ...path] = name.split(".").reverse();
    const owner = path.reverse().reduce((part, member) => part[member], client);
    const given = await owner[method](...args);
    return given === undefined ? { nothing: true } : given;
  },
  ({ sends, body, gives = { nothing: true } }, result, server) => {
    assert.deepEqual(result, gives);
    assert.equal(server.calls.length, 1);
    const [{ method, path, headers, body: sent }] = server.calls;
    assert.equal(`${method} ${path}`, sends);
    assert.deepEqual(sent ? JSON.parse(sent) : undefined, body);
    assert.equal(headers["content-type"], body ? "application/json" : undefined);
    assert.match(headers.authorization ?? "", /^Bearer /);
    assert.equal(headers["x-api-key"] ?? headers["aui-sdk"] ?? headers.cookie, undefined);
  },
);

everywhere("a new thread was said something in now, or when its Date says", {}, async ({ serve, run }) => {
  const server = await serve({ "POST /v1/threads": ({ json }) => json(201, { thread_id: "thread_1" }) });
  const outcome = await run(
    async ({ open, jwt, codeOf }, { url }) => {
      const client = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: () => jwt({ sub: "alice" }),
      });
      const before = new Date().toISOString();
      const usual = await client.threads.create();
      const dated = await client.threads.create({ last_message_at: new Date(0) });
      const wrong = await codeOf(() => client.threads.create({ last_message_at: new Date(NaN) }));
      return { now: usual.createdAt >= before, dated: dated.createdAt, wrong };
    },
    { url: server.url },
  );
  assert.deepEqual(outcome, { now: true, dated: "1970-01-01T00:00:00.000Z", wrong: "api/invalid-argument" });
  assert.equal(server.calls.length, 2);
});

everywhere("success without a word is success", {}, async ({ serve, run }) => {
  const server = await serve({
    "PUT /v1/threads/a": ({ response }) => response.writeHead(204).end(),
    "PUT /v1/threads/b": ({ response }) => response.writeHead(200, { "content-length": "0" }).end(),
    "DELETE /v1/threads/c": ({ send }) => send(200, "text/html", "  \n"),
    "GET /v1/threads/d": ({ response }) => response.writeHead(204).end(),
  });
  const outcome = await run(
    async ({ open, jwt, codeOf }, { url }) => {
      const { threads } = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: () => jwt({ sub: "alice" }),
      });
      await threads.update("a", { title: "x" });
      await threads.update("b", { title: "x" });
      await threads.delete("c");
      return codeOf(() => threads.get("d"));
    },
    { url: server.url },
  );
  assert.equal(outcome, "api/malformed-response", "but a thread is a thread");
});

table(
  "what an answer of Assistant Cloud should have been is named",
  {
    rows: [
      ["list", { threads: [thread(1), thread(2, { id: 7 })] }, "threads[1].id should be a non-empty string"],
      ["list", { threads: [thread(1, { is_archived: undefined })] }, "threads[0].is_archived should be true or false"],
      ["list", { messages: [] }, "threads should be an array"],
      ["get", thread(1), "thread should be an object"],
      ["get", { thread: thread(1, { updated_at: null }) }, "thread.updated_at should be a non-empty string"],
      [
        "messages",
        { messages: [message(0), message(1, { parent_id: undefined })] },
        "messages[1].parent_id should be a string or null",
      ],
      ["messages", { messages: [message(0, { height: 0.5 })] }, "messages[0].height should be a whole number"],
      ["messages", { messages: [message(0, { content: [] })] }, "messages[0].content should be an object"],
      ["claim", { moved: 1.5 }, "moved should be a whole number"],
      ["create", { message_id: "" }, "message_id should be a non-empty string"],
    ].map(([what, answer, says]) => ({
      name: says,
      says,
      given: { what },
      serve: { "*": ({ json }) => json(200, answer), "GET /v1/threads": ({ json }) => json(200, answer) },
    })),
  },
  async ({ open, jwt, settle }, { url, what }) => {
    const { threads, messages } = open({
      ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
      authToken: () => jwt({ sub: "alice" }),
    });
    const calls = {
      list: () => threads.list(),
      get: () => threads.get("thread_1"),
      messages: () => messages.list("thread_1"),
      claim: () => threads.claim("refresh_canary"),
      create: () => messages.create("thread_1", { parent_id: null, format: "f", content: {} }),
    };
    return (await settle(calls[what])).error;
  },
  ({ says }, error) => {
    assert.equal(error.code, "api/malformed-response");
    assert.ok(error.message.endsWith(`: ${says}`), error.message);
  },
);

table(
  "what Assistant Cloud refuses with",
  {
    rows: [
      { status: 404, answer: { error: "Thread not found" }, code: "api/not-found", says: "404, Thread not found" },
      {
        status: 409,
        answer: { error: "Message role cannot change" },
        code: "api/conflict",
        says: "Message role cannot",
      },
      { status: 400, answer: { message: "", error: "bad" }, code: "api/bad-request", says: "400, bad" },
      { status: 400, answer: { message: "invalid", error: "bad" }, code: "api/bad-request", says: "400, invalid" },
      {
        ...{ status: 402, code: "api/payment-required", says: "plan_limit_reached" },
        answer: { error: "plan_limit_reached", plan: "free", period_end: at, cap: 200 },
        details: { error: "plan_limit_reached", plan: "free", period_end: at, cap: 200 },
      },
      { status: 403, answer: { error: "Forbidden" }, code: "api/forbidden", says: "403, Forbidden" },
      { status: 429, answer: { error: "rate_limited" }, code: "api/rate-limited", says: "rate_limited" },
      { status: 500, answer: "", code: "api/server", says: "500" },
    ].map((row) => ({
      ...row,
      name: `${row.status} ${row.says}`,
      serve: {
        "*": ({ json }) =>
          json(row.status, row.answer, { "retry-after": "60", "access-control-expose-headers": "Retry-After" }),
      },
    })),
  },
  async ({ open, jwt, settle }, { url }) => {
    const { threads } = open({
      ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
      authToken: () => jwt({ sub: "alice" }),
    });
    return (await settle(() => threads.get("thread_1"))).error;
  },
  ({ status, code, says, details }, error) => {
    assert.deepEqual([error.status, error.code, error.retryAfterMs], [status, code, 60_000]);
    assert.ok(error.message.includes(says), error.message);
    if (details) assert.deepEqual(error.details, details);
  },
);

table(
  "what is sent again when the answer is lost",
  {
    rows: [
      { name: "threads.get", tries: 3 },
      { name: "threads.update", tries: 3 },
      { name: "threads.delete", tries: 3 },
      { name: "threads.claim", tries: 3 },
      { name: "messages.feedback", tries: 3 },
      { name: "messages.create", tries: 1 },
      { name: "messages.create with a name of its own", tries: 3 },
      { name: "threads.create", tries: 1 },
      { name: "threads.create with a name of its own", tries: 1 },
      { name: "threads.create with upsert alone", tries: 1 },
      { name: "threads.create of a name that may be there", tries: 3 },
      { name: "scores.create", tries: 1 },
      { name: "events.create", tries: 1 },
      { name: "runs.report", tries: 1 },
      { name: "runs.title", tries: 1 },
    ].map((row) => ({ ...row, given: { name: row.name }, serve: { "*": ({ json }) => json(503, {}) } })),
  },
  async ({ open, jwt, codeOf }, { url, name }) => {
    const client = open({
      ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, retries: 2 },
      authToken: () => jwt({ sub: "alice" }),
    });
    const { threads, messages, runs, scores, events } = client;
    const root = { parent_id: null, format: "f", content: {} };
    const calls = {
      "threads.get": () => threads.get("t"),
      "threads.update": () => threads.update("t", {}),
      "threads.delete": () => threads.delete("t"),
      "threads.claim": () => threads.claim("refresh_canary"),
      "messages.feedback": () => messages.feedback("t", "m", { type: "positive" }),
      "messages.create": () => messages.create("t", root),
      "messages.create with a name of its own": () => messages.create("t", { ...root, external_id: "own" }),
      "threads.create": () => threads.create(),
      "threads.create with a name of its own": () => threads.create({ external_id: "own" }),
      "threads.create with upsert alone": () => threads.create({ upsert: true }),
      "threads.create of a name that may be there": () => threads.create({ external_id: "own", upsert: true }),
      "scores.create": () => scores.create({ name: "n", data_type: "numeric", value: 1 }),
      "events.create": () => events.create([{ kind: "error_shown" }]),
      "runs.report": () => runs.report({ thread_id: "t", status: "completed" }),
      "runs.title": () => runs.title("t", []).text(),
    };
    return codeOf(calls[name]);
  },
  ({ tries }, code, server) => {
    assert.equal(code, "api/server");
    assert.equal(server.calls.length, tries);
    assert.equal(new Set(server.calls.map(({ body }) => body)).size, 1, "the same each time");
  },
);

everywhere("what a lost answer had removed is gone", {}, async ({ serve, run }) => {
  const server = await serve({
    "DELETE /v1/threads/t": ({ json, nth }) => json(nth === 1 ? 503 : 404, { error: "Thread not found" }),
    "DELETE /v1/threads/unknown": ({ json }) => json(404, { error: "Thread not found" }),
  });
  const outcome = await run(
    async ({ open, jwt, codeOf }, { url }) => {
      const { threads } = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, retries: 1 },
        authToken: () => jwt({ sub: "alice" }),
      });
      await threads.delete("t");
      return codeOf(() => threads.delete("unknown"));
    },
    { url: server.url },
  );
  assert.equal(outcome, "api/not-found");
});

everywhere(
  "ids that would name another path, and a message without a place, are not sent",
  {},
  async ({ serve, run }) => {
    const server = await serve({});
    const outcome = await run(
      async ({ open, jwt, codeOf }, { url }) => {
        const { threads, messages } = open({
          ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
          authToken: () => jwt({ sub: "alice" }),
        });
        const root = { format: "f", content: {} };
        return [
          ...(await Promise.all(["", ".", ".."].map((id) => codeOf(() => threads.delete(id))))),
          await codeOf(() => messages.update("t", "..", { content: {} })),
          await codeOf(() => messages.create("t", root)),
          await codeOf(() => threads.list({ limit: 0 })),
          await codeOf(() => threads.list({ is_archived: "yes" })),
        ];
      },
      { url: server.url },
    );
    assert.deepEqual([...new Set(outcome)], ["api/invalid-argument"]);
    assert.equal(server.calls.length, 0);
  },
);

/** Pages of so many at most, newest first; what is not known is no cursor. */
const paged =
  (all, limitOf) =>
  ({ call, json }) => {
    const query = new URLSearchParams(call.path.split("?")[1]);
    const start = all.findIndex(({ id }) => id === query.get("after")) + 1;
    json(200, { messages: all.slice(start, start + limitOf(query)) });
  };

everywhere("a thousand messages are walked through in pages of 200", {}, async ({ serve, run }) => {
  const all = Array.from({ length: 1_000 }, (_, n) => message(999 - n));
  const route = "GET /v1/threads/t/messages";
  const server = await serve({ [route]: paged(all, (query) => Number(query.get("limit") ?? 200)) });
  const { ids, again } = await run(
    async ({ open, jwt }, { url }) => {
      const { messages } = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: () => jwt({ sub: "alice" }),
      });
      const ids = [];
      for await (const { id } of messages.list("t", { format: "ai-sdk/v6" })) ids.push(id);
      const first = await messages.list("t", { limit: 3 });
      // The same page twice is the same page.
      const [one, other] = [await first.next(), await first.next()];
      return { ids, again: [one, other].map(({ items }) => items.map(({ id }) => id)) };
    },
    { url: server.url },
  );
  assert.deepEqual(
    ids,
    all.map(({ id }) => id),
  );
  assert.deepEqual(again, [
    ["msg_996", "msg_995", "msg_994"],
    ["msg_996", "msg_995", "msg_994"],
  ]);
  const asked = server.calls.slice(0, 6).map(({ path }) => new URLSearchParams(path.split("?")[1]).get("after"));
  assert.deepEqual(asked, [null, "msg_800", "msg_600", "msg_400", "msg_200", "msg_0"]);
});

everywhere("a cursor that the service does not know any more ends the walk", {}, async ({ serve, run }) => {
  const all = Array.from({ length: 6 }, (_, n) => message(5 - n));
  const route = "GET /v1/threads/t/messages";
  const server = await serve({
    // The message that the second page ends with is removed: the first page is replayed.
    [route]: ({ nth, ...exchange }) =>
      paged(nth < 3 ? all : all.filter(({ id }) => id !== "msg_2"), () => 2)({ ...exchange, nth }),
  });
  const ids = await run(
    async ({ open, jwt }, { url }) => {
      const { messages } = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: () => jwt({ sub: "alice" }),
      });
      const ids = [];
      for await (const { id } of messages.list("t", { limit: 2 })) ids.push(id);
      return ids;
    },
    { url: server.url },
  );
  assert.deepEqual(ids, ["msg_5", "msg_4", "msg_3", "msg_2"]);
  assert.equal(server.calls.length, 3);
});

const plain = { "content-type": "Text/Plain; charset=utf-8" };
const titles = "POST /v1/runs/stream";

everywhere("a title comes in pieces, or as a whole", {}, async ({ serve, run }) => {
  const bytes = Buffer.from("  Zoë in Paris\n");
  const server = await serve({
    [titles]: ({ response, nth }) => {
      response.writeHead(200, plain);
      if (nth === 3) return response.end(" \n");
      // The character is spread over two pieces.
      response.write(bytes.subarray(0, 5));
      setTimeout(() => response.end(bytes.subarray(5)), 50);
    },
  });
  const outcome = await run(
    async ({ open, jwt }, { url }) => {
      const { runs } = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: () => jwt({ sub: "alice" }),
      });
      const said = [{ role: "user", content: [{ type: "text", text: "Who?" }] }];
      let pieces = "";
      const title = runs.title("t", said);
      for await (const piece of title) pieces += piece;
      const whole = await title.text();
      // Nobody reads it, so that it is not asked for.
      runs.title("t", said);
      return [pieces, whole, await runs.title("t", said).text(), await runs.title("t", said).text()];
    },
    { url: server.url },
  );
  assert.deepEqual(outcome, ["  Zoë in Paris\n", "Zoë in Paris", "Zoë in Paris", null]);
  assert.equal(server.calls.length, 3);
  const [{ headers, body }] = server.calls;
  assert.equal(headers.accept, "text/plain");
  assert.deepEqual(JSON.parse(body), {
    thread_id: "t",
    assistant_id: "system/thread_title",
    messages: [{ role: "user", content: [{ type: "text", text: "Who?" }] }],
  });
});

table(
  "what is no title",
  {
    rows: [
      {
        name: "a page",
        code: "api/malformed-response",
        says: "text/html; charset=utf-8",
        serve: { [titles]: ({ send }) => send(200, "text/html; charset=utf-8", "<p>") },
      },
      {
        name: "nothing",
        code: "api/malformed-response",
        says: "",
        serve: { [titles]: ({ response }) => response.writeHead(204).end() },
      },
      {
        name: "text/plainer",
        code: "api/malformed-response",
        says: "text/plainer",
        serve: { [titles]: ({ send }) => send(200, "text/plainer", "x") },
      },
      {
        name: "a refusal",
        code: "api/not-found",
        says: "Thread not found",
        serve: { [titles]: ({ json }) => json(404, { error: "Thread not found" }) },
      },
      {
        ...{ name: "silence", code: "stream/idle", says: "" },
        serve: {
          [titles]: ({ response }) => {
            response.writeHead(200, plain);
            response.write("Zo");
          },
        },
      },
      {
        ...{ name: "half of one", code: "stream/interrupted", says: "" },
        serve: {
          [titles]: ({ response }) => {
            response.writeHead(200, plain);
            response.write("Zo");
            setTimeout(() => response.destroy(), 50);
          },
        },
      },
    ],
  },
  async ({ open, jwt, settle }, { url }) => {
    const { runs } = open({
      ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, timeouts: { streamIdleMs: 300 } },
      authToken: () => jwt({ sub: "alice" }),
    });
    const title = runs.title("t", []);
    const first = await settle(() => title.text());
    const second = await settle(() => title.text());
    return [first.error, second.error];
  },
  ({ code, says }, errors) => {
    for (const error of errors) {
      assert.equal(error.code, code);
      assert.ok(error.message.includes(says), error.message);
    }
  },
);

everywhere("a title ends with its generation, and with its caller's signal", {}, async ({ serve, run }) => {
  const server = await serve({
    [titles]: ({ response }) => {
      response.writeHead(200, plain);
      response.write("Zo");
    },
  });
  const outcome = await run(
    async ({ open, jwt, codeOf, settle }, { url }) => {
      const client = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: () => jwt({ sub: "alice" }),
      });
      const read = async (end, options) => {
        const title = client.runs.title("t", [], options)[Symbol.asyncIterator]();
        await title.next();
        const rest = title.next();
        end();
        return rest;
      };
      const stop = new AbortController();
      const left = await settle(read(() => stop.abort(new Error("enough")), { signal: stop.signal }));
      return [left.error.says, await codeOf(read(() => client.auth.invalidate()))];
    },
    { url: server.url },
  );
  assert.deepEqual(outcome, ["enough", "auth/identity-changed"]);
});

inNode("a backend endpoint is plain fetch", {}, async ({ serve }) => {
  const server = await serve({
    "POST /v1/auth/tokens": ({ json, call }) =>
      json(call.headers.authorization === "Bearer sk_canary" ? 200 : 403, { token: "workspace" }),
  });
  const { tokenFor } = await fromReadme(/(export async function tokenFor[^]*?)```/);
  const answered = await tokenFor({ id: "user_1" }, { baseUrl: server.url, apiKey: "sk_canary" });
  assert.deepEqual([answered.status, await answered.text()], [200, "workspace"]);
  const [{ headers, body }] = server.calls;
  assert.deepEqual([headers["aui-user-id"], headers["aui-workspace-id"], body], ["user_1", "user_1", ""]);
  assert.equal((await tokenFor(null, { baseUrl: server.url, apiKey: "sk_canary" })).status, 401);
  assert.equal((await tokenFor({ id: "user_1" }, { baseUrl: server.url, apiKey: "wrong" })).status, 502);
});

inNode("the README's code keeps a chat and lists it", {}, async ({ serve }) => {
  const server = await serve({
    "POST /v1/threads": ({ json }) => json(201, { thread_id: "thread_1" }),
    "POST /v1/threads/thread_1/messages": ({ json }) => json(201, { message_id: "msg_1" }),
    "GET /v1/threads": ({ json }) => json(200, { threads: [thread(1, { title: "Rome" })] }),
  });
  const { chats } = await fromReadme(/## Assistant Cloud\n\n```ts\n([^]*?)```/);
  await chats(server.url, () => `e30.${Buffer.from('{"sub":"alice"}').toString("base64url")}.canary`);
  assert.deepEqual(
    server.calls.map(({ method }) => method),
    ["POST", "POST", "GET"],
  );
});
