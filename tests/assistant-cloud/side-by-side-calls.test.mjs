/** Trouble with calls, met by `assistant-cloud` as it is published and by us, with one server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { CloudMessagePersistence, createFormattedPersistence } from "assistant-cloud";
import { aiSDKV6FormatAdapter } from "assistant-cloud/ai-sdk";
import { openHistory } from "threadpass/assistant-cloud";
import { failureOf, isPending, messageRow, ours, serve, theirs, threadRow, timeout, tokenOf } from "./support/both.mjs";

const authToken = async () => tokenOf("alice");

describe("side by side: calls", () => {
  test("a call that is not answered: theirs can be neither ended nor bounded; ours both", { timeout }, async (t) => {
    /** @type {import("node:http").ServerResponse[]} */
    const open = [];
    const server = await serve(t, { "GET /v1/threads": ({ response }) => void open.push(response) });
    const arrived = async (count) => {
      while (open.length < count) await new Promise(setImmediate);
      return open[count - 1];
    };

    const leaving = new AbortController();
    // There is no parameter for it; what one might try is not heeded.
    const waiting = theirs({ baseUrl: server.url, authToken }).threads.list({}, { signal: leaving.signal });
    const first = await arrived(1);
    leaving.abort();

    const client = ours(t, { baseUrl: server.url, authToken, timeouts: { requestMs: 500 }, retries: 0 });
    const abort = new AbortController();
    const aborted = failureOf(client.threads.list({ signal: abort.signal }));
    const second = await arrived(2);
    const gone = once(second, "close");
    abort.abort();
    assert.equal((await aborted).name, "AbortError");
    await gone;
    assert.equal((await failureOf(client.threads.list())).code, "network/timeout");
    assert.ok(await isPending(waiting, 1_000));
    assert.equal(first.destroyed, false, "and its connection is open");
  });

  test("a lost answer to a message's creation: theirs is stored twice; ours once", { timeout }, async (t) => {
    /** Stores by `external_id` as the service does, and loses the first answer. */
    const storing = (stored) => ({
      "POST /v1/threads/thread_1/messages": ({ call, nth, json, response }) => {
        const { external_id: external, ...init } = JSON.parse(call.body);
        const at = external === undefined ? -1 : stored.findIndex((row) => row.external === external);
        if (at < 0) stored.push({ external, ...init });
        const id = `msg_${at < 0 ? stored.length : at + 1}`;
        if (nth === 1) return void response.destroy();
        json(at < 0 ? 201 : 200, { message_id: id });
      },
    });
    const message = { id: "local-1", role: "user", parts: [{ type: "text", text: "Hello" }] };
    const item = { parentId: null, message };

    const byThem = [];
    const server = await serve(t, storing(byThem));
    const cloud = theirs({ baseUrl: server.url, authToken });
    const formatted = createFormattedPersistence(new CloudMessagePersistence(cloud), aiSDKV6FormatAdapter);
    await failureOf(formatted.append("thread_1", item));
    await formatted.append("thread_1", item);
    assert.equal(byThem.length, 2, "the user has tried again");

    for (const retries of [0, 2]) {
      const byUs = [];
      const other = await serve(t, storing(byUs));
      const client = ours(t, { baseUrl: other.url, authToken, retries });
      const history = openHistory(client, "thread_1", { format: "ai-sdk/v6" });
      if (retries) await history.append(item);
      else await failureOf(history.append(item)).then(() => history.append(item));
      assert.equal(byUs.length, 1, `with ${retries} retries`);
      assert.equal(other.count("POST /v1/threads/thread_1/messages"), 2);
      assert.equal(await history.remoteId("local-1"), "msg_1");
    }
  });

  test("ids of dots, and none: theirs reach other addresses; ours are refused", { timeout }, async (t) => {
    const anything = { "*": ({ json }) => json(200, {}) };
    const server = await serve(t, anything);
    const cloud = theirs({ baseUrl: server.url, authToken });
    for (const id of ["..", ".", ""]) await cloud.threads.delete(id);
    assert.deepEqual(
      server.calls.map(({ method, path }) => `${method} ${path}`),
      ["DELETE /v1/", "DELETE /v1/threads/", "DELETE /v1/threads/"],
    );

    const other = await serve(t, anything);
    const client = ours(t, { baseUrl: other.url, authToken });
    for (const id of ["..", ".", ""])
      assert.equal((await failureOf(client.threads.delete(id))).code, "api/invalid-argument");
    assert.deepEqual(other.calls, []);
  });

  test(
    "a query's member that is undefined: theirs fails in its own code; ours leaves it out",
    { timeout },
    async (t) => {
      const server = await serve(t, { "GET /v1/threads": ({ json }) => json(200, { threads: [] }) });
      const query = { limit: undefined, after: undefined, is_archived: false };
      await assert.rejects(theirs({ baseUrl: server.url, authToken }).threads.list(query), TypeError);
      assert.deepEqual(server.calls, []);

      await ours(t, { baseUrl: server.url, authToken }).threads.list(query);
      assert.deepEqual(
        server.calls.map(({ path }) => path),
        ["/v1/threads?is_archived=false"],
      );
    },
  );

  test("a success that is a page: theirs is a SyntaxError; ours names what answered", { timeout }, async (t) => {
    const page = "<!doctype html><title>Sign in to the Wi-Fi</title>";
    const server = await serve(t, { "GET /v1/threads": ({ send }) => send(200, "text/html", page) });
    const error = await failureOf(theirs({ baseUrl: server.url, authToken }).threads.list());
    assert.deepEqual([error.constructor, error.status], [SyntaxError, undefined]);

    const mine = await failureOf(ours(t, { baseUrl: server.url, authToken }).threads.list());
    assert.equal(mine.code, "api/malformed-response");
    assert.match(mine.message, /JSON/);
  });

  test("a list page by page: theirs is the app's own loop; ours is an iteration that ends", { timeout }, async (t) => {
    const rows = Array.from({ length: 45 }, (_, index) => threadRow(`thread_${index}`));
    /** A server that does not find the row after which to go on shows the first page again. */
    const listing = (isFound) => ({
      "GET /v1/threads": ({ call, json }) => {
        const after = new URLSearchParams(call.path.split("?")[1]).get("after");
        const from = isFound ? rows.findIndex(({ id }) => id === after) + 1 : 0;
        json(200, { threads: rows.slice(from, from + 20) });
      },
    });
    /** What an app writes, with a bound that it would not have. */
    const walk = async (cloud) => {
      const ids = [];
      for (let after, asked = 1; asked <= 6; asked += 1) {
        const { threads } = await cloud.threads.list(after ? { after } : {});
        ids.push(...threads.map(({ id }) => id));
        if (threads.length < 20) break;
        after = ids.at(-1);
      }
      return ids;
    };
    const iterate = async (client) => {
      const ids = [];
      for await (const { id } of client.threads.list()) ids.push(id);
      return ids;
    };

    for (const isFound of [true, false]) {
      const server = await serve(t, listing(isFound));
      const cloud = theirs({ baseUrl: server.url, authToken });
      assert.equal(cloud.threads.list()[Symbol.asyncIterator], undefined);
      const byThem = await walk(cloud);
      assert.equal(byThem.length, isFound ? 45 : 120, "without a bound it would not end");

      const other = await serve(t, listing(isFound));
      const byUs = await iterate(ours(t, { baseUrl: other.url, authToken }));
      const expected = rows.slice(0, isFound ? 45 : 20).map(({ id }) => id);
      assert.deepEqual(byUs, expected);
      assert.equal(other.count("GET /v1/threads"), isFound ? 3 : 2);
    }
  });

  test("a message's list that is replayed: theirs guards one helper; ours every list", { timeout }, async (t) => {
    const rows = Array.from({ length: 200 }, (_, index) =>
      messageRow(`msg_${200 - index}`, index === 199 ? null : `msg_${199 - index}`, 199 - index, {
        role: "user",
        parts: [],
      }),
    );
    const server = await serve(t, {
      "GET /v1/threads/thread_1/messages": ({ json }) => json(200, { messages: rows }),
    });
    const cloud = theirs({ baseUrl: server.url, authToken });
    const { messages } = await cloud.threads.messages.list("thread_1", { after: "msg_1", limit: 200 });
    assert.equal(messages.length, 200, "a call by itself cannot know");
    assert.equal((await new CloudMessagePersistence(cloud).load("thread_1")).length, 200);

    const client = ours(t, { baseUrl: server.url, authToken });
    const ids = [];
    for await (const { id } of client.messages.list("thread_1")) ids.push(id);
    assert.deepEqual(
      ids,
      rows.map(({ id }) => id),
    );
    const history = await openHistory(client, "thread_1", { format: "ai-sdk/v6" }).load();
    assert.equal(history.messages.length, 200);
  });
});
