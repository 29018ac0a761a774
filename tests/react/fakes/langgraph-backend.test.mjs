/** The fake LangGraph server, with the real client. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "threadpass";
import { createFakeBackend } from "threadpass/testing";
import { withReact } from "../support/versions.mjs";

const codeOf = (promise) => promise.then(() => "none").catch(({ code }) => code);
const unknown = "00000000-0000-4000-8000-000000000000";

/** A server, and clients that end with the test. */
function stage(t, options) {
  const backend = createFakeBackend({ backend: "langgraph", ...options });
  const open = (credential) => {
    const client = createClient({ ...backend.options, retries: 0, ...credential });
    t.after(() => client.dispose());
    return client;
  };
  const as = (name) => open({ authToken: () => backend.tokenFor(name) });
  return { backend, open, as };
}

const titles = (items) => items.map(({ title }) => title);
const said = ({ values }) => values.messages.map(({ type, content }) => `${type}: ${content}`);

/** A reply that goes on when the test says so. */
function held() {
  let go;
  const gate = new Promise((resolve) => (go = resolve));
  async function* reply() {
    yield "one ";
    await gate;
    yield "two";
  }
  return { reply, go };
}

async function typesOf(run) {
  const types = [];
  for await (const { type } of run) types.push(type);
  return types.filter((type, index) => type !== types[index - 1]);
}

test("everybody has threads of their own", async (t) => {
  const { backend, as } = stage(t);
  for (const [name, title] of [
    ["ada", "first"],
    ["ada", "second"],
    ["bob", "other"],
  ])
    backend.addThread(name, { name: title });
  const { threads } = as("ada");
  assert.deepEqual(titles((await threads.list()).items), ["second", "first"]);
  const [theirs] = backend.threadsOf("bob");
  for (const id of [theirs.thread_id, unknown]) {
    await assert.rejects(threads.get(id), { code: "api/not-found", status: 404 });
    assert.equal(await codeOf(threads.update(id, { metadata: {} })), "api/not-found");
    assert.equal(await codeOf(threads.delete(id)), "api/not-found");
  }
  await assert.rejects(threads.get("rome"), { code: "api/bad-request", status: 422 });
  const { id, metadata } = await threads.create({ metadata: { title: "Rome", kept: 1 } });
  assert.deepEqual(metadata, { title: "Rome", kept: 1 });
  const renamed = await threads.update(id, { metadata: { title: "Lyon" } });
  assert.deepEqual([renamed.title, renamed.metadata], ["Lyon", { title: "Lyon", kept: 1 }]);
  assert.equal((await threads.get(id)).raw.status, "idle");
  assert.equal(await threads.count({ metadata: { kept: 1 } }), 1);
  assert.equal(await codeOf(threads.create({ thread_id: id })), "api/conflict");
  assert.equal((await threads.create({ thread_id: id, if_exists: "do_nothing" })).title, "Lyon");
  const taken = { thread_id: theirs.thread_id, if_exists: "do_nothing" };
  assert.equal(await codeOf(threads.create(taken)), "api/conflict", "also for one of somebody else");
  await threads.delete(id);
  assert.equal(await codeOf(threads.get(id)), "api/not-found");
});

test("lists have pages and filters", async (t) => {
  const { backend, as } = stage(t);
  for (let n = 1; n <= 25; n++) backend.addThread("ada", { name: `${n}`, metadata: { even: n % 2 === 0 } });
  const { threads } = as("ada");
  const headers = { authorization: `Bearer ${backend.tokenFor("ada")}` };
  const search = async (offset) => {
    const body = JSON.stringify({ offset });
    const answer = await backend.fetch(`${backend.options.baseUrl}/threads/search`, { method: "POST", headers, body });
    return ["next", "total"].map((name) => answer.headers.get(`x-pagination-${name}`));
  };
  assert.deepEqual(
    [await search(10), await search(20)],
    [
      ["20", "25"],
      [null, "25"],
    ],
  );
  const page = await threads.list();
  assert.deepEqual([page.items.length, page.hasMore, page.items[0].title], [10, true, "25"]);
  assert.equal((await page.next()).items[0].title, "15");
  const all = [];
  for await (const { title } of threads.list({ limit: 7 })) all.push(Number(title));
  assert.deepEqual(
    all,
    Array.from({ length: 25 }, (_, n) => 25 - n),
  );
  const even = await threads.list({ metadata: { even: true }, limit: 20, sort_by: "created_at", sort_order: "asc" });
  assert.deepEqual([titles(even.items)[0], even.items.length, even.hasMore], ["2", 12, false]);
  assert.equal(await codeOf(threads.list({ extract: { last: "values.messages[-1]" } })), "api/bad-request");
});

test("a run streams its reply to the end, and the thread's state keeps it", async (t) => {
  const { backend, as } = stage(t, {
    reply: ({ text, userId, values }) => `${userId} said ${text} (${values.messages.length})`,
  });
  const { runs, threads } = as("ada");
  const run = runs.stream(null, "hello there");
  const events = [];
  for await (const event of run) events.push(event);
  const { threadId, runId, outcome } = await run.result();
  assert.equal(outcome, "finished");
  assert.deepEqual(
    events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]),
    [
      ...["RUN_STARTED", "STATE_SNAPSHOT", "MESSAGES_SNAPSHOT"],
      ...["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"],
      ...["CUSTOM", "STATE_SNAPSHOT", "MESSAGES_SNAPSHOT", "RUN_FINISHED"],
    ],
  );
  assert.equal(events.map(({ delta = "" }) => delta).join(""), "ada said hello there (1)");
  assert.deepEqual(
    await runs
      .stream(threadId, "again")
      .result()
      .then(({ outcome }) => outcome),
    "finished",
  );
  const state = await threads.state(threadId);
  assert.deepEqual(said(state), [
    ...["human: hello there", "ai: ada said hello there (1)", "human: again", "ai: ada said again (3)"],
  ]);
  assert.equal((await runs.get(threadId, runId)).status, "success");
  assert.equal((await runs.list(threadId)).items.length, 2);
  assert.equal((await threads.history(threadId)).length, 4);
  const before = await threads.state(threadId, { checkpoint: (await threads.history(threadId))[2].checkpoint });
  assert.equal(before.values.messages.length, 2);
  assert.equal(backend.threadsOf("ada")[0].status, "idle");
  // Without a thread, in the background, and waited for.
  assert.deepEqual(said({ values: await runs.wait(null, "alone") }), ["human: alone", "ai: ada said alone (1)"]);
  const { run_id: background } = await runs.create(threadId, "later");
  assert.equal(said({ values: await runs.join(threadId, background) }).at(-1), "ai: ada said later (5)");
  assert.equal(backend.threadsOf("ada").length, 1);
});

test("a reply may be pieces and events, may ask, and may fail", async (t) => {
  const replies = {
    events: () => ["a", { event: "custom", data: { step: 1 } }, { event: "values", data: { place: "Rome" } }],
    asks: () => [{ event: "updates", data: { __interrupt__: [{ id: "i1", value: "Really?" }] } }],
    fails: () => {
      throw new RangeError("no model today");
    },
  };
  const { as, backend } = stage(t, {
    reply: ({ text, input }) => (input.command ? `${input.command.resume}, then` : replies[text]()),
  });
  const { runs, threads } = as("ada");
  const scripted = runs.stream(null, "events");
  const seen = [];
  for await (const { type, name, value } of scripted) if (type === "CUSTOM" && name === "custom") seen.push(value);
  assert.deepEqual(seen, [{ step: 1 }]);
  const { place, messages } = (await threads.state(await scripted.threadId())).values;
  assert.deepEqual([place, messages.map(({ content }) => content)], ["Rome", ["a"]]);

  const asking = runs.stream(null, "asks");
  const finished = [];
  for await (const event of asking) if (event.type === "RUN_FINISHED") finished.push(event.outcome);
  assert.equal(finished[0].interrupts[0].message, "Really?");
  const { threadId, outcome } = await asking.result();
  assert.equal(outcome, "awaiting-input");
  const waiting = await threads.get(threadId);
  assert.deepEqual([waiting.raw.status, Object.values(waiting.raw.interrupts)[0][0].value], ["interrupted", "Really?"]);
  const resumed = await runs.stream(threadId, { command: { resume: "Yes" } }).result();
  assert.equal(resumed.outcome, "finished");
  assert.deepEqual(said(await threads.state(threadId)), ["human: asks", "ai: Yes, then"]);
  assert.equal((await threads.get(threadId)).raw.status, "idle");

  const failing = runs.stream(null, "fails");
  await assert.rejects(failing.result(), { code: "run/failed", message: /no model today/ });
  assert.equal((await threads.get(await failing.threadId())).raw.status, "error");
  assert.equal((await threads.state(await failing.threadId())).tasks[0].error, "no model today");
  await assert.rejects(runs.wait(null, "fails"), { code: "run/failed", message: /no model today/ });
  assert.equal(backend.threadsOf("ada").length, 3);
});

test("a run that is cancelled stops; one that is left goes on, and is joined", async (t) => {
  const first = held();
  const replies = [first.reply, () => "second", held().reply];
  const { backend, as } = stage(t, { reply: () => replies.shift()() });
  const { runs, threads } = as("ada");
  const left = runs.stream(null, "hello");
  for await (const { type } of left) if (type === "TEXT_MESSAGE_CONTENT") break;
  const ids = [await left.threadId(), await left.runId()];
  assert.equal((await runs.get(...ids)).status, "running");
  assert.equal(backend.threadsOf("ada")[0].status, "busy");
  assert.equal(await codeOf(runs.create(ids[0], { multitask_strategy: "reject" })), "api/conflict");
  const queued = runs.stream(ids[0], "next");
  assert.equal((await runs.get(ids[0], await queued.runId())).status, "pending");
  const joined = runs.joinStream(...ids);
  let text = "";
  for await (const { type, delta } of joined) {
    if (type === "TEXT_MESSAGE_CONTENT") text += delta;
    first.go();
  }
  assert.equal(text, "one two");
  assert.equal((await joined.result()).outcome, "finished");
  assert.equal((await queued.result()).outcome, "finished");
  assert.deepEqual(said(await threads.state(ids[0])), ["human: hello", "ai: one two", "human: next", "ai: second"]);
  assert.deepEqual(await runs.cancel(...ids), { cancelled: false }, "it is over");

  const run = runs.stream(null, "stop");
  for await (const { type } of run)
    if (type === "TEXT_MESSAGE_CONTENT") assert.deepEqual(await run.cancel(), { cancelled: true });
  assert.equal(await codeOf(run.result()), "run/cancelled");
  assert.equal((await runs.get(await run.threadId(), await run.runId())).status, "interrupted");
  const stopped = await threads.state(await run.threadId());
  assert.deepEqual([said(stopped), stopped.next], [["human: stop"], ["agent"]], "nothing of its answer is kept");
  assert.equal(await codeOf(runs.joinStream(ids[0], unknown).result()), "api/not-found");
  assert.equal(await codeOf(runs.stream(unknown, "x").result()), "api/not-found");
});

test("tokens end and are taken back, and are never told", async (t) => {
  const { backend, open, as } = stage(t);
  const client = as("ada");
  const first = await client.auth.getToken();
  await client.threads.list();
  backend.revoke();
  await client.threads.list();
  assert.notEqual(await client.auth.getToken(), first);
  assert.deepEqual(
    backend.requests.map(({ method, path, userId, status }) => `${method} ${path} ${userId} ${status}`),
    ["POST /threads/search ada 200", "POST /threads/search null 401", "POST /threads/search ada 200"],
  );
  assert.doesNotMatch(JSON.stringify(backend.requests), /eyJ/);
  const expired = createFakeBackend({ backend: "langgraph", tokenLifetime: 0 }).tokenFor("ada");
  const headers = { authorization: `Bearer ${expired}` };
  assert.equal((await backend.fetch(`${backend.options.baseUrl}/threads/${unknown}`, { headers })).status, 401);
  assert.equal(await codeOf(open({ authToken: () => "opaque", onWarning: () => {} }).threads.list()), "auth/refused");
  const anybody = open({ open: true });
  await anybody.threads.create({ metadata: { title: "everybody's" } });
  assert.deepEqual(titles((await anybody.threads.list()).items), ["everybody's"]);
});

test("what is told to fail does so once", async (t) => {
  const { backend, as } = stage(t);
  const client = as("ada");
  backend.failNext("POST", "/threads", 500, "broken");
  await assert.rejects(client.threads.create(), { code: "api/server", status: 500 });
  const { id } = await client.threads.create();
  backend.failNext("POST", `/threads/${id}/runs/stream`, 403);
  assert.equal(await codeOf(client.runs.stream(id, "x").result()), "api/forbidden");
  assert.equal((await client.runs.stream(id, "x").result()).outcome, "finished");
  await assert.rejects(backend.fetch("https://example.com/threads"), TypeError);
});

withReact("the fake server stands behind a page's requests", {}, async ({ run, page }) => {
  const backend = createFakeBackend({ backend: "langgraph", reply: ({ text, userId }) => `${text}, ${userId}` });
  for (const name of ["Bern", "Oslo", "Paris", "Rome"]) backend.addThread("ada", { name });
  const { baseUrl, assistantId } = backend.options;
  await page.route(`${baseUrl}/**`, backend.route);
  const seen = await run(
    async (tools, { token, ...options }) => {
      const { mount, Shell, h } = await import("/react.js");
      const client = tools.open({ ...options, apiKey: undefined, authToken: () => token });
      const actions = {};
      mount(() => h(Shell, { client, actions }));
      const list = () => actions.current;
      await tools.until("the threads", () => list()?.status === "ready");
      while (list().hasMore) await list().loadMore();
      const titles = list().threads.map(({ title }) => title);
      let text = "";
      const answer = client.runs.stream(list().threads[0].id, "Hello");
      for await (const { type, delta } of answer) if (type === "TEXT_MESSAGE_CONTENT") text += delta;
      const { outcome } = await answer.result();
      const { count } = client.threads;
      return { titles, text, outcome, count: await count({ status: "idle" }) };
    },
    { backend: "langgraph", baseUrl, assistantId, token: backend.tokenFor("ada") },
  );
  assert.deepEqual(seen, {
    ...{ titles: ["Rome", "Paris", "Oslo", "Bern"], text: "Hello, ada", outcome: "finished", count: 4 },
  });
  const statuses = backend.requests.map(({ status, userId }) => `${status} ${userId}`);
  assert.deepEqual([...new Set(statuses)], ["200 ada"]);
});
