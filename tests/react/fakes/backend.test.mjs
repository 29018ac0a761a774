/** The fake backend, with the real client. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "threadpass";
import { createFakeBackend } from "threadpass/testing";

const codeOf = (promise) => promise.then(() => "none").catch(({ code }) => code);

/** A backend, and clients that end with the test. */
function stage(t, options) {
  const backend = createFakeBackend(options);
  const open = (credential) => {
    const client = createClient({ ...backend.options, retries: 0, ...credential });
    t.after(() => client.dispose());
    return client;
  };
  const as = (name) => open({ userToken: () => backend.tokenFor(name) });
  return { backend, open, as };
}

const titles = (items) => items.map(({ title }) => title);

test("everybody has threads of their own, by token, by key and anonymously", async (t) => {
  const { backend, open, as } = stage(t);
  for (const [name, title] of [
    ["ada", "first"],
    ["ada", "second"],
    ["bob", "other"],
  ])
    backend.addThread(name, { name: title });
  assert.deepEqual(titles((await as("ada").threads.list()).items), ["second", "first"]);
  const key = open({ userKey: "bob", onWarning: () => {} });
  const { items } = await key.threads.list();
  assert.deepEqual(titles(items), ["other"]);
  assert.equal(await codeOf(as("ada").threads.get(items[0].id)), "api/forbidden");
  const nobody = open({ anonymous: { persist: "memory" } });
  assert.deepEqual((await nobody.threads.list()).items, []);
  const made = await nobody.threads.create({ metadata: { a: 1 } });
  assert.deepEqual(titles((await nobody.threads.list()).items), [null]);
  assert.deepEqual((await nobody.threads.update(made.id, { name: "mine" })).metadata, { a: 1 });
  await nobody.threads.delete(made.id);
  assert.equal(await codeOf(nobody.threads.get(made.id)), "api/forbidden");
});

test("lists have pages", async (t) => {
  const { backend, as } = stage(t);
  for (let n = 1; n <= 45; n++) backend.addThread("ada", { name: `${n}` });
  const client = as("ada");
  const page = await client.threads.list();
  assert.deepEqual([page.items.length, page.hasMore, page.items[0].title], [20, true, "45"]);
  const all = [];
  for await (const { title } of client.threads.list({ limit: 7 })) all.push(Number(title));
  assert.deepEqual(
    all,
    Array.from({ length: 45 }, (_, n) => 45 - n),
  );
  assert.equal(await codeOf(client.threads.list({ limit: 101 })), "api/bad-request");
  // A page begins where the last one ended, whatever has gone since.
  await client.threads.delete(page.items[3].id);
  assert.equal((await page.next()).items[0].title, "25");
});

test("a run streams its reply, and stands in the thread", async (t) => {
  const { backend, as } = stage(t, {
    reply: ({ text, userId, messages }) => `${userId} said ${text} (${messages.length})`,
  });
  const { runs, messages, threads } = as("ada");
  const run = runs.stream(null, "hello there");
  const events = [];
  for await (const event of run) events.push(event);
  const { threadId } = await run.result();
  assert.deepEqual(
    events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]),
    ["RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END", "RUN_FINISHED"],
  );
  assert.equal(events.map(({ delta = "" }) => delta).join(""), "ada said hello there (0)");
  await runs.stream(threadId, "again").result();
  const { items } = await messages.list(threadId);
  assert.deepEqual(
    items.map(({ role, raw }) => `${role}: ${raw.content[0].text}`),
    ["user: hello there", "assistant: ada said hello there (0)", "user: again", "assistant: ada said again (2)"],
  );
  assert.equal((await messages.get(threadId, items[0].id)).role, "user");
  assert.equal(
    (await messages.list(threadId, { order: "desc", limit: 1 })).items[0].raw.content[0].text,
    "ada said again (2)",
  );
  assert.equal((await threads.get(threadId)).raw.messages.length, 4);
  assert.equal(backend.threadsOf("ada")[0].runStatus, "idle");
});

test("a reply may be pieces and events, may fail, and may never end", async (t) => {
  const replies = {
    pieces: () => ["a", { type: "CUSTOM", name: "x", value: 1 }, "b"],
    fails: () => {
      throw new Error("no model today");
    },
    async *endless() {
      yield "well";
      await new Promise(() => {});
    },
  };
  const { backend, as } = stage(t, { reply: ({ text }) => replies[text]() });
  const { runs, threads } = as("ada");
  const types = [];
  for await (const { type } of runs.stream(null, "pieces")) types.push(type);
  assert.deepEqual(types.slice(2, 5), ["TEXT_MESSAGE_CONTENT", "CUSTOM", "TEXT_MESSAGE_CONTENT"]);
  await assert.rejects(runs.stream(null, "fails").result(), { code: "run/failed", message: /no model today/ });

  const run = runs.stream(null, "endless");
  const seen = [];
  for await (const { type } of run) {
    seen.push(type);
    if (type !== "TEXT_MESSAGE_CONTENT") continue;
    const id = await run.threadId();
    assert.equal(await codeOf(runs.stream(id, "pieces").result()), "api/conflict");
    assert.deepEqual(await run.cancel(), { cancelled: true });
  }
  assert.equal(seen.at(-1), "RUN_ERROR");
  assert.equal(await codeOf(run.result()), "run/cancelled");

  for await (const { type } of runs.stream(null, "endless")) if (type === "TEXT_MESSAGE_CONTENT") break;
  const [left] = backend.threadsOf("ada");
  assert.deepEqual([left.runStatus, left.lastRunCancelled], ["idle", true], "leaving the loop cancels the run");
  assert.equal((await threads.get(left.id)).raw.messages.at(-1).isCancelled, true);
});

test("tokens end and are taken back, and are never told", async (t) => {
  const { backend, as } = stage(t);
  const client = as("ada");
  const first = await client.auth.getToken();
  await client.threads.list();
  backend.revoke();
  await client.threads.list();
  assert.notEqual(await client.auth.getToken(), first);
  assert.deepEqual(
    backend.requests.map(({ method, path, userId, status }) => `${method} ${path} ${userId} ${status}`),
    [
      "POST /oauth/token null 201",
      "GET /v1/threads ada 200",
      "GET /v1/threads null 401",
      "POST /oauth/token null 201",
      "GET /v1/threads ada 200",
    ],
  );
  assert.doesNotMatch(JSON.stringify(backend.requests), /fake-session|eyJ|tambo_fake/);
});

test("what is told to fail does so once", async (t) => {
  const { backend, open, as } = stage(t);
  const client = as("ada");
  backend.failNext("POST", "/v1/threads", 500, "broken");
  await assert.rejects(client.threads.create(), { code: "api/server", status: 500 });
  await client.threads.create();
  backend.failNext("POST", "/oauth/token", 401);
  const token = backend.tokenFor("bob");
  const other = open({ userToken: () => token });
  assert.equal(await codeOf(other.auth.ready()), "auth/exchange-rejected");
  const stranger = createClient({ ...backend.options, apiKey: "tambo_other", userKey: "ada", onWarning: () => {} });
  t.after(() => stranger.dispose());
  assert.equal(await codeOf(stranger.threads.list()), "api/forbidden");
  await assert.rejects(backend.fetch("https://example.com/v1/threads"), TypeError);
  assert.equal(await codeOf(open({ userToken: () => "opaque" }).auth.ready()), "auth/exchange-rejected");
});
