/** The fake Assistant Cloud, with the real client and with the vendor's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AssistantCloud, CloudMessagePersistence } from "assistant-cloud";
import { createClient } from "threadpass";
import { openHistory } from "threadpass/assistant-cloud";
import { createFakeBackend } from "threadpass/testing";
import { withReact } from "../support/versions.mjs";

const codeOf = (promise) => promise.then(() => "none").catch(({ code }) => code);

/** A project, and clients that end with the test. */
function stage(t, options) {
  const backend = createFakeBackend({ backend: "assistant-cloud", ...options });
  const open = (credential) => {
    const client = createClient({ ...backend.options, retries: 0, ...credential });
    t.after(() => client.dispose());
    return client;
  };
  const as = (name) => open({ authToken: () => backend.tokenFor(name) });
  return { backend, open, as };
}

const titles = ({ items }) => items.map(({ title }) => title);

test("everybody has threads of their own, in pages and on two sides", async (t) => {
  const { backend, as } = stage(t);
  for (let n = 1; n <= 25; n += 1) backend.addThread("ada", { name: `${n}`, archived: n % 5 === 0 });
  backend.addThread("bob", { name: "other" });
  const { threads } = as("ada");
  const page = await threads.list({ limit: 15 });
  assert.deepEqual([page.items.length, page.hasMore, page.items[0].title], [15, true, "24"]);
  assert.equal((await page.next()).items.length, 5);
  assert.deepEqual(titles(await threads.list({ is_archived: true })), ["25", "20", "15", "10", "5"]);
  const [theirs] = backend.threadsOf("bob");
  await assert.rejects(threads.get(theirs.id), { code: "api/not-found", status: 404 });
  const { id } = await threads.create({ title: "Rome" });
  await threads.update(id, { title: "Lyon", metadata: { kept: "1" } });
  const { title, metadata, archived } = await threads.get(id);
  assert.deepEqual([title, metadata, archived], ["Lyon", { kept: "1" }, false]);
  await threads.delete(id);
  assert.equal(await codeOf(threads.get(id)), "api/not-found");
});

test("somebody without a name signs in and keeps their threads", async (t) => {
  const { backend, open } = stage(t);
  const client = open({ anonymous: { persist: "memory" } });
  await client.threads.create({ title: "Mine" });
  client.auth.setCredential({ authToken: () => backend.tokenFor("ada"), claimAnonymous: { persist: "memory" } });
  assert.deepEqual(titles(await client.threads.list()), ["Mine"]);
  assert.deepEqual(
    backend.threadsOf("ada").map(({ title }) => title),
    ["Mine"],
  );
  const claims = backend.requests.filter(({ path }) => path === "/v1/threads/claim");
  assert.deepEqual(claims, [{ method: "POST", path: "/v1/threads/claim", userId: "ada", status: 200 }]);
});

test("a history comes back, for the vendor's client as well", async (t) => {
  const { backend, as } = stage(t);
  const client = as("ada");
  const { id } = await client.threads.create();
  const history = openHistory(client, id, { format: "ai-sdk/v6" });
  for (let n = 0; n < 205; n += 1)
    await history.append({
      parentId: n ? `m${n - 1}` : null,
      message: { id: `m${n}`, role: "user", parts: [{ type: "text", text: `${n}` }] },
    });
  const { messages } = await openHistory(client, id, { format: "ai-sdk/v6" }).load();
  const texts = messages.map(({ message }) => message.parts[0].text);
  assert.deepEqual(
    texts,
    Array.from({ length: 205 }, (_, n) => `${n}`),
  );
  assert.equal(await client.runs.title(id, []).text(), "0");

  const original = globalThis.fetch;
  t.after(() => (globalThis.fetch = original));
  globalThis.fetch = backend.fetch;
  const cloud = new AssistantCloud({
    baseUrl: backend.options.baseUrl,
    authToken: async () => backend.tokenFor("ada"),
    telemetry: false,
  });
  const loaded = await new CloudMessagePersistence(cloud).load(id, "ai-sdk/v6");
  assert.deepEqual(
    loaded.map(({ content }) => content.parts[0].text),
    [...texts].reverse(),
  );
  const { threads } = await cloud.threads.list();
  assert.deepEqual(
    threads.map((thread) => thread.id),
    [id],
  );
});

test("tokens end, and what is told to fail does so once", async (t) => {
  const { backend, as, open } = stage(t);
  const client = as("ada");
  await client.threads.list();
  const first = await client.auth.getToken();
  backend.revoke();
  await client.threads.list();
  assert.notEqual(await client.auth.getToken(), first);
  assert.deepEqual(
    backend.requests.map(({ userId, status }) => `${userId} ${status}`),
    ["ada 200", "null 401", "ada 200"],
  );
  assert.doesNotMatch(JSON.stringify(backend.requests), /eyJ/);
  backend.failNext("POST", "/v1/threads", 402, "plan_limit_reached");
  await assert.rejects(client.threads.create(), { code: "api/payment-required", message: /plan_limit_reached/ });
  assert.equal((await client.threads.create()).title, null);
  backend.failNext("POST", "/v1/auth/tokens/anonymous", 403, "Anonymous access is disabled");
  const nobody = open({ anonymous: { persist: "memory" }, onWarning: () => {} });
  assert.equal(await codeOf(nobody.threads.list()), "auth/anonymous-refused");
});

withReact("the fake project stands behind a page's requests", {}, async ({ run, page }) => {
  const backend = createFakeBackend({ backend: "assistant-cloud" });
  for (const name of ["Bern", "Oslo", "Rome"]) backend.addThread("ada", { name });
  const { baseUrl } = backend.options;
  await page.route(`${baseUrl}/**`, backend.route);
  const seen = await run(
    async (tools, { token, ...options }) => {
      const { mount, Shell, h } = await import("/react.js");
      const client = tools.open({ ...options, apiKey: undefined, authToken: () => token });
      const actions = {};
      mount(() => h(Shell, { client, actions }));
      await tools.until("the threads", () => actions.current?.status === "ready");
      return actions.current.threads.map(({ title }) => title);
    },
    { backend: "assistant-cloud", baseUrl, token: backend.tokenFor("ada") },
  );
  assert.deepEqual(seen, ["Rome", "Oslo", "Bern"]);
});
