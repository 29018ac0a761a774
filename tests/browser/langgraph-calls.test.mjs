/** What calls of a LangGraph server send, and what its answers mean. */
import assert from "node:assert/strict";
import { everywhere, table } from "./support/everywhere.mjs";

/** What pages of another origin may read of the Python server's answers; Node's leaves out where the next page begins. */
const exposed = "x-pagination-total, x-pagination-next, content-location";
const exposedByNode = "x-pagination-total, content-location";

const thread = (n) => ({
  thread_id: `t${n}`,
  created_at: `2026-11-2${n}`,
  updated_at: `2026-11-2${n}`,
  metadata: { title: `Thread ${n}` },
  status: "idle",
  values: null,
});

/** Searches five threads, as the servers do. */
const search =
  (expose) =>
  ({ call, json }) => {
    const { limit = 10, offset = 0 } = JSON.parse(call.body);
    const found = [0, 1, 2, 3, 4].slice(offset, offset + limit).map(thread);
    const next = offset + found.length < 5 ? String(offset + found.length) : undefined;
    const total = next && expose === exposed ? `${Number(next) + 1}` : "5";
    json(200, found, {
      "access-control-expose-headers": expose,
      "x-pagination-total": total,
      ...(next && { "x-pagination-next": next }),
    });
  };

table(
  "all threads are listed, page by page",
  {
    rows: [
      { name: "Python", expose: exposed },
      { name: "Node", expose: exposedByNode },
    ].map((row) => ({ ...row, serve: { "POST /threads/search": search(row.expose) } })),
  },
  async ({ open }, { url }) => {
    const { threads } = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, open: true });
    const all = [];
    for await (const { id, title } of threads.list({
      limit: 2,
      metadata: { a: 1 },
      signal: new AbortController().signal,
    }))
      all.push([id, title]);
    const first = await threads.list({ limit: 5 });
    const second = await first.next();
    return { all, one: [first.items.length, first.hasMore, second], raw: first.items[0].raw };
  },
  (_, { all, one, raw }, server) => {
    assert.deepEqual(
      all,
      [0, 1, 2, 3, 4].map((n) => [`t${n}`, `Thread ${n}`]),
    );
    assert.deepEqual([one, raw], [[5, false, null], thread(0)]);
    assert.deepEqual(
      server.calls.map(({ body }) => JSON.parse(body)),
      [
        { limit: 2, metadata: { a: 1 } },
        { limit: 2, metadata: { a: 1 }, offset: 2 },
        { limit: 2, metadata: { a: 1 }, offset: 4 },
        { limit: 5 },
      ],
    );
  },
);

everywhere("runs are listed until a page is not full", {}, async ({ serve, run }) => {
  const server = await serve({
    "GET /threads/t/runs": ({ call, json }) => {
      const offset = Number(new URLSearchParams(call.path.split("?")[1]).get("offset") ?? 0);
      json(
        200,
        ["r0", "r1", "r2"].slice(offset, offset + 2).map((run_id) => ({ run_id })),
      );
    },
  });
  const ids = await run(
    async ({ open }, { url }) => {
      const ids = [];
      const { runs } = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, open: true });
      for await (const { run_id } of runs.list("t", { limit: 2 })) ids.push(run_id);
      return ids;
    },
    { url: server.url },
  );
  assert.deepEqual(ids, ["r0", "r1", "r2"]);
  assert.deepEqual(
    server.calls.map(({ path }) => path),
    ["/threads/t/runs?limit=2", "/threads/t/runs?limit=2&offset=2"],
  );
});

everywhere("every call is answered as the types say", {}, async ({ serve, run }) => {
  const state = { values: { n: 1 }, next: [], tasks: [], checkpoint: { checkpoint_id: "c" } };
  const item = { namespace: ["a"], key: "k", value: { n: 1 }, created_at: "c", updated_at: "u" };
  const server = await serve({
    "GET /threads/t0": ({ json }) => json(200, thread(0)),
    "POST /threads": ({ json }) => json(200, thread(1)),
    "PATCH /threads/t0": ({ json }) => json(200, thread(0)),
    "DELETE /threads/t0": ({ response }) => response.writeHead(204).end(),
    "POST /threads/t0/copy": ({ json }) => json(200, thread(2)),
    "POST /threads/count": ({ json }) => json(200, 5),
    "GET /threads/t0/state": ({ json }) => json(200, state),
    "POST /threads/t0/state/checkpoint": ({ json }) => json(200, state),
    "POST /threads/t0/state": ({ json }) => json(200, { checkpoint: { checkpoint_id: "d" } }),
    "POST /threads/t0/history": ({ json }) => json(200, [state]),
    "POST /threads/t0/runs": ({ json }) => json(200, { run_id: "r", status: "pending" }),
    "POST /runs": ({ json }) => json(200, { run_id: "s", status: "pending" }),
    "POST /runs/wait": ({ json }) => json(200, { messages: [] }),
    "GET /threads/t0/runs/r": ({ json }) => json(200, { run_id: "r", status: "success" }),
    "GET /threads/t0/runs/r/join": ({ json }) => json(200, { messages: ["done"] }),
    // With `wait` the servers send blank lines until the run is over; without it nothing at all.
    "POST /threads/t0/runs/r/cancel": ({ call, response }) =>
      response.writeHead(202).end(call.path.includes("?") ? "\n{}" : ""),
    "POST /threads/t0/runs/over/cancel": ({ json }) => json(404, { detail: "No matching runs to cancel." }),
    "DELETE /threads/t0/runs/r": ({ response }) => response.writeHead(204).end(),
    "POST /assistants/search": ({ json }) => json(200, [{ assistant_id: "a" }], { "x-pagination-total": "1" }),
    "GET /assistants/a": ({ json }) => json(200, { assistant_id: "a" }),
    "GET /assistants/a/schemas": ({ json }) => json(200, { graph_id: "agent" }),
    "GET /store/items": ({ call, json }) => json(200, call.path.includes("key=k") ? item : null),
    "PUT /store/items": ({ response }) => response.writeHead(204).end(),
    "DELETE /store/items": ({ response }) => response.writeHead(204).end(),
    "POST /store/items/search": ({ json }) => json(200, { items: [item] }),
    "POST /store/namespaces": ({ json }) => json(200, { namespaces: [["a"]] }),
  });
  const seen = await run(
    async ({ open }, { url }) => {
      const options = { backend: "langgraph", apiKey: undefined, baseUrl: url, open: true, assistantId: "agent" };
      const { threads, runs, assistants, store } = open(options);
      const nothing = (value) => (value === undefined ? "undefined" : value);
      return {
        threads: [await threads.get("t0"), await threads.create(), await threads.copy("t0")].map(({ id }) => id),
        title: (await threads.update("t0", { metadata: { title: "x" } })).title,
        deleted: nothing(await threads.delete("t0")),
        count: await threads.count({ status: "idle" }),
        values: [
          (await threads.state("t0", { subgraphs: true })).values,
          (await threads.state("t0", { checkpoint: { checkpoint_id: "c" } })).values,
          (await threads.history("t0"))[0].values,
        ],
        updated: (await threads.updateState("t0", { values: { n: 2 } })).checkpoint.checkpoint_id,
        runs: [
          (await runs.create("t0", "hi")).run_id,
          (await runs.create(null, { input: {} })).run_id,
          (await runs.get("t0", "r")).status,
          await runs.wait(null, { assistant_id: "other", input: {} }),
          await runs.join("t0", "r"),
        ],
        cancelled: [
          await runs.cancel("t0", "r"),
          await runs.cancel("t0", "r", { wait: true, action: "rollback" }),
          await runs.cancel("t0", "over"),
        ],
        gone: nothing(await runs.delete("t0", "r")),
        assistants: [
          (await assistants.search({ graph_id: "agent" })).items.length,
          (await assistants.get("a")).assistant_id,
          (await assistants.schemas("a")).graph_id,
        ],
        store: [
          (await store.get(["a", "b"], "k")).value,
          await store.get(["a"], "none"),
          nothing(await store.put(["a"], "k", { n: 1 })),
          nothing(await store.delete(["a"], "k")),
          (await store.search(["a"], { limit: 1 })).items.length,
          (await store.namespaces()).namespaces,
        ],
      };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    threads: ["t0", "t1", "t2"],
    title: "Thread 0",
    deleted: "undefined",
    count: 5,
    values: [{ n: 1 }, { n: 1 }, { n: 1 }],
    updated: "d",
    runs: ["r", "s", "success", { messages: [] }, { messages: ["done"] }],
    cancelled: [{ cancelled: true }, { cancelled: true }, { cancelled: false }],
    gone: "undefined",
    assistants: [1, "a", "agent"],
    store: [{ n: 1 }, null, "undefined", "undefined", 1, [["a"]]],
  });
  const bodyOf = (route) => server.calls.find(({ method, path }) => `${method} ${path}` === route).body;
  const message = { role: "user", content: "hi" };
  assert.deepEqual(JSON.parse(bodyOf("POST /threads/t0/runs")), {
    input: { messages: [message] },
    assistant_id: "agent",
  });
  assert.equal(JSON.parse(bodyOf("POST /runs/wait")).assistant_id, "other");
  assert.deepEqual(JSON.parse(bodyOf("DELETE /store/items")), { namespace: ["a"], key: "k" });
  const paths = server.calls.map(({ path }) => path);
  assert.ok(paths.includes("/threads/t0/runs/r/cancel?wait=true&action=rollback"));
  assert.ok(paths.includes("/store/items?namespace=a.b&key=k"));
});

const refusals = [
  {
    name: "Python: not found",
    status: 404,
    body: { detail: "Thread with ID t not found" },
    code: "api/not-found",
    words: "Thread with ID t not found",
  },
  {
    name: "Python: invalid",
    status: 422,
    body: { detail: "Invalid thread ID: must be a UUID" },
    code: "api/bad-request",
    words: "must be a UUID",
  },
  {
    name: "Python: conflict",
    status: 409,
    body: { detail: "Thread is already running a task." },
    code: "api/conflict",
    words: "already running",
  },
  { name: "Python: forbidden", status: 403, body: { detail: "not yours" }, code: "api/forbidden", words: "not yours" },
  {
    name: "Python: an assertion",
    status: 500,
    text: "Internal Server Error",
    code: "api/server",
    words: "Internal Server Error",
  },
  { name: "Node: not found", status: 404, text: "Thread not found", code: "api/not-found", words: "Thread not found" },
  {
    name: "Node: invalid",
    status: 400,
    body: { success: false, error: { issues: [{ path: ["limit"], message: "Expected number, received string" }] } },
    code: "api/bad-request",
    words: "Expected number",
  },
  {
    name: "an echo of the token",
    status: 400,
    body: { detail: "bad canary-token" },
    code: "api/bad-request",
    words: "[redacted]",
  },
];

table(
  "refusals of both servers are told apart, with their words",
  {
    rows: refusals.map((row) => ({
      ...row,
      serve: {
        "*": ({ json, send }) => (row.text ? send(row.status, "text/plain", row.text) : json(row.status, row.body)),
      },
    })),
  },
  async ({ open, settle }, { url }) => {
    const authToken = () => "canary-token";
    const client = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken, onWarning: () => {} });
    const { error } = await settle(client.runs.create("t", { assistant_id: "agent", input: {} }));
    return error;
  },
  ({ status, code, words }, error, server) => {
    assert.deepEqual([error.code, error.status], [code, status]);
    assert.ok(error.message.includes(words), error.message);
    assert.equal(server.calls.length, 1, "a run is not asked for again, whatever the server says");
  },
);

everywhere(
  "a run that fails while it is waited for rejects, although the answer is a success",
  {},
  async ({ serve, run }) => {
    const server = await serve({
      "POST /threads/t/runs/wait": ({ json }) =>
        json(200, { __error__: { error: "ValueError", message: "boom canary-token" } }),
      "GET /threads/t/runs/unknown/join": ({ json }) =>
        json(200, { __error__: { error: "HTTPException", message: "404: Run not found" } }),
    });
    const errors = await run(
      async ({ open, settle }, { url }) => {
        const options = { backend: "langgraph", apiKey: undefined, baseUrl: url, assistantId: "agent" };
        const { runs } = open({ ...options, authToken: () => "canary-token" });
        const settled = [await settle(runs.wait("t", "hi")), await settle(runs.join("t", "unknown"))];
        return settled.map(({ error }) => error);
      },
      { url: server.url },
    );
    const [failed, unknown] = errors;
    assert.deepEqual(
      [failed.code, failed.message, failed.details, failed.retryable],
      ["run/failed", "runs.wait: the run failed: boom [redacted]", { error: "ValueError" }, false],
    );
    assert.deepEqual([unknown.code, unknown.status], ["api/not-found", 404]);
  },
);

everywhere("a run is waited for as long as something arrives", {}, async ({ serve, run }) => {
  const server = await serve({
    // As the servers do: a blank line now and then, and the values when the run is over.
    "POST /threads/t/runs/wait": async ({ call, response }) => {
      response.writeHead(200, { "content-type": "application/json" });
      const silent = JSON.parse(call.body).input === "silence";
      for (let n = 0; n < 12 && !silent; n++) {
        response.write("\n");
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      if (!silent) response.end('{"n":12}');
    },
  });
  const seen = await run(
    async ({ open, codeOf }, { url }) => {
      const options = { backend: "langgraph", apiKey: undefined, baseUrl: url, open: true, assistantId: "agent" };
      const { runs } = open({ ...options, timeouts: { requestMs: 2_000 } });
      return [await runs.wait("t", { input: "go on" }), await codeOf(runs.wait("t", { input: "silence" }))];
    },
    { url: server.url },
  );
  assert.deepEqual(seen, [{ n: 12 }, "network/timeout"], "3 s of blank lines are no silence of 2 s");
});

/** Cut off after its first byte: before it, browsers send a request again by themselves where they had kept a connection. */
const cut = ({ response }) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "10" });
  response.write("{", () => response.destroy());
};

table(
  "a lost answer starts nothing twice, and reads again",
  {
    rows: [
      { name: "runs.create", sent: 1 },
      { name: "runs.wait", sent: 1 },
      { name: "threads.create", sent: 1 },
      { name: "threads.list", sent: 3 },
      { name: "threads.history", sent: 3 },
    ].map((row) => ({ ...row, given: { name: row.name }, serve: { "*": cut } })),
  },
  ({ open, codeOf }, { url, name }) => {
    const options = { backend: "langgraph", apiKey: undefined, baseUrl: url, open: true, assistantId: "agent" };
    const client = open({ ...options, retries: 2 });
    const [part, method] = name.split(".");
    const args = { "threads.create": [], "threads.list": [], "threads.history": ["t"] }[name] ?? ["t", "hi"];
    return codeOf(client[part][method](...args));
  },
  ({ name, sent }, code, server) => {
    assert.equal(code, "network/failed");
    assert.equal(server.calls.length, sent, name);
  },
);
