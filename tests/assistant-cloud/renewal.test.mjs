/** Tokens of a few seconds: a page that goes on for several of their lives, and no call that fails. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startProxy } from "../langgraph/support/proxy.mjs";
import { claimsOf, countOf, makeLab, timeout } from "./support/lab.mjs";

/** Of the backend's own tokens, in seconds. Theirs are five minutes. */
const lifetime = 8;
const renewals = 5;

/** Has the client made, and watches the tokens that it sends. */
const begin = async ({ who, ...given }) => {
  const made = await import("/inside.mjs");
  const watched = { used: new Set(), refused: 0, states: [] };
  const fetching = async (request) => {
    const token = request.headers.get("authorization")?.replace("Bearer ", "");
    if (token && JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).workspace_id)
      watched.used.add(token);
    const response = await fetch(request);
    if (response.status === 401) watched.refused++;
    return response;
  };
  const more = { retries: 0, fetch: fetching };
  const client = who === "anonymous" ? made.anonymous(given.baseUrl, more) : made.person(given.baseUrl, who, more);
  Object.assign(globalThis, { client, watched });
  const { generation } = await client.auth.ready();
  client.auth.onChange(({ status }) => watched.states.push(status));
  return generation;
};
/**
 * Calls on and on until so many of the server's tokens have been renewed before their end. No call may fail. On a busy machine
 * a token may end on its way; then the call is made again with another, and that renewal does not count.
 */
const goOn = async (renewals) => {
  const { client, watched } = globalThis;
  while (watched.used.size - 1 - watched.refused < renewals) {
    await client.threads.list({ limit: 1 });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { generation: client.auth.getSnapshot().generation, states: watched.states };
};

describe("tokens that end soon", { concurrency: true }, () => {
  const lab = makeLab({ lifetime });

  /** A way to the backend of a test's own, because both go on at once. */
  const way = async (t) => {
    const proxy = await startProxy(lab.cloud.url);
    t.after(() => proxy.stop());
    return { proxy, baseUrl: `${proxy.url}/assistant-cloud` };
  };
  const assertRenewed = ({ proxy }, told, generation) => {
    assert.equal(told.generation, generation, "it is the same user all along");
    assert.deepEqual(told.states, ["identified"], "and nobody has to render anything");
    const answered = proxy.passed.filter(({ status }) => status !== null);
    const failed = answered.filter(({ status }) => status >= 300 && status !== 401);
    assert.deepEqual(
      failed.map(({ method, path, status }) => `${method} ${path} ${status}`),
      [],
    );
    const workspace = answered.map(claimsOf).filter((claims) => claims?.workspace_id);
    for (const { iat, exp } of workspace) assert.equal(exp - iat, lifetime);
  };

  test("a visitor's token is renewed again and again", { timeout }, async (t) => {
    const mine = await way(t);
    const page = await lab.page(t);
    const generation = await page.evaluate(begin, { who: "anonymous", baseUrl: mine.baseUrl });
    assertRenewed(mine, await page.evaluate(goOn, renewals), generation);
    assert.equal(countOf(mine, "POST /auth/tokens/anonymous"), 1);
    assert.ok(countOf(mine, "POST /auth/tokens/refresh") >= renewals);
  });

  test("a user's token is exchanged by the server again and again", { timeout }, async (t) => {
    const mine = await way(t);
    const page = await lab.page(t);
    const generation = await page.evaluate(begin, { who: lab.name(), baseUrl: mine.baseUrl });
    assertRenewed(mine, await page.evaluate(goOn, renewals), generation);
    const bySignIn = mine.proxy.passed.filter((one) => claimsOf(one)?.iss === lab.issuer.url);
    assert.ok(bySignIn.length >= renewals, "each exchange was asked for with the sign-in's own token");
    assert.ok(bySignIn.length < mine.proxy.passed.length / 2, "the other calls went with the server's");
  });
});
