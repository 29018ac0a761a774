/** The list of threads of Assistant Cloud, which answers no thread to who makes or changes one. */
import assert from "node:assert/strict";
import { tokenOf } from "./support/people.mjs";
import { withReact } from "./support/versions.mjs";

const at = (minute) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const row = (id, title, minute) => ({
  ...{ id, title, created_at: at(minute), updated_at: at(minute), last_message_at: at(minute), is_archived: false },
  ...{ project_id: "proj_1", workspace_id: "ws_1", external_id: null, metadata: null },
});

withReact("threads of Assistant Cloud are listed, created, renamed and removed", {}, async ({ serve, run }) => {
  let threads = ["Rome", "Paris", "Oslo", "Bern"].map((title, n) => row(`thread_${n}`, title, 9 - n));
  const lima = { title: "Lima", last_message_at: at(30) };
  const idIn = ({ path }) => path.split("/").at(-1);
  const get = ({ call, json }) => json(200, { thread: threads.find(({ id }) => id === idIn(call)) });
  const server = await serve({
    "GET /v1/threads": ({ call, json }) => {
      const query = new URLSearchParams(call.path.split("?")[1]);
      const from = threads.findIndex(({ id }) => id === query.get("after")) + 1;
      json(200, { threads: threads.slice(from, from + Number(query.get("limit"))) });
    },
    "POST /v1/threads": ({ call, json }) => {
      threads = [row("thread_new", JSON.parse(call.body).title, 30), ...threads];
      json(201, { thread_id: "thread_new" });
    },
    "GET /v1/threads/thread_new": get,
    "GET /v1/threads/thread_1": get,
    "PUT /v1/threads/thread_1": ({ call, json }) => {
      threads = threads.map((thread) => (thread.id === "thread_1" ? { ...thread, ...JSON.parse(call.body) } : thread));
      json(200, {});
    },
    "DELETE /v1/threads/thread_0": ({ json }) => {
      threads = threads.filter(({ id }) => id !== "thread_0");
      json(200, {});
    },
  });
  const seen = await run(
    async (tools, { url, token, lima }) => {
      const { mount, Shell, h } = await import("/react.js");
      const authToken = () => token;
      const client = tools.open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken });
      const actions = {};
      mount(() => h(Shell, { client, actions }));
      const list = () => actions.current;
      const titles = () => list().threads.map(({ title }) => title);
      await tools.until("the threads", () => list()?.status === "ready");
      const first = titles();
      while (list().hasMore) await list().loadMore();
      const all = titles();
      const made = await list().create(lima);
      const renamed = await list().rename("thread_1", "Lyon");
      await list().remove("thread_0");
      return { first, all, made, renamed, last: titles() };
    },
    { url: server.url, token: tokenOf("alice"), lima },
  );
  assert.deepEqual(
    [seen.first, seen.all],
    [
      ["Rome", "Paris", "Oslo"],
      ["Rome", "Paris", "Oslo", "Bern"],
    ],
  );
  assert.deepEqual([seen.made.id, seen.made.title, seen.made.createdAt], ["thread_new", "Lima", at(30)]);
  assert.deepEqual([seen.renamed.title, seen.renamed.createdAt], ["Lyon", at(8)]);
  assert.deepEqual(seen.last, ["Lima", "Lyon", "Oslo", "Bern"]);
  const changes = server.calls.filter(({ method }) => !["GET", "OPTIONS"].includes(method));
  assert.deepEqual(
    changes.map(({ method, path, body }) => `${method} ${path} ${body}`.trim()),
    [
      `POST /v1/threads ${JSON.stringify(lima)}`,
      `PUT /v1/threads/thread_1 ${JSON.stringify({ title: "Lyon" })}`,
      "DELETE /v1/threads/thread_0",
    ],
  );
});
