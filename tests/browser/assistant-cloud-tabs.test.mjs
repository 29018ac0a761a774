/** One anonymous identity in several clients, tabs and storages, and its end. */
import assert from "node:assert/strict";
import { evenLater, keyOf, mint, recordOf, refresh, routes, subOf } from "./support/anonymous.mjs";
import { inBrowsers, inChromium } from "./support/everywhere.mjs";

/** Clients that stay, for the steps of a test. */
const openHere = ({ createClient }, { url, anonymous = true, count = 1, timeouts }) => {
  const options = { backend: "assistant-cloud", baseUrl: url, anonymous, timeouts, onWarning: () => {} };
  window.clients = Array.from({ length: count }, () => createClient(options));
};
const call = ({ codeOf }) =>
  Promise.all(window.clients.map((client) => codeOf(client.threads.list().then(() => "done"))));
const outcome = async (tab, given) => {
  if (given) await tab.run(openHere, given);
  return (await tab.run(call)).map((came) => came.value ?? came);
};
const stored = (page, key) => page.evaluate((key) => localStorage.getItem(key), key);
const users = (server) => server.calls.filter(({ path }) => path.startsWith("/v1/threads")).map(subOf);

inBrowsers("two clients of a page make one request, and have one identity", {}, async ({ serve, run, page }) => {
  const server = await serve(routes());
  const anonymous = { run };
  assert.deepEqual(await outcome(anonymous, { url: server.url, count: 2 }), ["done", "done"]);
  assert.deepEqual([server.count(mint), server.count(refresh)], [1, 0]);
  assert.deepEqual(users(server), ["usr_anon_01", "usr_anon_01"]);
  assert.equal(await stored(page, keyOf(server.url)), recordOf(1));
});

inBrowsers("two tabs that start at once share one identity", {}, async ({ serve, tab }) => {
  const server = await serve(routes({ [mint]: (exchange) => setTimeout(() => routes()[mint](exchange), 500) }));
  const tabs = [await tab(), await tab()];
  await Promise.all(tabs.map((tab) => outcome(tab, { url: server.url })));
  assert.deepEqual([server.count(mint), server.count(refresh)], [1, 1]);
  assert.deepEqual(users(server), ["usr_anon_01", "usr_anon_01"]);
  assert.equal(await stored(tabs[0].page, keyOf(server.url)), recordOf(1, evenLater));
});

/** Takes the lock and never lets go. */
const freeze = (page, url) =>
  page.evaluate(
    (name) => new Promise((taken) => void navigator.locks.request(name, () => (taken(), new Promise(() => {})))),
    `assistant-cloud:anonymous-auth:${url}`,
  );

inChromium("a tab that never lets go of the lock stops nobody", {}, async ({ serve, tab }) => {
  // Both wait in vain and then ask at once; the second answer is late on purpose.
  const server = await serve(
    routes({ [mint]: (exchange) => setTimeout(() => routes()[mint](exchange), exchange.nth * 500) }),
  );
  const [frozen, ...others] = [await tab(), await tab(), await tab()];
  await freeze(frozen.page, server.url);
  const given = { url: server.url, timeouts: { exchangeMs: 3_000 } };
  assert.deepEqual(await Promise.all(others.map((tab) => outcome(tab, given))), [["done"], ["done"]]);
  // Whoever was later has left their own identity for the one that was there by then.
  assert.deepEqual(users(server), ["usr_anon_01", "usr_anon_01"]);
  assert.deepEqual([server.count(mint), server.count(refresh)], [2, 1]);
  const { held } = await frozen.page.evaluate(() => navigator.locks.query());
  assert.equal(held.length, 1, "the lock is still held");
});

inBrowsers("a lock is released, also after a failure", {}, async ({ serve, tab }) => {
  const server = await serve(routes({ [mint]: ({ json, nth }) => json(nth === 1 ? 403 : 500, { error: "no" }) }));
  const one = await tab();
  assert.deepEqual(await outcome(one, { url: server.url }), ["auth/anonymous-refused"]);
  const { held, pending } = await one.page.evaluate(() => navigator.locks.query());
  assert.deepEqual([held, pending], [[], []]);
});

inBrowsers("a sign-out forgets the identity in all tabs", {}, async ({ serve, tab }) => {
  const server = await serve(routes());
  const [one, two] = [await tab(), await tab()];
  for (const tab of [one, two]) await outcome(tab, { url: server.url });
  await one.page.evaluate(() => window.clients[0].auth.signOut());
  assert.equal(await stored(one.page, keyOf(server.url)), null);
  assert.deepEqual(await outcome(one), ["auth/not-signed-in"]);
  await two.run(({ until }) => until("the news", () => window.clients[0].auth.getSnapshot().reason === "other-tab"));
  // Whoever has not signed out goes on as somebody new.
  assert.deepEqual(await outcome(two), ["done"]);
  assert.deepEqual(users(server), ["usr_anon_01", "usr_anon_01", "usr_anon_02"]);
});

inBrowsers("a sign-out that comes first, or during a request, leaves nothing", {}, async ({ serve, tab }) => {
  const answer = {};
  const server = await serve(
    routes({ [refresh]: (exchange) => void (answer.now = () => routes()[refresh](exchange)) }),
  );
  const one = await tab();
  const key = keyOf(server.url);
  const seed = (key) => one.page.evaluate(([key, record]) => localStorage.setItem(key, record), [key, recordOf(7)]);
  await seed(key);
  await seed("aui:refresh_token");
  await one.run(openHere, { url: server.url });
  await one.page.evaluate(() => window.clients[0].auth.signOut());
  assert.deepEqual([await stored(one.page, key), await stored(one.page, "aui:refresh_token")], [null, null]);
  assert.equal(server.calls.length, 0);

  await seed(key);
  await one.run(openHere, { url: server.url, count: 2 });
  // Both wait for the same answer; one of them leaves.
  const calling = outcome(one);
  while (!answer.now) await new Promise((resolve) => setTimeout(resolve, 20));
  await one.page.evaluate(() => window.clients[0].auth.signOut());
  answer.now();
  const [left] = await calling;
  assert.equal(left, "auth/signed-out");
  assert.notEqual(await stored(one.page, key), recordOf(7, evenLater), "the late answer brings nothing back");
});

inBrowsers("a record that another tab has replaced stays", {}, async ({ serve, tab }) => {
  const answer = {};
  const server = await serve(
    routes({ [refresh]: (exchange) => void (answer.now = () => routes()[refresh](exchange)) }),
  );
  const one = await tab();
  const key = keyOf(server.url);
  const put = (record) => one.page.evaluate(([key, record]) => localStorage.setItem(key, record), [key, record]);
  await put(recordOf(7));
  await one.run(openHere, { url: server.url });
  const calling = outcome(one);
  while (!answer.now) await new Promise((resolve) => setTimeout(resolve, 20));
  await put(recordOf(8));
  answer.now();
  assert.deepEqual(await calling, ["done"]);
  assert.equal(await stored(one.page, key), recordOf(8));
});

inBrowsers("where an identity is kept", {}, async ({ serve, tab }) => {
  for (const persist of ["session", "memory"]) {
    const server = await serve(routes());
    const [one, two] = [await tab(), await tab()];
    const given = { url: server.url, anonymous: { persist }, count: 2 };
    for (const tab of [one, two]) await outcome(tab, given);
    assert.deepEqual([...new Set(users(server))], ["usr_anon_01", "usr_anon_02"], "each tab has its own");
    assert.equal(server.count(mint), 2);
    const kept = await one.page.evaluate(() => [localStorage.length, Object.values(sessionStorage)]);
    assert.deepEqual(kept, [0, persist === "session" ? [recordOf(1)] : []]);
    await one.page.reload();
    await outcome(one, given);
    assert.equal(users(server).at(-1), persist === "session" ? "usr_anon_01" : "usr_anon_03", "after a reload");
    await one.page.evaluate(() => Promise.all(window.clients.map((client) => client.auth.signOut())));
    assert.equal(await one.page.evaluate(() => sessionStorage.length), 0);
    for (const { page } of [one, two]) await page.close();
  }
});

inBrowsers("a storage that is missing, forbidden or full is no failure", {}, async ({ serve, tab }) => {
  for (const how of ["is missing", "throws", "throws at every use", "is full"]) {
    const server = await serve(routes());
    const one = await tab();
    await one.page.evaluate((how) => {
      const fail = () => {
        throw new DOMException("no", "SecurityError");
      };
      if (how === "is missing") Object.defineProperty(window, "localStorage", { value: undefined });
      else if (how === "throws") Object.defineProperty(window, "localStorage", { get: fail });
      else if (how === "is full") Storage.prototype.setItem = fail;
      else for (const name of ["getItem", "setItem", "removeItem"]) Storage.prototype[name] = fail;
    }, how);
    const given = { url: server.url, count: 2 };
    assert.deepEqual(await outcome(one, given), ["done", "done"], how);
    assert.deepEqual(await outcome(one, given), ["done", "done"], how);
    assert.deepEqual(
      [server.count(mint), [...new Set(users(server))]],
      [1, ["usr_anon_01"]],
      `${how}: kept by the page`,
    );
    await one.page.evaluate(() => Promise.all(window.clients.map((client) => client.auth.signOut())));
    assert.deepEqual(await outcome(one, given), ["done", "done"], how);
    assert.equal(users(server).at(-1), "usr_anon_02", `${how}: forgotten`);
    await one.page.close();
  }
});
