/** Visitors without a name: one identity for a browser, until they are forgotten. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { countOf, gate, makeLab, timeout } from "./support/lab.mjs";

const minted = "POST /auth/tokens/anonymous";
const refreshed = "POST /auth/tokens/refresh";

/** Makes a client that stays, and a thread; answers both the visitor and the thread. */
const arrive = async (baseUrl) => {
  const { anonymous } = await import("/inside.mjs");
  const client = anonymous(baseUrl);
  globalThis.client = client;
  const { id } = await client.threads.create();
  return { thread: id, user: client.auth.getSnapshot().user.id };
};
const listed = async () => {
  const { idsOf } = await import("/inside.mjs");
  return (await idsOf(globalThis.client)).sort();
};
const queued = async () => {
  const { held, pending } = await navigator.locks.query();
  return { held: held.map(({ name }) => name), pending: pending.map(({ name }) => name) };
};

describe("visitors without a name", () => {
  const lab = makeLab();

  test("two tabs that start at once share one identity", { timeout }, async (t) => {
    lab.fresh();
    const one = await lab.page(t);
    const two = await lab.page(t, one.context());
    const answer = gate();
    lab.proxy.rule(async ({ path }) => {
      if (path.endsWith("/auth/tokens/anonymous")) await answer.opened;
      return undefined;
    });
    const first = one.evaluate(arrive, lab.baseUrl);
    await until("the first tab's request", () => countOf(lab, minted) === 1);
    const second = two.evaluate(arrive, lab.baseUrl);
    const lock = `assistant-cloud:anonymous-auth:${lab.baseUrl}`;
    await until("the second tab to wait", async () => (await two.evaluate(queued)).pending.includes(lock));
    assert.deepEqual((await two.evaluate(queued)).held, [lock]);
    answer.open();
    const [at, too] = await Promise.all([first, second]);
    assert.equal(at.user, too.user);
    assert.match(at.user, /^usr_anon_0/);
    assert.deepEqual([countOf(lab, minted), countOf(lab, refreshed)], [1, 1]);
    const both = [at.thread, too.thread].sort();
    for (const tab of [one, two]) assert.deepEqual(await tab.evaluate(listed), both);
  });

  test("two clients of one page share one request", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    const users = await page.evaluate(async (baseUrl) => {
      const { anonymous } = await import("/inside.mjs");
      const clients = [anonymous(baseUrl), anonymous(baseUrl)];
      const states = await Promise.all(clients.map(({ auth }) => auth.ready()));
      return states.map(({ user }) => user.id);
    }, lab.baseUrl);
    assert.equal(users[0], users[1]);
    assert.deepEqual([countOf(lab, minted), countOf(lab, refreshed)], [1, 0]);
  });

  test("a reload is the same visitor, and another browser is another one", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    const before = await page.evaluate(arrive, lab.baseUrl);
    await page.reload();
    const after = await page.evaluate(arrive, lab.baseUrl);
    assert.equal(after.user, before.user);
    assert.deepEqual(await page.evaluate(listed), [before.thread, after.thread].sort());
    assert.deepEqual([countOf(lab, minted), countOf(lab, refreshed)], [1, 1]);
    const elsewhere = await lab.page(t);
    const other = await elsewhere.evaluate(arrive, lab.baseUrl);
    assert.notEqual(other.user, before.user);
    assert.deepEqual(await elsewhere.evaluate(listed), [other.thread]);
  });

  test("whoever is forgotten leaves nothing, and comes back as somebody else", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    const before = await page.evaluate(arrive, lab.baseUrl);
    const kept = async () => (await import("/inside.mjs")).kept();
    assert.deepEqual((await page.evaluate(kept)).local, [`aui:refresh_token:${lab.baseUrl}`]);
    await page.evaluate(() => globalThis.client.auth.signOut());
    assert.deepEqual(await page.evaluate(kept), { local: [], session: [], cookies: "", databases: [], caches: [] });
    assert.equal(await page.evaluate(() => globalThis.client.auth.peekToken()), null);
    await page.reload();
    const after = await page.evaluate(arrive, lab.baseUrl);
    assert.notEqual(after.user, before.user);
    assert.deepEqual(await page.evaluate(listed), [after.thread]);
    assert.deepEqual([countOf(lab, minted), countOf(lab, refreshed)], [2, 0]);
  });
});
