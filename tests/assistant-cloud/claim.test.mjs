/** Signing in: what a visitor has begun without a name comes along. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { claimsOf, countOf, makeLab, timeout } from "./support/lab.mjs";

const claims = "POST /threads/claim";

/** Two chats of a visitor without a name. */
const begin = async (baseUrl) => {
  const { anonymous, openHistory, said } = await import("/inside.mjs");
  const client = anonymous(baseUrl);
  globalThis.client = client;
  const threads = [];
  for (const text of ["about Rome", "about Athens"]) {
    const { id } = await client.threads.create({ title: text });
    const history = openHistory(client, id, { format: "ai-sdk/v6" });
    await history.append({ parentId: null, message: said("local-1", "user", text) });
    await history.append({ parentId: "local-1", message: said("local-2", "assistant", `So, ${text}.`) });
    threads.push(id);
  }
  return threads;
};
/** Signs in with a client of its own, as after a redirect. */
const enter = async ({ baseUrl, name }) => {
  const { person } = await import("/inside.mjs");
  const client = person(baseUrl, name, { claimAnonymous: true });
  globalThis.client = client;
  globalThis.moved = [];
  client.onActivity(({ kind, moved }) => kind === "claimed" && globalThis.moved.push(moved));
  return (await client.auth.ready()).user.id;
};
/** What somebody sees: titles and messages of the threads of a kind, by id. */
const see = async (query) => {
  const { openHistory, textOf } = await import("/inside.mjs");
  const seen = {};
  for await (const { id, title } of globalThis.client.threads.list(query)) {
    const { messages } = await openHistory(globalThis.client, id, { format: "ai-sdk/v6" }).load();
    seen[id] = [title, ...messages.map(textOf)];
  }
  return seen;
};
const stored = () => Object.keys(localStorage);

describe("signing in", () => {
  const lab = makeLab();

  test("chats come along once, and what is archived stays archived after a reload", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    const name = lab.name();
    const [rome, athens] = await page.evaluate(begin, lab.baseUrl);
    const all = {
      [rome]: ["about Rome", "about Rome", "So, about Rome."],
      [athens]: ["about Athens", "about Athens", "So, about Athens."],
    };
    await page.reload();
    assert.equal(await page.evaluate(enter, { baseUrl: lab.baseUrl, name }), name);
    // The first call waits for the claim, so that nobody sees an empty list.
    assert.deepEqual(await page.evaluate(see), all);
    assert.deepEqual(await page.evaluate(() => globalThis.moved), [2]);
    assert.deepEqual(await page.evaluate(stored), [], "nobody can resume the visitor");
    const asked = lab.proxy.passed.filter(({ path }) => path.endsWith("/threads/claim"));
    assert.deepEqual(
      asked.map((one) => claimsOf(one).sub),
      [name],
    );

    await page.evaluate((id) => globalThis.client.threads.update(id, { is_archived: true }), rome);
    await page.reload();
    await page.evaluate(enter, { baseUrl: lab.baseUrl, name });
    assert.deepEqual(await page.evaluate(see), { [athens]: all[athens] });
    assert.deepEqual(await page.evaluate(see, { is_archived: true }), { [rome]: all[rome] });
    assert.equal(countOf(lab, claims), 1);
  });

  test("signing in without leaving the page claims, too", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    const name = lab.name();
    const threads = await page.evaluate(begin, lab.baseUrl);
    await page.evaluate(async (name) => {
      const { signedInAs } = await import("/inside.mjs");
      globalThis.client.auth.setCredential({ ...signedInAs(name), claimAnonymous: true });
      await globalThis.client.auth.ready();
    }, name);
    assert.deepEqual(Object.keys(await page.evaluate(see)).sort(), threads.sort());
    assert.deepEqual(await page.evaluate(stored), []);
    assert.equal(countOf(lab, claims), 1);
  });

  test("a claim that the server cannot do now is done at the next start", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    const name = lab.name();
    const threads = await page.evaluate(begin, lab.baseUrl);
    lab.proxy.rule(({ path }) => (path.endsWith("/threads/claim") ? { status: 503 } : undefined));
    await page.reload();
    await page.evaluate(enter, { baseUrl: lab.baseUrl, name });
    assert.deepEqual(await page.evaluate(see), {}, "the calls go on without it");
    assert.equal((await page.evaluate(stored)).length, 1, "the visitor is kept");
    lab.proxy.rule();
    await page.reload();
    await page.evaluate(enter, { baseUrl: lab.baseUrl, name });
    await until("the claim", async () => (await page.evaluate(stored)).length === 0);
    assert.deepEqual(Object.keys(await page.evaluate(see)).sort(), threads.sort());
  });

  test("without the option nothing is claimed", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    const threads = await page.evaluate(begin, lab.baseUrl);
    const name = lab.name();
    const seen = await page.evaluate(
      async ({ baseUrl, name }) => {
        const { idsOf, person } = await import("/inside.mjs");
        return idsOf(person(baseUrl, name));
      },
      { baseUrl: lab.baseUrl, name },
    );
    assert.deepEqual(seen, []);
    assert.equal(countOf(lab, claims), 0);
    assert.deepEqual(Object.keys(await page.evaluate(see)).sort(), threads.sort(), "they are still the visitor's");
  });
});
