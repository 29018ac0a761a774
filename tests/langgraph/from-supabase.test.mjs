/** `fromSupabase` and the real `@supabase/auth-js`, against the stand-in for its service. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import auth from "@supabase/auth-js";
import { fromSupabase } from "threadpass/providers";
import { timeout } from "./support/lab.mjs";
import { startProxy } from "./support/proxy.mjs";
import { startSupabase } from "./support/servers.mjs";

const password = "secure-password";
const refreshes = /^POST .*grant_type=refresh_token/;
const ask = { reason: "initial", forceRefresh: false, signal: new AbortController().signal };
const forced = { ...ask, reason: "unauthorized", forceRefresh: true };

/** A storage of its own, for a client that is alone with itself. */
function memory() {
  const items = new Map();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

describe("fromSupabase", () => {
  /** @type {Awaited<ReturnType<typeof startSupabase>>} */
  let supabase;
  /** @type {Awaited<ReturnType<typeof startProxy>>} */
  let proxy;
  before(async () => {
    supabase = await startSupabase(["--reuse", "0"]);
    proxy = await startProxy(supabase.url);
  });
  after(async () => {
    await proxy.stop();
    await supabase.stop();
  });

  let people = 0;
  const email = () => `user-${++people}@example.com`;
  const makeClient = () => ({
    auth: new auth.AuthClient({
      url: `${proxy.url}/auth/v1`,
      headers: { apikey: supabase.anonKey },
      storage: memory(),
      autoRefreshToken: false,
    }),
  });
  /** Somebody new who is signed in. */
  const enter = async ({ auth }, address = email()) => {
    const { data, error } = await auth.signUp({ email: address, password });
    if (error) throw error;
    return { email: address, ...data.session };
  };
  const userOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString()).sub;
  /** Changes as they are told, for a client that has asked once. */
  const listenTo = async (t, client) => {
    const callback = fromSupabase(client);
    const told = [];
    t.after(callback.onUserChange((change) => told.push(change)));
    await callback(ask);
    return { callback, told };
  };

  test("gives the session's token, refreshes when it is told to and only then, and nobody's is none", async () => {
    const client = makeClient();
    const callback = fromSupabase(client);
    assert.equal(fromSupabase(client), callback, "one client has one callback");
    assert.equal((await callback(ask)) ?? null, null);
    const { access_token: first } = await enter(client);
    const before = proxy.count(refreshes);
    assert.equal(await callback(ask), first);
    assert.equal(await callback(ask), first);
    assert.equal(proxy.count(refreshes), before);
    const second = await callback(forced);
    assert.notEqual(second, first);
    assert.equal(userOf(second), userOf(first));
    assert.equal(proxy.count(refreshes), before + 1);
  });

  test("a service that does not answer is thrown, a session that is gone is nobody", { timeout }, async (t) => {
    t.after(() => proxy.rule());
    const client = makeClient();
    const callback = fromSupabase(client);
    const { access_token: token } = await enter(client);
    proxy.rule(() => "refuse");
    await assert.rejects(callback(forced), { name: "AuthRetryableFetchError" });
    assert.equal(await callback(ask), token, "who is signed in stays so");
    for (const status of [500, 429]) {
      const other = makeClient();
      proxy.rule();
      await enter(other);
      proxy.rule(() => ({ status }));
      await assert.rejects(fromSupabase(other)(forced), (error) => error.status === status);
    }
    proxy.rule();
    const left = makeClient();
    const { access_token } = await enter(left);
    const headers = { apikey: supabase.anonKey, authorization: `Bearer ${access_token}` };
    await fetch(`${supabase.url}/auth/v1/logout?scope=global`, { method: "POST", headers });
    assert.equal((await fromSupabase(left)(forced)) ?? null, null);
  });

  test(
    "says when another person comes and when somebody leaves, once, and nothing of a refresh",
    { timeout },
    async (t) => {
      const client = makeClient();
      const one = await enter(client);
      const { callback, told } = await listenTo(t, client);
      await client.auth.refreshSession();
      await client.auth.updateUser({ data: { name: "One" } });
      assert.deepEqual(told, [], "the same person with the same sign-in");
      const two = await enter(client);
      assert.deepEqual(told, ["user"]);
      assert.equal(userOf(await callback(ask)), two.user.id);
      await client.auth.signOut();
      assert.deepEqual(told, ["user", "user"]);
      assert.equal((await callback(ask)) ?? null, null);
      await client.auth.signInWithPassword({ email: one.email, password });
      assert.deepEqual(told, ["user", "user", "user"]);
      assert.equal(userOf(await callback(ask)), one.user.id);
      await client.auth.signInWithPassword({ email: one.email, password });
      assert.deepEqual(told.slice(3), ["token"], "signed in again");
      const before = proxy.count(refreshes);
      const { data } = await client.auth.getSession();
      assert.equal(await callback(forced), data.session.access_token, "there is a newer token already");
      assert.equal(proxy.count(refreshes), before);
    },
  );

  test("can be asked from within an event, and asks Supabase after it", { timeout }, async (t) => {
    const client = makeClient();
    await enter(client);
    const { auth } = client;
    let isTelling = false;
    const asked = [];
    const watched = (method) => () => {
      asked.push(isTelling);
      return auth[method]();
    };
    const callback = fromSupabase({
      auth: {
        getSession: watched("getSession"),
        refreshSession: watched("refreshSession"),
        onAuthStateChange: (listener) =>
          auth.onAuthStateChange((event, session) => {
            isTelling = true;
            setTimeout(() => (isTelling = false));
            listener(event, session);
          }),
      },
    });
    const answers = [];
    t.after(callback.onUserChange(() => void answers.push(callback(ask), callback(forced))));
    await callback(ask);
    const two = await enter(client);
    assert.deepEqual((await Promise.all(answers)).map(userOf), [two.user.id, two.user.id]);
    assert.ok(asked.length >= 3 && !asked.includes(true), `${asked}`);
  });

  test("an answer that somebody else overtakes is not given", { timeout }, async (t) => {
    const client = makeClient();
    await enter(client);
    const { callback } = await listenTo(t, client);
    let release = () => {};
    const held = new Promise((resolve) => (release = () => resolve(undefined)));
    t.after(() => proxy.rule());
    proxy.rule(async ({ path }) => (path.includes("refresh_token") ? void (await held) : undefined));
    const answer = callback(forced);
    for (const end = Date.now() + 30_000; !proxy.passed.at(-1)?.path.includes("refresh_token"); await pause(10))
      assert.ok(Date.now() < end, "the refresh never came");
    const two = await enter(client);
    release();
    assert.equal(userOf(await answer), two.user.id);
  });

  /** A client that answers when the test says so, and what its listeners are told with. */
  const slowly = () => {
    const session = (name, token) => ({ access_token: token, user: { id: name } });
    const answers = [];
    const getSession = () => new Promise((resolve) => answers.push(resolve));
    const listeners = new Set();
    const onAuthStateChange = (listener) => {
      listeners.add(listener);
      return { data: { subscription: { unsubscribe: () => listeners.delete(listener) } } };
    };
    return {
      client: { auth: { getSession, refreshSession: getSession, onAuthStateChange } },
      tell: (event, name, token) => listeners.forEach((listener) => listener(event, session(name, token))),
      /** Answers the question that has waited longest, once there is one. */
      async answer(name, token, error = null) {
        for (const end = Date.now() + 30_000; !answers.length; await pause(1))
          assert.ok(Date.now() < end, "nobody asked");
        answers.shift()({ data: { session: error ? null : session(name, token) }, error });
      },
    };
  };

  test("an answer that is overtaken while another one is asked for is not given either", { timeout }, async (t) => {
    const { client, tell, answer } = slowly();
    const callback = fromSupabase(client);
    const told = [];
    t.after(callback.onUserChange((change) => told.push(change)));
    const before = callback(ask);
    await answer("one", "a");
    assert.equal(await before, "a");
    const late = callback(ask);
    await pause(1);
    tell("SIGNED_IN", "two", "b");
    const now = callback(ask);
    await pause(20);
    await answer("one", "a");
    await answer("two", "b");
    await answer("two", "b");
    assert.deepEqual([await late, await now], ["b", "b"]);
    tell("TOKEN_REFRESHED", "two", "c");
    assert.deepEqual(told, ["user"], "it is the same person as before");
  });

  test("whoever comes after a question that had no answer is told of", { timeout }, async (t) => {
    const { client, tell, answer } = slowly();
    const callback = fromSupabase(client);
    const told = [];
    t.after(callback.onUserChange((change) => told.push(change)));
    const asked = assert.rejects(callback(ask), { name: "AuthRetryableFetchError" });
    await answer("", "", { name: "AuthRetryableFetchError", status: 0 });
    await asked;
    tell("SIGNED_IN", "one", "a");
    assert.deepEqual(told, ["user"]);
  });
});
