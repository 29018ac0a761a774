/** The fake client of Assistant Cloud behaves as the real one does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateThreadTitle, openHistory } from "threadpass/assistant-cloud";
import { createFakeClient } from "threadpass/testing";
import { withReact } from "../support/versions.mjs";

const codeOf = (promise) => promise.then(() => "none").catch(({ code }) => code);
const create = (options) => createFakeClient({ backend: "assistant-cloud", ...options });
const titles = ({ items }) => items.map(({ title }) => title);
const say = (id, text, role = "user") => ({ id, role, parts: [{ type: "text", text }] });

test("somebody is here at once, with their threads, archived ones apart", async () => {
  const threads = {
    user: [
      { name: "new", messages: [{ role: "user", text: "hi" }] },
      { name: "old" },
      { name: "put away", archived: true },
    ],
    ada: [{ name: "hers" }],
  };
  const client = create({ threads });
  assert.equal(client.backend, "assistant-cloud");
  assert.equal(client.auth.getSnapshot().source, "authToken");
  const page = await client.threads.list();
  assert.deepEqual(titles(page), ["new", "old"]);
  assert.deepEqual(titles(await client.threads.list({ is_archived: true })), ["put away"]);
  const [first, second] = page.items;
  await client.threads.update(second.id, { is_archived: true, title: null });
  assert.deepEqual(titles(await client.threads.list({ is_archived: true })), [null, "put away"]);
  const { archived, raw } = await client.threads.get(second.id);
  assert.deepEqual([archived, raw.is_archived, raw.workspace_id], [true, true, "user"]);
  await client.threads.delete(first.id);
  assert.equal(await codeOf(client.threads.get(first.id)), "api/not-found");
  client.fake.signIn("ada");
  assert.equal(await codeOf(client.threads.get(second.id)), "api/not-found");
  assert.deepEqual(await client.threads.claim("user"), { moved: 2 });
  assert.deepEqual(await client.threads.claim("user"), { moved: 0 });
  assert.deepEqual(titles(await client.threads.list()), ["hers"]);
  assert.equal((await client.threads.list({ is_archived: true })).items.length, 2);
  assert.equal(client.fake.calls.at(-1).name, "threads.list");
});

test("a thread is there once for each id of the app's own", async () => {
  const client = create();
  const { id } = await client.threads.create({ external_id: "order-1", title: "An order" });
  assert.equal(await codeOf(client.threads.create({ external_id: "order-1" })), "api/conflict");
  assert.equal((await client.threads.create({ external_id: "order-1", upsert: true })).id, id);
  assert.deepEqual(titles(await client.threads.list({ external_id: "order-1" })), ["An order"]);
  assert.deepEqual(titles(await client.threads.list({ external_id: "order-2" })), []);
});

test("a history is kept, with its branches", async () => {
  const client = create({ threads: { user: [{}] } });
  const [{ id }] = (await client.threads.list()).items;
  const history = openHistory(client, id, { format: "ai-sdk/v6" });
  const asked = history.append({ parentId: null, message: say("local-1", "Capital of Portugal?") });
  await history.append({ parentId: "local-1", message: say("local-2", "Lisbon", "assistant") });
  await asked;
  await history.append({ parentId: "local-1", message: say("local-3", "Porto?", "assistant") });
  await history.update({ message: say("local-3", "Lisboa", "assistant") });
  // A second time is the first one.
  await openHistory(client, id, { format: "ai-sdk/v6" }).append({
    parentId: null,
    message: say("local-1", "Capital?"),
  });

  const { messages: loaded } = await openHistory(client, id, { format: "ai-sdk/v6" }).load();
  assert.deepEqual(
    loaded.map(({ message }) => message.parts[0].text),
    ["Capital?", "Lisbon", "Lisboa"],
  );
  const root = loaded[0].message.id;
  assert.deepEqual(
    loaded.map(({ parentId }) => parentId),
    [null, root, root],
  );
  const { items } = await client.messages.list(id, { limit: 2 });
  assert.deepEqual(
    items.map(({ raw }) => raw.height),
    [1, 1],
  );
  const all = [];
  for await (const { role } of client.messages.list(id, { limit: 2 })) all.push(role);
  assert.deepEqual(all, ["assistant", "assistant", "user"]);
  assert.equal(
    await codeOf(client.messages.create(id, { parent_id: "msg_none", format: "x", content: {} })),
    "api/bad-request",
  );
  const { type } = await client.messages.feedback(id, root, { type: "positive" });
  assert.equal(type, "positive");

  assert.equal(
    await generateThreadTitle(client, id, [{ role: "user", content: [{ type: "text", text: "Capital?" }] }]),
    "Capital?",
  );
  assert.equal((await client.threads.get(id)).title, "Capital?");
});

test("what it does not have, and what is told to fail", async () => {
  const client = create({ threads: { user: [{}] } });
  for (const call of [
    client.files.presignUpload({ filename: "a.png" }),
    client.scores.create({ name: "x", data_type: "boolean", value: true }),
    client.projects.threads.list(),
    client.fetch("https://threadpass.test"),
  ])
    assert.equal(await codeOf(call), "api/unsupported");
  client.fake.failNext("threads.list", "api/rate-limited");
  assert.equal(await codeOf(client.threads.list()), "api/rate-limited");
  assert.equal((await client.threads.list()).items.length, 1);
  const pending = client.threads.create();
  client.fake.signIn("ada");
  assert.equal(await codeOf(pending), "auth/identity-changed");
});

withReact("an app of Assistant Cloud is tested with a fake client", {}, async ({ run }) => {
  const seen = await run(async (tools) => {
    const { mount, Shell, h, testing } = await import("/react.js");
    const client = testing.createFakeClient({
      backend: "assistant-cloud",
      threads: { user: [{ name: "Rome" }, { name: "Oslo" }], ada: [{ name: "Hers" }] },
    });
    const actions = {};
    const page = mount(() => h(Shell, { client, actions }));
    const rows = () => page.rows().join();
    await tools.until("the threads", () => rows() === "Rome,Oslo");
    const [{ id }] = actions.current.threads;
    await actions.current.rename(id, "Lyon");
    await tools.until("the new title", () => rows() === "Lyon,Oslo");
    client.fake.signIn("ada");
    await tools.until("the other user's", () => rows() === "Hers");
    client.fake.failNext("threads.delete", "network/failed");
    const [{ id: hers }] = actions.current.threads;
    const refused = await actions.current.remove(hers).then(
      () => null,
      ({ code }) => code,
    );
    return { refused, kept: rows() };
  }, {});
  assert.deepEqual(seen, { refused: "network/failed", kept: "Hers" });
});
