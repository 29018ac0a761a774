/** The list of threads: pages, and changes that show before the backend has confirmed them. */
import assert from "node:assert/strict";
import { people, thread, threadsOf, tokenOf } from "./support/people.mjs";
import { withReact } from "./support/versions.mjs";

const forbidden = { message: "Forbidden resource", error: "Forbidden", statusCode: 403 };

/** Mounts the list, and gives the script what it needs. Goes into the scripts as text. */
const open = `const { mount, Shell, h } = await import("/react.js");
  const client = tools.open({ baseUrl: given.url, userToken: () => given.token });
  const actions = {};
  const app = mount(() => h(Shell, { client, actions }));
  const list = () => actions.current;
  const rows = () => app.rows().join();
  await tools.until("the threads", () => list()?.status === "ready");`;

/** A script with the list mounted. @param {Function} script gets the tools, `app`, `list` and `rows` */
const withList = (script) =>
  new Function(
    "tools",
    "given",
    `return (async () => { ${open} return (${script})({ ...tools, client, app, list, rows }, given); })()`,
  );

/** A backend whose answers to changes wait until the test lets them go. */
async function slowBackend(serve, count) {
  const waiting = [];
  const changes = [];
  let threads = threadsOf("alice", count);
  const later = (name) => (exchange) => {
    changes.push(`${name} ${exchange.call.path.split("/").at(-1)} ${exchange.call.body}`.trim());
    waiting.push((refuse) => (refuse ? exchange.json(403, forbidden) : apply[name](exchange)));
  };
  const idIn = ({ path }) => path.split("/").at(-1);
  const apply = {
    create({ json }) {
      const made = thread("thr_new", undefined, 59);
      threads = [made, ...threads];
      json(201, made);
    },
    rename({ json, call }) {
      threads = threads.map((other) => (other.id === idIn(call) ? { ...other, ...JSON.parse(call.body) } : other));
      json(
        200,
        threads.find(({ id }) => id === idIn(call)),
      );
    },
    delete({ response, call }) {
      threads = threads.filter(({ id }) => id !== idIn(call));
      response.writeHead(204).end();
    },
  };
  const routes = { ...people(() => threads), "POST /v1/threads": later("create") };
  for (const { id } of [...threads, { id: "thr_new" }]) {
    routes[`PATCH /v1/threads/${id}`] = later("rename");
    routes[`DELETE /v1/threads/${id}`] = later("delete");
  }
  // The page lets the oldest waiting change go: well or badly.
  routes["POST /go"] = ({ json, call }) => {
    const go = waiting.shift();
    go?.(call.body === "refuse");
    json(200, { went: go !== undefined, seen: changes.length });
  };
  const server = await serve(routes);
  return { server, changes };
}

const go = `const go = async (how) => {
  for (;;) {
    const { went, seen } = await (await fetch(given.url + "/go", { method: "POST", body: how })).json();
    if (went) return seen;
    await tools.pause(10);
  }
};`;

const withGo = (script) =>
  new Function(
    "tools",
    "given",
    `return (async () => { ${open} ${go} return (${script})({ ...tools, client, app, list, rows, go }, given); })()`,
  );

withReact("pages follow each other, and a refresh loads as many", {}, async ({ serve, run }) => {
  const server = await serve(people((name) => threadsOf(name, 8)));
  const seen = await run(
    withList(async ({ list, rows, until, app }) => {
      const seen = [rows()];
      await Promise.all([list().loadMore(), list().loadMore()]);
      await until("the second page", () => app.rows().length === 6);
      seen.push(list().hasMore);
      const before = app.commits.length;
      await list().refresh();
      await until("the end", () => !list().isRefreshing);
      const kept = new Set(app.commits.slice(before).map(({ rows }) => rows.length));
      seen.push([...kept], app.rows().length);
      await list().loadMore();
      await until("the third page", () => app.rows().length === 8);
      await list().loadMore();
      return [...seen, list().hasMore, rows()];
    }),
    { url: server.url, token: tokenOf("alice") },
  );
  const all = [8, 7, 6, 5, 4, 3, 2, 1].map((n) => `alice ${n}`).join();
  assert.deepEqual(seen, ["alice 8,alice 7,alice 6", true, [6], 6, false, all]);
  assert.equal(server.count("GET /v1/threads"), 1 + 1 + 2 + 1);
});

withReact("a change shows at once, and stays when it is confirmed", {}, async ({ serve, run }) => {
  const { server, changes } = await slowBackend(serve, 2);
  const seen = await run(
    withGo(async ({ list, rows, go, until, app }) => {
      const seen = [];
      const creating = list().create({ metadata: { a: 1 } });
      await until("the new row", () => app.rows().length === 3);
      seen.push(rows());
      const [{ id, key }] = list().threads;
      // Both wait until the thread is there.
      const renaming = list().rename(id, "mine");
      await until("its title", () => rows().startsWith("mine"));
      const item = app.place.querySelector("li");
      for (let i = 0; i < 2; i++) await go("well");
      const made = await creating;
      await renaming;
      await until("the confirmation", () => rows() === "mine,alice 2,alice 1");
      const [row] = list().threads;
      seen.push({
        made: made.id,
        id: row.id,
        isSameKey: row.key === key,
        isSameItem: app.place.querySelector("li") === item,
      });
      const removing = list().remove(row.id);
      await until("its end", () => app.rows().length === 2);
      await go("well");
      await removing;
      return [...seen, rows(), list().error];
    }),
    { url: server.url, token: tokenOf("alice") },
  );
  assert.deepEqual(seen, [
    "null (create),alice 2,alice 1",
    { made: "thr_new", id: "thr_new", isSameKey: true, isSameItem: true },
    "alice 2,alice 1",
    null,
  ]);
  assert.deepEqual(changes, [
    'create threads {"metadata":{"a":1}}',
    'rename thr_new {"name":"mine"}',
    "delete thr_new",
  ]);
});

withReact("what is refused is taken back", {}, async ({ serve, run }) => {
  const { server } = await slowBackend(serve, 3);
  const seen = await run(
    withGo(async ({ list, rows, go, until, codeOf }) => {
      const before = rows();
      const seen = [];
      for (const change of ["create", "rename", "remove"]) {
        const [, { id }] = list().threads;
        const done = change === "create" ? list().create() : list()[change](id, "other");
        await until("the change", () => rows() !== before);
        const shown = rows();
        await go("refuse");
        seen.push([change, shown, await codeOf(done)]);
        await until("the way back", () => rows() === before && list().error?.code === "api/forbidden");
      }
      return seen;
    }),
    { url: server.url, token: tokenOf("alice") },
  );
  assert.deepEqual(seen, [
    ["create", "null (create),alice 3,alice 2,alice 1", "api/forbidden"],
    ["rename", "alice 3,other (rename),alice 1", "api/forbidden"],
    ["remove", "alice 3,alice 1", "api/forbidden"],
  ]);
});

withReact("changes of one thread keep their order, and one refused leaves the other", {}, async ({ serve, run }) => {
  const { server, changes } = await slowBackend(serve, 1);
  const seen = await run(
    withGo(async ({ list, rows, go, until, codeOf, pause }) => {
      const { id } = list().threads[0];
      const [first, second] = [list().rename(id, "first"), list().rename(id, "second")];
      await until("both", () => rows() === "second (rename)");
      await pause(100);
      const sent = await go("refuse");
      const code = await codeOf(first);
      const between = rows();
      await go("well");
      await second;
      await until("the end", () => rows() === "second");
      return { sent, code, between };
    }),
    { url: server.url, token: tokenOf("alice") },
  );
  assert.deepEqual(seen, { sent: 1, code: "api/forbidden", between: "second (rename)" });
  assert.deepEqual(
    changes.map((change) => JSON.parse(change.split(" ")[2]).name),
    ["first", "second"],
  );
});

withReact("a list that was asked for before a change does not undo it", {}, async ({ serve, run }) => {
  const lists = [];
  const all = threadsOf("alice", 2);
  const server = await serve({
    ...people(() => all),
    "GET /v1/threads": ({ json, nth }) => {
      const answer = () => json(200, { threads: all, hasMore: false });
      if (nth === 1) answer();
      else lists.push(answer);
    },
    "DELETE /v1/threads/thr_alice_1": ({ response }) => response.writeHead(204).end(),
    "POST /go": ({ json }) => {
      lists.splice(0).forEach((answer) => answer());
      json(200, {});
    },
  });
  const seen = await run(
    withList(async ({ list, rows, until }, { url }) => {
      const refreshing = list().refresh();
      await list().remove("thr_alice_1");
      await fetch(`${url}/go`, { method: "POST" });
      await refreshing;
      await until("the end", () => !list().isRefreshing);
      return rows();
    }),
    { url: server.url, token: tokenOf("alice") },
  );
  assert.equal(seen, "alice 2");
});

withReact("a list that could not be loaded is loaded with the session", {}, async ({ serve, run }) => {
  const routes = people((name) => threadsOf(name, 1));
  const server = await serve({
    ...routes,
    "GET /v1/threads": (exchange) => {
      if (exchange.nth === 1) exchange.json(500, { message: "no", statusCode: 500 });
      else routes["GET /v1/threads"](exchange);
    },
  });
  const seen = await run(
    async ({ open, until }, { url, token }) => {
      const { mount, Shell, h } = await import("/react.js");
      const actions = {};
      const client = open({ baseUrl: url, userToken: () => token });
      const app = mount(() => h(Shell, { client, actions }));
      await until("the error", () => actions.current?.status === "error");
      const { code } = actions.current.error;
      await actions.current.refresh();
      await until("the threads", () => app.rows().length === 1);
      return { code, error: actions.current.error, status: actions.current.status };
    },
    { url: server.url, token: tokenOf("alice") },
  );
  assert.deepEqual(seen, { code: "api/server", error: null, status: "ready" });
});

withReact("what a run has created is put in", {}, async ({ serve, run }) => {
  const server = await serve({
    ...people((name) => threadsOf(name, 8)),
    "GET /v1/threads/thr_run": ({ json }) => json(200, thread("thr_run", "run", 30)),
    "GET /v1/threads/thr_old": ({ json }) => json(200, thread("thr_old", "old", 0)),
  });
  const seen = await run(
    withList(async ({ client, list, rows, until }) => {
      list().put(await client.threads.get("thr_run"));
      await until("it", () => rows().startsWith("run"));
      list().put(await client.threads.get("thr_old"));
      return rows();
    }),
    { url: server.url, token: tokenOf("alice") },
  );
  assert.equal(seen, "run,alice 8,alice 7,alice 6");
});
