/** The fake client behaves as the real one does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ThreadpassError } from "threadpass";
import { createFakeClient } from "threadpass/testing";

const codeOf = (promise) => promise.then(() => "none").catch(({ code }) => code);

test("somebody is here at once, with their threads", async () => {
  const threads = {
    user: [{ name: "new", messages: [{ role: "user", text: "hi" }] }, { name: "old" }],
    ada: [{ name: "hers" }],
  };
  const client = createFakeClient({ threads });
  assert.deepEqual(client.auth.getSnapshot().user, { id: "user" });
  const { items } = await client.threads.list();
  assert.deepEqual(
    items.map(({ title }) => title),
    ["new", "old"],
  );
  const messages = await client.messages.list(items[0].id);
  assert.equal(messages.items[0].raw.content[0].text, "hi");
  assert.equal((await client.messages.get(items[0].id, messages.items[0].id)).role, "user");
  client.fake.signIn("ada");
  const [hers] = (await client.threads.list()).items;
  assert.equal(hers.title, "hers");
  assert.equal(await codeOf(client.threads.get(items[0].id)), "api/forbidden");
  await client.threads.update(hers.id, { name: "changed" });
  assert.equal((await client.threads.get(hers.id)).title, "changed");
  await client.threads.delete(hers.id);
  await client.threads.create({ metadata: { a: 1 } });
  assert.deepEqual(
    (await client.threads.list()).items.map(({ metadata }) => metadata),
    [{ a: 1 }],
  );
  assert.deepEqual(
    client.fake.calls.map(({ name }) => name),
    [
      ...["threads.list", "messages.list", "messages.get", "threads.list", "threads.get", "threads.update"],
      ...["threads.get", "threads.delete", "threads.create", "threads.list"],
    ],
  );
  assert.deepEqual(client.fake.calls[5].args, [hers.id, { name: "changed" }]);
});

test("states are told in order, and calls follow them", async () => {
  const client = createFakeClient({ state: { status: "unauthenticated", reason: "no-user" } });
  const seen = [];
  client.auth.onChange(({ status }, { cause }) => seen.push(`${status} ${cause}`));
  assert.equal(await codeOf(client.threads.list()), "auth/not-signed-in");
  client.fake.setState({ status: "exchanging", attempt: 1, user: null, generation: 1 });
  const waiting = client.threads.list();
  const isWaiting = await Promise.race([
    Promise.resolve(waiting).then(() => false),
    new Promise((r) => setTimeout(r, 20, true)),
  ]);
  assert.equal(isWaiting, true);
  client.fake.setState({ status: "identified", source: "anonymous", user: null, generation: 1, refreshError: null });
  assert.deepEqual((await waiting).items, []);
  assert.equal(await client.auth.getToken(), null);
  const error = new ThreadpassError("network/failed", "no network");
  client.fake.setState({ status: "error", error, retryAtMs: null, user: null, generation: 1 });
  assert.equal(await codeOf(client.threads.list()), "network/failed");
  await client.auth.signOut();
  client.auth.setCredential({ userToken: "x" });
  const pending = codeOf(client.auth.ready());
  client.fake.signIn({ id: "ada", email: "ada@example.com" });
  assert.equal(await pending, "none");
  assert.deepEqual(seen, [
    "unauthenticated current",
    "exchanging fake",
    "identified fake",
    "error fake",
    "unauthenticated sign-out",
    "exchanging credential",
    "identified fake",
  ]);
  assert.equal(client.auth.getSnapshot().generation, 3);
});

test("a run is in the test's hand", async () => {
  const client = createFakeClient();
  const run = client.runs.stream(null, "hello");
  const events = [];
  const reading = (async () => {
    for await (const { type, delta } of run) events.push(delta ?? type);
  })();
  const threadId = await run.threadId();
  const [fake] = client.fake.runs;
  assert.deepEqual([fake.threadId, fake.input, fake.isOver], [threadId, "hello", false]);
  assert.equal(await codeOf(client.runs.stream(threadId, "too early").result()), "api/conflict");
  fake.text("Hel");
  fake.text("lo");
  fake.push({ type: "CUSTOM", name: "x" });
  fake.finish();
  await reading;
  const all = ["RUN_STARTED", "TEXT_MESSAGE_START", "Hel", "lo", "CUSTOM", "TEXT_MESSAGE_END", "RUN_FINISHED"];
  assert.deepEqual(events, all);
  assert.deepEqual(await run.result(), { threadId, runId: fake.runId, outcome: "finished" });
  const { items } = await client.messages.list(threadId);
  assert.deepEqual(
    items.map(({ raw }) => raw.content[0].text),
    ["hello", "Hello"],
  );
});

test("runs end in every way that there is", async () => {
  const client = createFakeClient();
  const start = async () => {
    const run = client.runs.stream(null, "hello");
    await run.runId();
    return [run, client.fake.runs.at(-1)];
  };
  const [failing, itsFake] = await start();
  itsFake.fail("no model");
  await assert.rejects(failing.result(), { code: "run/failed", message: /no model/ });
  const [cut, cutFake] = await start();
  cutFake.cut();
  await assert.rejects(
    async () => {
      for await (const event of cut) void event;
    },
    { code: "stream/interrupted" },
  );
  const [cancelled] = await start();
  assert.deepEqual(await cancelled.cancel(), { cancelled: true });
  assert.equal(await codeOf(cancelled.result()), "run/cancelled");
  const [left, leftFake] = await start();
  for await (const event of left) if (event.type === "RUN_STARTED") break;
  assert.equal(leftFake.isOver, true);
  const giveUp = new AbortController();
  const aborted = client.runs.stream(null, "hello", giveUp);
  await aborted.runId();
  giveUp.abort();
  await assert.rejects(aborted.result(), { name: "AbortError" });
  const [switched] = await start();
  client.fake.signIn("ada");
  assert.equal(await codeOf(switched.result()), "auth/identity-changed");
  const [ended] = await start();
  client.dispose();
  assert.equal(await codeOf(ended.result()), "client/disposed");
  assert.equal(await codeOf(client.threads.list()), "client/disposed");
});

test("what is told to fail does so once, as the package's own errors", async () => {
  const client = createFakeClient();
  client.fake.failNext("threads.create", "api/rate-limited");
  const error = await client.threads.create().catch((error) => error);
  assert.ok(error instanceof ThreadpassError);
  assert.equal(error.code, "api/rate-limited");
  await client.threads.create();
  client.fake.failNext("runs.stream", "api/server");
  assert.equal(await codeOf(client.runs.stream(null, "x").result()), "api/server");
  assert.equal(await codeOf(client.fetch("/v1/threads")), "api/unsupported");
});
