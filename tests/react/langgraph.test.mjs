/** The list of threads of a LangGraph server. */
import assert from "node:assert/strict";
import { withReact } from "./support/versions.mjs";

withReact(
  "threads of a LangGraph server are listed, renamed by their metadata, and removed",
  {},
  async ({ serve, run }) => {
    let threads = ["Rome", "Paris", "Oslo", "Bern"].map((title, n) => ({
      ...{ thread_id: `t${n}`, created_at: `c${n}`, updated_at: `u${n}`, metadata: { title, kept: n }, status: "idle" },
      values: null,
    }));
    const search = ({ call, json }) => {
      const { limit, offset = 0 } = JSON.parse(call.body);
      const next = offset + limit < threads.length ? String(offset + limit) : undefined;
      json(200, threads.slice(offset, offset + limit), {
        "access-control-expose-headers": "x-pagination-next",
        ...(next && { "x-pagination-next": next }),
      });
    };
    const server = await serve({
      "POST /threads/search": search,
      "PATCH /threads/t1": ({ call, json }) => {
        const [before] = threads.filter(({ thread_id }) => thread_id === "t1");
        const after = { ...before, metadata: { ...before.metadata, ...JSON.parse(call.body).metadata } };
        threads = threads.map((thread) => (thread === before ? after : thread));
        json(200, after);
      },
      "DELETE /threads/t0": ({ response }) => {
        threads = threads.filter(({ thread_id }) => thread_id !== "t0");
        response.writeHead(204).end();
      },
    });
    const seen = await run(
      async (tools, { url }) => {
        const { mount, Shell, h } = await import("/react.js");
        const authToken = () => "canary-token";
        const client = tools.open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken });
        const actions = {};
        mount(() => h(Shell, { client, actions }));
        const list = () => actions.current;
        const titles = () => list().threads.map(({ title }) => title);
        await tools.until("the threads", () => list()?.status === "ready");
        const first = titles();
        while (list().hasMore) await list().loadMore();
        const all = titles();
        const { title, metadata } = await list().rename("t1", "Lyon");
        await list().remove("t0");
        return { first, all, renamed: { title, metadata }, last: titles() };
      },
      { url: server.url },
    );
    assert.deepEqual(
      [seen.first, seen.all],
      [
        ["Rome", "Paris", "Oslo"],
        ["Rome", "Paris", "Oslo", "Bern"],
      ],
    );
    assert.deepEqual(seen.renamed, { title: "Lyon", metadata: { title: "Lyon", kept: 1 } });
    assert.deepEqual(seen.last, ["Lyon", "Oslo", "Bern"]);
    const sent = server.calls.find(({ method }) => method === "PATCH");
    assert.deepEqual(JSON.parse(sent.body), { metadata: { title: "Lyon" } });
  },
);
