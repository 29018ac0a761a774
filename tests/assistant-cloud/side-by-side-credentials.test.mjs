/** Trouble with tokens, met by `assistant-cloud` as it is published and by us, with one server. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { failureOf, isPending, ours, serve, theirs, timeout, tokenOf } from "./support/both.mjs";

const none = { threads: [] };

describe("side by side: credentials", () => {
  test(
    "a token callback that never answers: theirs waits for ever, every call; ours says so",
    { timeout },
    async (t) => {
      const { url: baseUrl } = await serve(t, { "GET /v1/threads": ({ json }) => json(200, none) });
      /** Hangs so often. */
      const hanging = (times) => {
        let asked = 0;
        return () => (++asked <= times ? new Promise(() => {}) : Promise.resolve(tokenOf("alice")));
      };
      const impatient = { baseUrl, timeouts: { callbackMs: 300 }, onWarning: () => {} };

      const cloud = theirs({ baseUrl, authToken: hanging(1) });
      const all = [cloud.threads.list(), cloud.threads.list()];
      const never = ours(t, { ...impatient, authToken: hanging(Infinity) });
      assert.equal((await failureOf(never.threads.list())).code, "auth/callback-timeout");
      const once = ours(t, { ...impatient, authToken: hanging(1) });
      assert.deepEqual((await once.threads.list()).items, [], "it is asked again");
      assert.ok(await isPending(Promise.race([...all, cloud.threads.list()]), 1_000));
    },
  );

  test("a token that the server takes no more: theirs is sent again; ours is replaced", { timeout }, async (t) => {
    const revoked = tokenOf("alice", 1);
    const routes = {
      "GET /v1/threads": ({ call, json }) =>
        call.headers.authorization === `Bearer ${revoked}` ? json(401, { error: "Unauthorized" }) : json(200, none),
    };
    /** The provider has a better one, for whoever asks again. */
    const callback = () => {
      let asked = 0;
      return async () => tokenOf("alice", ++asked);
    };

    const server = await serve(t, routes);
    const cloud = theirs({ baseUrl: server.url, authToken: callback() });
    for (const _ of [1, 2, 3]) assert.equal((await failureOf(cloud.threads.list())).status, 401);
    assert.equal(new Set(server.calls.map(({ headers }) => headers.authorization)).size, 1);

    const other = await serve(t, routes);
    const client = ours(t, { baseUrl: other.url, authToken: callback() });
    assert.deepEqual((await client.threads.list()).items, []);
    assert.deepEqual(
      other.calls.map(({ headers }) => headers.authorization),
      [`Bearer ${revoked}`, `Bearer ${tokenOf("alice", 2)}`],
    );
  });

  test(
    "no anonymous session: theirs does not say why; ours says status, words and when again",
    { timeout },
    async (t) => {
      const refusing = async (status, error, headers) =>
        (await serve(t, { "POST /v1/auth/tokens/anonymous": ({ json }) => json(status, { error }, headers) })).url;
      const off = { baseUrl: await refusing(403, "Anonymous access is disabled"), anonymous: true };
      const busy = { baseUrl: await refusing(429, "rate_limited", { "retry-after": "60" }), anonymous: true };

      for (const options of [off, busy]) {
        const { name, message, status, cause } = await failureOf(theirs(options).threads.list());
        assert.deepEqual([name, message, status, cause], ["Error", "Authorization failed", undefined, undefined]);
      }
      const quiet = { onWarning: () => {} };
      const isOff = await failureOf(ours(t, { ...off, ...quiet }).threads.list());
      assert.deepEqual([isOff.code, isOff.status, isOff.retryable], ["auth/anonymous-refused", 403, false]);
      assert.match(isOff.message, /Anonymous access is disabled/);
      const isBusy = await failureOf(ours(t, { ...busy, ...quiet }).threads.list());
      assert.deepEqual(
        [isBusy.code, isBusy.status, isBusy.retryable, isBusy.retryAfterMs],
        ["auth/anonymous-refused", 429, true, 60_000],
      );
    },
  );

  test(
    "a token endpoint that answers with no token: theirs quotes its parser; ours names the callback",
    { timeout },
    async (t) => {
      const answers = {
        "POST /words": [401, "Unauthorized"],
        "POST /page": [200, "<!doctype html><title>Sign in</title>"],
      };
      const routes = Object.entries(answers).map(([route, [status, text]]) => [
        route,
        ({ send }) => send(status, "text/plain", text),
      ]);
      const server = await serve(t, Object.fromEntries(routes));
      for (const path of ["/words", "/page"]) {
        // The vendor's own recipe.
        const authToken = () => fetch(server.url + path, { method: "POST" }).then((response) => response.text());
        const { message } = await failureOf(theirs({ baseUrl: server.url, authToken }).threads.list());
        assert.match(message, /^Unable to determine the token expiry: /);

        const client = ours(t, { baseUrl: server.url, authToken, onWarning: () => {} });
        const error = await failureOf(client.threads.list());
        assert.equal(error.code, "auth/not-a-token");
        assert.match(error.message, /token/);
        assert.doesNotMatch(error.message, /Unauthorized|doctype/, "what was answered might be a secret");
      }
      assert.equal(server.count("GET /v1/threads"), 0, "what is no token is not sent");
    },
  );

  test(
    "a rotated token that is none: theirs fails what has been done, and it is done twice; ours succeeds",
    { timeout },
    async (t) => {
      for (const rotated of ["Bearer malformed", "Token abc", `Bearer ${tokenOf("somebody else")}`]) {
        const stored = { theirs: 0, ours: 0 };
        const storing = (whose) => ({
          "POST /v1/threads": ({ json, nth }) => {
            stored[whose] += 1;
            json(201, { thread_id: `thread_${nth}` }, nth === 1 ? { authorization: rotated } : {});
          },
        });
        const authToken = async () => tokenOf("alice");
        /** A user who tries again. */
        const insist = (create) => create().catch(create);

        const server = await serve(t, storing("theirs"));
        const cloud = theirs({ baseUrl: server.url, authToken });
        await insist(() => cloud.threads.create({ last_message_at: new Date() }));
        await cloud.threads.create({ last_message_at: new Date() });

        const other = await serve(t, storing("ours"));
        const client = ours(t, { baseUrl: other.url, authToken });
        await insist(() => client.threads.create());
        await client.threads.create();

        const isForeign = rotated.length > 30;
        assert.deepEqual(stored, { theirs: isForeign ? 2 : 3, ours: 2 }, rotated.slice(0, 16));
        const sent = (calls) => calls.at(-1).headers.authorization;
        assert.equal(
          sent(server.calls),
          isForeign ? rotated : `Bearer ${tokenOf("alice")}`,
          "theirs takes another user's",
        );
        assert.equal(sent(other.calls), `Bearer ${tokenOf("alice")}`);
      }
    },
  );
});
