/** `@langchain/langgraph-sdk`, as it is published, at the local backend: everything it does with threads, runs and items. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "@langchain/langgraph-sdk";
import { startBackend } from "./support/backend.mjs";

const timeout = 120_000;

/** @type {Awaited<ReturnType<typeof startBackend>>} */
let backend;
before(async () => void (backend = await startBackend()));
after(() => backend.stop());

/** The vendor's client as somebody. */
const as = (sub, callerOptions = { maxRetries: 0 }) =>
  new Client({
    apiUrl: backend.url,
    apiKey: null,
    defaultHeaders: { authorization: `Bearer ${backend.tokenOf(sub)}` },
    callerOptions,
  });

const says = (content) => ({ input: { messages: [{ role: "user", content }] } });
const contents = ({ messages }) => messages.map(({ content }) => content);

async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}
const names = (events) => events.map(({ event }) => event);
const text = (events) => events.flatMap(({ event, data }) => (event === "messages" ? [data[0].content] : [])).join("");

/** What an SDK's promise is refused with. */
const statusOf = (promise) =>
  promise.then(
    () => assert.fail("it was not refused"),
    ({ status }) => status,
  );

test("threads: made, found, changed, copied and deleted, and not by others", { timeout }, async () => {
  const [alice, bob] = [as("alice"), as("bob")];
  const thread = await alice.threads.create({ metadata: { title: "One" } });
  const id = thread.thread_id;
  assert.deepEqual([thread.status, thread.metadata.title], ["idle", "One"]);
  assert.equal(await statusOf(alice.threads.create({ threadId: id })), 409);
  assert.equal((await alice.threads.create({ threadId: id, ifExists: "do_nothing" })).thread_id, id);
  assert.equal((await alice.threads.update(id, { metadata: { title: "Two" } })).metadata.title, "Two");
  const others = await Promise.all([1, 2, 3].map((n) => alice.threads.create({ metadata: { n } })));
  const page = await alice.threads.search({ limit: 2, sortBy: "created_at", sortOrder: "asc" });
  assert.equal(page.length, 2);
  assert.equal(page[0].thread_id, id);
  assert.equal((await alice.threads.search({ metadata: { n: 2 } })).length, 1);
  assert.equal(await alice.threads.count(), 4);
  const copy = await alice.threads.copy(id);
  assert.notEqual(copy.thread_id, id);
  const foreign = [bob.threads.get(id), bob.threads.update(id, { metadata: {} }), bob.threads.delete(id)];
  assert.deepEqual(await Promise.all(foreign.map(statusOf)), [404, 404, 404]);
  assert.deepEqual(await bob.threads.search(), []);
  for (const { thread_id } of [...others, copy, thread]) await alice.threads.delete(thread_id);
  assert.equal(await alice.threads.count(), 0);
});

test("a run streams in several modes, and the state has what it said", { timeout }, async () => {
  const alice = as("alice");
  const { thread_id } = await alice.threads.create();
  const streamMode = /** @type {const} */ (["values", "messages-tuple", "updates"]);
  let created;
  const onRunCreated = (run) => (created = run);
  const options = { ...says("hello there"), streamMode, onRunCreated };
  const events = await collect(alice.runs.stream(thread_id, "agent", options));
  assert.equal(events[0].event, "metadata");
  assert.equal(events[0].data.run_id, created.run_id, "it finds the run's id in the headers");
  assert.equal(text(events), "You said: hello there");
  const last = events.at(-1);
  assert.deepEqual([last.event, contents(last.data)], ["values", ["hello there", "You said: hello there"]]);
  const state = await alice.threads.getState(thread_id);
  assert.deepEqual(state.values, last.data);
  const history = await alice.threads.getHistory(thread_id);
  assert.deepEqual(
    history.map(({ metadata }) => metadata.source),
    ["loop", "loop", "input"],
  );
  assert.deepEqual((await alice.threads.getState(thread_id, history[1].checkpoint)).next, ["echo"]);
  const updated = await alice.threads.updateState(thread_id, {
    values: { messages: [{ role: "user", content: "by hand" }] },
  });
  assert.equal((await alice.threads.getState(thread_id)).checkpoint.checkpoint_id, updated.checkpoint.checkpoint_id);
});

test("runs: waited for, joined, listed, cancelled and deleted", { timeout }, async () => {
  const alice = as("alice");
  const { thread_id } = await alice.threads.create();
  assert.deepEqual(contents(await alice.runs.wait(thread_id, "agent", says("hi"))), ["hi", "You said: hi"]);
  assert.deepEqual(contents(await alice.runs.wait(null, "agent", says("hi"))), ["hi", "You said: hi"]);
  await assert.rejects(alice.runs.wait(thread_id, "agent", says("fail")), /the graph failed on purpose/);
  const background = await alice.runs.create(thread_id, "agent", says("slow 5 20"));
  assert.equal(background.status, "pending");
  const joined = await alice.runs.join(thread_id, background.run_id);
  assert.equal(contents(joined).at(-1), "word-1 word-2 word-3 word-4 word-5");
  const runs = await alice.runs.list(thread_id);
  assert.deepEqual(
    runs.map(({ status }) => status),
    ["success", "error", "success"],
  );
  const endless = await alice.runs.create(thread_id, "agent", says("slow 5000 20"));
  assert.equal(
    await statusOf(alice.runs.create(thread_id, "agent", { ...says("hi"), multitaskStrategy: "reject" })),
    409,
  );
  await alice.runs.cancel(thread_id, endless.run_id, true);
  assert.equal((await alice.runs.get(thread_id, endless.run_id)).status, "interrupted");
  assert.equal(await statusOf(alice.runs.cancel(thread_id, endless.run_id)), 404);
  await alice.runs.delete(thread_id, endless.run_id);
  assert.equal(await statusOf(alice.runs.get(thread_id, endless.run_id)), 404);
});

test("a resumable stream is joined where it was left", { timeout }, async () => {
  const alice = as("alice");
  const { thread_id } = await alice.threads.create();
  const streamMode = /** @type {const} */ (["messages-tuple"]);
  const options = { ...says("slow 20 20"), streamMode, streamResumable: true };
  const seen = [];
  for await (const event of alice.runs.stream(thread_id, "agent", options)) {
    seen.push(event);
    if (seen.length === 6) break;
  }
  const { run_id } = seen[0].data;
  const rest = await collect(alice.runs.joinStream(thread_id, run_id, { lastEventId: seen.at(-1).id }));
  const whole = Array.from({ length: 20 }, (_, index) => `word-${index + 1}`).join(" ");
  assert.equal(text([...seen, ...rest]), whole, "no gap and no repeat");
  const again = await collect(alice.runs.joinStream(thread_id, run_id, { lastEventId: "-1" }));
  assert.deepEqual(again, [...seen, ...rest]);
  assert.deepEqual(await collect(alice.runs.joinStream(thread_id, run_id)), []);
});

test("it reconnects by itself where a stream is cut", { timeout }, async () => {
  const alice = as("alice", { maxRetries: 4 });
  const { thread_id } = await alice.threads.create();
  const streamMode = /** @type {const} */ (["messages-tuple"]);
  const options = { ...says("slow 8 20"), streamMode, streamResumable: true };
  await backend.fault("drop=5;times=1");
  const events = await collect(alice.runs.stream(thread_id, "agent", options));
  assert.equal(text(events), "word-1 word-2 word-3 word-4 word-5 word-6 word-7 word-8");
  assert.deepEqual((await backend.faults())[0].hits, 1, "it was cut");
  await backend.fault();
});

test("an interrupt is answered by a command", { timeout }, async () => {
  const alice = as("alice");
  const { thread_id } = await alice.threads.create();
  const streamMode = /** @type {const} */ (["values", "updates"]);
  const asked = await collect(alice.runs.stream(thread_id, "agent", { ...says("interrupt me"), streamMode }));
  assert.deepEqual(names(asked), ["metadata", "values", "updates", "values"]);
  const thread = await alice.threads.get(thread_id);
  assert.equal(thread.status, "interrupted");
  const [[interrupt]] = Object.values(thread.interrupts);
  assert.deepEqual(interrupt.value, { question: "May I go on?" });
  const values = await alice.runs.wait(thread_id, "agent", { command: { resume: "yes" } });
  assert.deepEqual(contents(values), ["interrupt me", "You said: yes"]);
  assert.equal((await alice.threads.get(thread_id)).status, "idle");
});

test("the store keeps each user's items", { timeout }, async () => {
  const [alice, bob] = [as("alice"), as("bob")];
  await alice.store.putItem(["notes", "a"], "one", { text: "mine" });
  assert.deepEqual((await alice.store.getItem(["notes", "a"], "one")).value, { text: "mine" });
  assert.equal(await bob.store.getItem(["notes", "a"], "one"), null);
  const { items } = await alice.store.searchItems(["notes"], { filter: { text: "mine" } });
  assert.deepEqual(
    items.map(({ key }) => key),
    ["one"],
  );
  assert.deepEqual((await alice.store.listNamespaces()).namespaces, [["notes", "a"]]);
  await alice.store.deleteItem(["notes", "a"], "one");
  assert.equal(await alice.store.getItem(["notes", "a"], "one"), null);
});

test("assistants are hidden from those who own none", { timeout }, async () => {
  const alice = as("alice");
  assert.deepEqual(await alice.assistants.search(), []);
  assert.equal(await statusOf(alice.assistants.get("fe096781-5601-53d2-b2f6-0d3403f7e9ca")), 404);
});

test("whoever has no token is refused without a reason", { timeout }, async () => {
  const nobody = new Client({ apiUrl: backend.url, apiKey: null, callerOptions: { maxRetries: 0 } });
  assert.equal(await statusOf(nobody.threads.search()), 500);
  const forged = { authorization: `Bearer ${backend.tokenOf("alice", "another key")}` };
  const forger = new Client({
    apiUrl: backend.url,
    apiKey: null,
    defaultHeaders: forged,
    callerOptions: { maxRetries: 0 },
  });
  assert.equal(await statusOf(forger.threads.search()), 401);
});
