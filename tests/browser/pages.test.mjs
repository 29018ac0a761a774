/** Lists: one page when awaited, everything when iterated. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";

const at = "2026-01-02T03:04:05.678Z";
const thread = (n) => ({ id: `thr_${n}`, runStatus: "idle", createdAt: at, updatedAt: at, name: `Thread ${n}` });
const message = (n) => ({ id: `msg_${n}`, role: "user", content: [], createdAt: at });

/** Five things in pages of two. `from` says with which one a page after the first begins: the quirk is that it repeats one. */
const pagesOf =
  (name, make, repeats = 0) =>
  ({ call, json }) => {
    const cursor = new URL(call.path, "http://x").searchParams.get("cursor");
    const start = cursor ? Number(cursor) - repeats : 0;
    const end = Math.min(start + 2, 5);
    const items = [0, 1, 2, 3, 4].slice(start, end).map(make);
    json(200, { [name]: items, hasMore: end < 5, ...(end < 5 ? { nextCursor: String(end) } : {}) });
  };

const list = "GET /v1/threads";

everywhere("a list is awaited page by page", {}, async ({ serve, run }) => {
  const server = await serve({ [list]: pagesOf("threads", thread) });
  const seen = await run(
    async ({ open }, { url }) => {
      const threads = open({ baseUrl: url, userToken: () => "canary-subject" }).threads.list({ limit: 2 });
      const first = await threads;
      const same = (await threads) === first;
      const second = await first.next();
      const third = await second.next();
      const pages = [first, second, third].map(({ items, hasMore }) => [items.map(({ id }) => id), hasMore]);
      const [{ id, title, archived, createdAt, updatedAt, metadata, raw }] = first.items;
      return {
        same,
        pages,
        end: await third.next(),
        thread: { id, title, archived, createdAt, updatedAt, metadata, raw },
      };
    },
    { url: server.url },
  );
  const shared = { id: "thr_0", title: "Thread 0", archived: false, createdAt: at, updatedAt: at, metadata: null };
  assert.deepEqual(seen, {
    same: true,
    pages: [
      [["thr_0", "thr_1"], true],
      [["thr_2", "thr_3"], true],
      [["thr_4"], false],
    ],
    end: null,
    thread: { ...shared, raw: thread(0) },
  });
  const queries = server.calls.slice(1).map(({ path }) => path.split("?")[1]);
  assert.deepEqual(queries, ["limit=2", "limit=2&cursor=2", "limit=2&cursor=4"]);
});

everywhere("a list is iterated to its end, and no further than wanted", {}, async ({ serve, run }) => {
  const server = await serve({ [list]: pagesOf("threads", thread) });
  const seen = await run(
    async ({ open }, { url }) => {
      const { threads } = open({ baseUrl: url, userToken: () => "canary-subject" });
      const all = [];
      for await (const { id } of threads.list()) all.push(id);
      const some = [];
      for await (const { id } of threads.list()) if (some.push(id) === 3) break;
      const twice = threads.list();
      const again = [];
      for (let i = 0; i < 2; i++) for await (const { id } of twice) again.push(id);
      return { all, some, again: again.length };
    },
    { url: server.url },
  );
  const all = ["thr_0", "thr_1", "thr_2", "thr_3", "thr_4"];
  assert.deepEqual(seen, { all, some: all.slice(0, 3), again: 10 });
  assert.equal(server.count(list), 3 + 2 + 5, "the first page of an iterable is fetched once");
});

everywhere("a list stops where it fails", {}, async ({ serve, run }) => {
  const pages = pagesOf("threads", thread);
  const server = await serve({
    [list]: (exchange) => (exchange.nth === 2 ? exchange.json(404, {}) : pages(exchange)),
  });
  const seen = await run(
    async ({ open, tell }, { url }) => {
      const { threads } = open({ baseUrl: url, userToken: () => "canary-subject" });
      const ids = [];
      try {
        for await (const { id } of threads.list()) ids.push(id);
      } catch (error) {
        return { ids, code: tell(error).code };
      }
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { ids: ["thr_0", "thr_1"], code: "api/not-found" });
});

everywhere("a cursor that leads nowhere ends the iteration", {}, async ({ serve, run }) => {
  const stuck = { threads: [thread(0)], hasMore: true, nextCursor: "same" };
  const server = await serve({ [list]: ({ json }) => json(200, stuck) });
  const code = await run(
    async ({ open, codeOf }, { url }) => {
      const { threads } = open({ baseUrl: url, userToken: () => "canary-subject" });
      return codeOf(async () => {
        for await (const thread of threads.list()) void thread;
      });
    },
    { url: server.url },
  );
  assert.equal(code, "api/malformed-response");
  assert.equal(server.count(list), 2);
});

everywhere("an iteration can be aborted between two pages", {}, async ({ serve, run }) => {
  const server = await serve({ [list]: pagesOf("threads", thread) });
  const seen = await run(
    async ({ open }, { url }) => {
      const controller = new AbortController();
      const { threads } = open({ baseUrl: url, userToken: () => "canary-subject" });
      const ids = [];
      try {
        for await (const { id } of threads.list({ signal: controller.signal })) {
          ids.push(id);
          controller.abort("enough");
        }
      } catch (reason) {
        return { ids, reason };
      }
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { ids: ["thr_0", "thr_1"], reason: "enough" });
  assert.equal(server.count(list), 1);
});

const messages = "GET /v1/threads/thr_1/messages";

everywhere("a page that begins with the last one of the page before gives it once", {}, async ({ serve, run }) => {
  const server = await serve({ [messages]: pagesOf("messages", message, 1) });
  const ids = await run(
    async ({ open }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const ids = [];
      for await (const { id } of client.messages.list("thr_1")) ids.push(id);
      return ids;
    },
    { url: server.url },
  );
  assert.deepEqual(ids, ["msg_0", "msg_1", "msg_2", "msg_3", "msg_4"]);
});
