/** One user after another, and tokens that belong to neither. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { claimsOf, gate, makeLab, timeout } from "./support/lab.mjs";

/** Signs somebody in, with a client that stays, and makes a thread. */
const enter = async ({ baseUrl, name }) => {
  const { person } = await import("/inside.mjs");
  globalThis.user = name;
  const client = person(baseUrl, name, { authToken: () => globalThis.tokenOf(globalThis.user), retries: 0 });
  globalThis.client = client;
  return (await client.threads.create({ title: name })).id;
};
const listed = async () => (await import("/inside.mjs")).idsOf(globalThis.client);

describe("one user after another", () => {
  const lab = makeLab();

  /** The server's own token for somebody, as it comes back with an answer to the sign-in's. */
  const exchanged = async (name) => {
    const headers = { authorization: `Bearer ${await lab.issuer.tokenOf(name)}` };
    const { headers: answered } = await fetch(`${lab.direct}/v1/threads`, { headers });
    return String(answered.get("authorization"));
  };

  for (const [what, swap] of /** @type {const} */ ([
    ["of somebody else", exchanged],
    ["that is none", async () => "Bearer no-token"],
    ["of another scheme", async () => "Basic YWxpY2U6c2VjcmV0"],
  ]))
    test(`a token ${what} in an answer is ignored, and the call succeeds`, { timeout }, async (t) => {
      lab.fresh();
      const page = await lab.page(t);
      const [alice, bob] = [lab.name(), lab.name()];
      const foreign = await swap(bob);
      let swapped = 0;
      lab.proxy.rule(() => ({
        answered(headers) {
          if (!headers.authorization) return headers;
          swapped++;
          return { ...headers, authorization: foreign };
        },
      }));
      const mine = await page.evaluate(enter, { baseUrl: lab.baseUrl, name: alice });
      assert.deepEqual(await page.evaluate(listed), [mine]);
      assert.equal(await page.evaluate(() => globalThis.client.auth.getSnapshot().user.id), alice);
      assert.ok(swapped >= 2, "it was offered");
      assert.ok(!lab.proxy.passed.some(({ headers }) => headers.authorization === foreign));
      assert.deepEqual([...new Set(lab.proxy.passed.map((one) => claimsOf(one).sub))], [alice]);
    });

  test("after alice has left for bob, no request carries a token of hers", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    const [alice, bob] = [lab.name(), lab.name()];
    const hers = await page.evaluate(enter, { baseUrl: lab.baseUrl, name: alice });
    await page.evaluate(listed);
    assert.ok(
      lab.proxy.passed.some((one) => claimsOf(one).workspace_id),
      "she has a token of the server's",
    );

    // Two calls of hers are on their way when she leaves: one whose answer is late, and one that is repeated by itself.
    const answer = gate();
    lab.proxy.rule(async ({ path }) => {
      if (!path.includes("limit=7")) return undefined;
      await answer.opened;
      return { answered: (headers) => ({ ...headers, authorization: late }) };
    });
    const late = await exchanged(alice);
    await page.evaluate(async () => {
      const { codeOf } = await import("/inside.mjs");
      const { client } = globalThis;
      globalThis.lost = Promise.all([
        codeOf(client.threads.list({ limit: 7 })),
        codeOf(client.threads.list({ limit: 7, is_archived: true })),
      ]);
    });
    await until("her calls", () => lab.proxy.passed.filter(({ path }) => path.includes("limit=7")).length === 2);
    const before = lab.proxy.passed.length;
    await page.evaluate((name) => {
      globalThis.user = name;
      globalThis.client.auth.invalidate();
    }, bob);
    const began = page.evaluate(async (name) => (await globalThis.client.threads.create({ title: name })).id, bob);
    answer.open();
    const his = await began;
    assert.deepEqual(await page.evaluate(() => globalThis.lost), ["auth/identity-changed", "auth/identity-changed"]);
    for (let count = 0; count < 5; count++) assert.deepEqual(await page.evaluate(listed), [his]);
    assert.notEqual(his, hers);
    assert.equal(await page.evaluate(() => globalThis.client.auth.getSnapshot().user.id), bob);

    const after = lab.proxy.passed.slice(before);
    assert.ok(after.length >= 6);
    assert.deepEqual([...new Set(after.map((one) => claimsOf(one).sub))], [bob]);
    assert.ok(
      after.some((one) => claimsOf(one).workspace_id),
      "he has a token of the server's, too",
    );
  });

  test("whoever signs out leaves nothing", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    await page.evaluate(enter, { baseUrl: lab.baseUrl, name: lab.name() });
    await page.evaluate(() => globalThis.client.auth.signOut());
    const left = await page.evaluate(async () => {
      const { codeOf, kept } = await import("/inside.mjs");
      const { client } = globalThis;
      return { kept: await kept(), token: client.auth.peekToken(), call: await codeOf(client.threads.list()) };
    });
    assert.deepEqual(left, {
      kept: { local: [], session: [], cookies: "", databases: [], caches: [] },
      token: null,
      call: "auth/not-signed-in",
    });
  });
});
