/** The fake client of a LangGraph server behaves as the real one does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ThreadpassError } from "threadpass";
import { createFakeClient } from "threadpass/testing";
import { withReact } from "../support/versions.mjs";

const codeOf = (promise) => promise.then(() => "none").catch(({ code }) => code);
const unknown = "00000000-0000-4000-8000-000000000000";
const create = (options) => createFakeClient({ backend: "langgraph", ...options });
const said = ({ values }) => values.messages.map(({ type, content }) => `${type}: ${content}`);

test("somebody is here at once, with their threads and states", async () => {
  const threads = {
    user: [{ name: "new", messages: [{ role: "user", text: "hi" }], values: { place: "Rome" } }, { name: "old" }],
    ada: [{ name: "hers" }],
  };
  const client = create({ threads });
  assert.equal(client.backend, "langgraph");
  assert.equal(client.auth.getSnapshot().source, "authToken");
  assert.deepEqual(await client.auth.headers(), { authorization: "Bearer fake-session-1" });
  const { items } = await client.threads.list();
  assert.deepEqual(
    items.map(({ title }) => title),
    ["new", "old"],
  );
  const state = await client.threads.state(items[0].id);
  assert.deepEqual([state.values.place, said(state)], ["Rome", ["human: hi"]]);
  assert.equal(items[1].raw.values, null);
  client.fake.signIn("ada");
  const [hers] = (await client.threads.list()).items;
  assert.equal(await codeOf(client.threads.get(items[0].id)), "api/not-found");
  assert.equal((await client.threads.update(hers.id, { metadata: { kept: 1 } })).title, "hers");
  await client.threads.updateState(hers.id, { values: { place: "Oslo" } });
  const { checkpoint } = await client.threads.state(hers.id);
  await client.threads.updateState(hers.id, { values: { place: "Bern" } });
  assert.deepEqual(
    (await client.threads.history(hers.id)).map(({ values }) => values.place),
    ["Bern", "Oslo"],
  );
  assert.equal((await client.threads.state(hers.id, { checkpoint })).values.place, "Oslo");
  const copy = await client.threads.copy(hers.id);
  assert.deepEqual([copy.title, copy.raw.values.place], ["hers", "Bern"]);
  await client.threads.delete(hers.id);
  assert.equal((await client.threads.state(copy.id)).values.place, "Bern");
  await client.threads.create({ metadata: { title: "third" } });
  const page = await client.threads.list({ limit: 1 });
  assert.deepEqual([page.items[0].title, page.hasMore], ["third", true]);
  assert.equal((await page.next()).items[0].title, "hers");
  assert.equal(await client.threads.count(), 2);
  assert.equal(client.fake.calls.at(-1).name, "threads.count");
});

test("a run is in the test's hand, and yields what is pushed", async () => {
  const client = create();
  const run = client.runs.stream(null, "hello");
  const events = [];
  const reading = (async () => {
    for await (const { type, delta } of run) events.push(delta ?? type);
  })();
  const threadId = await run.threadId();
  const [fake] = client.fake.runs;
  assert.deepEqual([fake.threadId, fake.input, fake.isOver], [threadId, "hello", false]);
  assert.equal((await client.threads.get(threadId)).raw.status, "busy");
  const rejecting = { multitask_strategy: "reject" };
  assert.equal(await codeOf(client.runs.stream(threadId, rejecting).result()), "api/conflict");
  fake.push({ type: "STATE_SNAPSHOT", snapshot: { place: "Rome" } });
  fake.text("Hel");
  fake.text("lo");
  fake.finish({ place: "Rome" });
  await reading;
  const text = ["TEXT_MESSAGE_START", "Hel", "lo", "TEXT_MESSAGE_END"];
  assert.deepEqual(events, ["RUN_STARTED", "STATE_SNAPSHOT", ...text, "RUN_FINISHED"]);
  assert.deepEqual(await run.result(), { threadId, runId: fake.runId, outcome: "finished" });
  const state = await client.threads.state(threadId);
  assert.deepEqual([state.values.place, said(state)], ["Rome", ["human: hello", "ai: Hello"]]);
  assert.equal((await client.runs.get(threadId, fake.runId)).status, "success");
  assert.equal((await client.threads.get(threadId)).raw.status, "idle");
});

test("a run asks, and is answered", async () => {
  const client = create();
  const run = client.runs.stream(null, "delete it");
  const threadId = await run.threadId();
  client.fake.runs[0].interrupt("Really?");
  const outcomes = [];
  for await (const event of run) if (event.type === "RUN_FINISHED") outcomes.push(event.outcome);
  assert.equal(outcomes[0].interrupts[0].metadata.value, "Really?");
  assert.equal((await run.result()).outcome, "awaiting-input");
  const { raw } = await client.threads.get(threadId);
  assert.deepEqual([raw.status, Object.values(raw.interrupts)[0][0].value], ["interrupted", "Really?"]);
  const answered = client.runs.wait(threadId, { command: { resume: "yes" } });
  await Promise.resolve(client.threads.get(threadId));
  assert.deepEqual(client.fake.runs[1].input, { command: { resume: "yes" } });
  client.fake.runs[1].text("Done.");
  client.fake.runs[1].finish();
  assert.deepEqual(said({ values: await answered }), ["human: delete it", "ai: Done."]);
});

test("runs end in every way that there is", async () => {
  const client = create();
  const start = async (input = "hello") => {
    const run = client.runs.stream(null, input);
    await run.runId();
    return [run, client.fake.runs.at(-1)];
  };
  const [failing, itsFake] = await start();
  itsFake.fail("no model");
  await assert.rejects(failing.result(), { code: "run/failed", message: /no model/ });
  await assert.rejects(client.runs.join(itsFake.threadId, itsFake.runId), { code: "run/failed" });
  assert.equal((await client.threads.state(itsFake.threadId)).tasks[0].error, "no model");
  const [cancelled, cancelledFake] = await start();
  assert.deepEqual(await cancelled.cancel(), { cancelled: true });
  assert.equal(await codeOf(cancelled.result()), "run/cancelled");
  assert.deepEqual(await client.runs.cancel(cancelledFake.threadId, cancelledFake.runId), { cancelled: false });
  assert.equal((await client.runs.list(cancelledFake.threadId)).items[0].status, "interrupted");

  // What has lost its reader goes on, and is joined.
  const [cut, fake] = await start();
  fake.text("one ");
  fake.cut();
  await assert.rejects(
    async () => {
      for await (const event of cut) void event;
    },
    { code: "stream/interrupted", retryable: true },
  );
  const [left, leftFake] = await start();
  for await (const event of left) if (event.type === "RUN_STARTED") break;
  assert.deepEqual([fake.isOver, leftFake.isOver], [false, false]);
  const joined = client.runs.joinStream(fake.threadId, fake.runId);
  fake.text("two");
  fake.finish();
  let text = "";
  for await (const { delta = "" } of joined) text += delta;
  assert.equal(text, "one two");
  assert.equal((await joined.result()).outcome, "finished");
  const [tied, tiedFake] = await start({ on_disconnect: "cancel" });
  for await (const event of tied) if (event.type === "RUN_STARTED") break;
  assert.equal(tiedFake.isOver, true);

  const giveUp = new AbortController();
  const aborted = client.runs.stream(null, "hello", giveUp);
  const waiting = client.runs.wait(null, "hello", giveUp);
  await aborted.runId();
  giveUp.abort();
  await assert.rejects(aborted.result(), { name: "AbortError" });
  await assert.rejects(waiting, { name: "AbortError" });
  assert.equal(await codeOf(client.runs.joinStream(fake.threadId, unknown).result()), "api/not-found");
  const [switched] = await start();
  client.fake.signIn("ada");
  assert.equal(await codeOf(switched.result()), "auth/identity-changed");
  assert.equal(await codeOf(client.runs.join(fake.threadId, fake.runId)), "api/not-found");
  assert.equal(await codeOf(client.runs.joinStream(null, fake.runId).result()), "api/not-found");
  const [ended] = await start();
  client.dispose();
  assert.equal(await codeOf(ended.result()), "client/disposed");
});

test("what is told to fail does so once, as the package's own errors", async () => {
  const client = create();
  client.fake.failNext("threads.create", "api/rate-limited");
  const errors = [await client.threads.create().catch((error) => error)];
  errors.push(await client.threads.get(unknown).catch((error) => error));
  assert.deepEqual(
    errors.map((error) => [error.code, error instanceof ThreadpassError]),
    [
      ["api/rate-limited", true],
      ["api/not-found", true],
    ],
  );
  const { id } = await client.threads.create();
  client.fake.failNext("runs.stream", "api/server");
  assert.equal(await codeOf(client.runs.stream(id, "x").result()), "api/server");
  assert.equal(await codeOf(client.store.get(["a"], "b")), "api/unsupported");
  assert.equal(await codeOf(client.assistants.search()), "api/unsupported");
});

withReact("an app of a LangGraph server is tested with a fake client", {}, async ({ run }) => {
  const seen = await run(async (tools) => {
    const { mount, Shell, h, testing } = await import("/react.js");
    const client = testing.createFakeClient({
      backend: "langgraph",
      threads: { user: [{ name: "Rome" }, { name: "Oslo" }], ada: [{ name: "Hers" }] },
    });
    const actions = {};
    const page = mount(() => h(Shell, { client, actions }));
    const rows = () => page.rows().join();
    await tools.until("the threads", () => rows() === "Rome,Oslo");
    const [{ id }] = actions.current.threads;
    await actions.current.rename(id, "Lyon");
    await tools.until("the new title", () => rows() === "Lyon,Oslo");
    client.fake.failNext("threads.delete", "network/failed");
    const refused = await actions.current.remove(id).then(
      () => null,
      ({ code }) => code,
    );
    const kept = rows();
    client.fake.signIn("ada");
    await tools.until("the other user's", () => rows() === "Hers");
    client.fake.setState({ status: "unauthenticated", reason: "signed-out" });
    await tools.until("nobody", () => page.text() === "signed-out");
    return { refused, kept };
  }, {});
  assert.deepEqual(seen, { refused: "network/failed", kept: "Lyon,Oslo" });
});
