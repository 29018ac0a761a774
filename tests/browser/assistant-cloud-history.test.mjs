/** A chat's history in Assistant Cloud: appended, updated and loaded by the app's own ids. */
import assert from "node:assert/strict";
import { accessOf } from "./support/anonymous.mjs";
import { everywhere } from "./support/everywhere.mjs";
import { messagesOf } from "./support/messages.mjs";

const entries = { node: "threadpass/assistant-cloud", page: "/pkg/assistant-cloud/index.js" };

/**
 * Runs a script with the tools, the entry and what opens a client and a history.
 *
 * @param {import("./support/everywhere.mjs").Stage} stage @param {Parameters<typeof messagesOf>[1]} backend
 */
async function scene(stage, script, { given, ...backend } = {}) {
  const messages = messagesOf("thread_1", backend);
  const server = await stage.serve({
    "*": messages.handler,
    "POST /token": ({ send, call }) => send(200, "text/plain", accessOf(call.body)),
    ...backend.routes,
  });
  const whole = `async (tools, given) => {
    const entry = await import(given.entry);
    const clientOf = (name = "alice", options) => {
      const user = { name };
      const authToken = async () => (await fetch(given.url + "/token", { method: "POST", body: user.name })).text();
      const all = { backend: "assistant-cloud", apiKey: undefined, baseUrl: given.url, authToken, ...options };
      return Object.assign(tools.open(all), { user });
    };
    const warnings = [];
    const historyOf = (client, options) => entry.openHistory(client, "thread_1", {
      format: "ai-sdk/v6", onWarning: ({ code, message }) => warnings.push([code, message]), ...options });
    const said = (id, text = id, more) => ({ id, role: "user", parts: [{ type: "text", text }], ...more });
    const textsOf = ({ messages }) => messages.map(({ message }) => message.parts[0].text);
    return (${script})({ ...tools, ...entry, clientOf, historyOf, said, textsOf, warnings }, given);
  }`;
  const run = stage.where === "node" ? eval(whole) : whole;
  const result = await stage.run(run, { ...given, url: server.url, entry: entries[stage.where] });
  const calls = server.calls
    .filter(({ path }) => path.startsWith("/v1/threads/thread_1/messages"))
    .map(({ method, path, body }) => ({ method, path, body: body ? JSON.parse(body) : null }));
  return { result, server, calls, kept: messages.kept };
}

/** @param {string} name @param {Function} script @param {(came: Awaited<ReturnType<typeof scene>>) => void} check */
const story = (name, script, check, backend = () => ({})) =>
  everywhere(name, {}, async (stage) => check(await scene(stage, script, backend())));

const contentOf = (text) => ({ role: "user", parts: [{ type: "text", text }] });

story(
  "children wait for their parents, and are stored under the ids of the backend",
  async ({ clientOf, historyOf, said }) => {
    const history = historyOf(clientOf());
    const pending = ["a", "b", "c"].map((id, index, ids) =>
      history.append({ parentId: ids[index - 1] ?? null, message: said(id) }),
    );
    const known = ["a", "c", "d"].map((id) => history.isPersisted(id));
    const ids = await Promise.all(pending);
    const remote = [await history.remoteId("b"), await history.remoteId("d")];
    const next = await history.append({ parentId: "msg_elsewhere", message: said("e") });
    return { ids, known, remote: remote.map((id) => id ?? "none"), next };
  },
  ({ result, calls }) => {
    assert.deepEqual(result, {
      ...{ ids: ["msg_1", "msg_2", "msg_3"], known: [true, true, false], remote: ["msg_2", "none"], next: "msg_4" },
    });
    const bodyOf = (parent_id, text) => ({
      ...{ parent_id, format: "ai-sdk/v6", content: contentOf(text), external_id: `thread_1:${text}` },
    });
    assert.deepEqual(
      calls.map(({ body }) => body),
      [bodyOf(null, "a"), bodyOf("msg_1", "b"), bodyOf("msg_2", "c"), bodyOf("msg_elsewhere", "e")],
    );
  },
);

story(
  "a message on its way is not sent again, and one that is stored is replaced",
  async ({ clientOf, historyOf, said }) => {
    const history = historyOf(clientOf());
    const item = { parentId: null, message: said("a") };
    const both = await Promise.all([history.append(item), history.append(item)]);
    return [...both, await history.append({ parentId: null, message: said("a", "edited") })];
  },
  ({ result, calls, kept }) => {
    assert.deepEqual(result, ["msg_1", "msg_1", "msg_1"]);
    assert.equal(calls.length, 2);
    assert.deepEqual(
      kept.map(({ content }) => content),
      [contentOf("edited")],
    );
  },
);

story(
  "a message whose answer is lost is stored once, however often it is appended",
  async ({ clientOf, historyOf, said, codeOf }) => {
    const [impatient, patient] = [historyOf(clientOf()), historyOf(clientOf("alice", { retries: 2 }))];
    const item = (id) => ({ parentId: null, message: said(id) });
    const first = await codeOf(impatient.append(item("a")));
    return [first, impatient.isPersisted("a"), await impatient.append(item("a")), await patient.append(item("b"))];
  },
  ({ result, kept, calls }) => {
    assert.deepEqual(result, ["network/failed", false, "msg_1", "msg_2"]);
    assert.deepEqual([kept.length, calls.length], [2, 4]);
  },
  () => {
    const seen = new Set();
    const backend = {
      kept: undefined,
      // Stored, and then the connection is gone.
      before: async ({ call, body, response }) => {
        if (call.method !== "POST" || seen.has(body.external_id)) return undefined;
        seen.add(body.external_id);
        backend.store(body);
        response.destroy();
        return "answered";
      },
      rows: [],
    };
    const twin = messagesOf("thread_1", { rows: backend.rows });
    backend.store = twin.made;
    return backend;
  },
);

story(
  "what failed may be tried again, by children too",
  async ({ clientOf, historyOf, said, codeOf }) => {
    const history = historyOf(clientOf());
    const parent = history.append({ parentId: null, message: said("a") });
    const child = history.append({ parentId: "a", message: said("b") });
    const failed = await Promise.all([codeOf(parent), codeOf(child)]);
    const known = [history.isPersisted("a"), history.isPersisted("b")];
    const again = [
      history.append({ parentId: null, message: said("a") }),
      history.append({ parentId: "a", message: said("b") }),
    ];
    return { failed, known, again: await Promise.all(again) };
  },
  ({ result, calls }) => {
    assert.deepEqual(result.failed, ["api/bad-request", "api/bad-request"]);
    assert.deepEqual(result.known, [false, false]);
    assert.deepEqual(result.again, ["msg_1", "msg_2"]);
    assert.equal(calls.length, 3, "a child without its parent is not sent");
  },
  () => ({ before: async ({ nth, json }) => (nth === 1 ? (json(400, { error: "no" }), "answered") : undefined) }),
);

story(
  "ids that are odd, and a message that is its own parent",
  async ({ clientOf, historyOf, said }) => {
    const history = historyOf(clientOf());
    const long = "x".repeat(300);
    const ids = [];
    for (const id of ["__proto__", "constructor", "", long]) {
      ids.push([history.isPersisted(id), await history.append({ parentId: id, message: said(id) })]);
      await history.update({ message: said(id, "new") });
    }
    return ids;
  },
  ({ result, calls, kept }) => {
    assert.deepEqual(
      result,
      [1, 2, 3, 4].map((nth) => [false, `msg_${nth}`]),
    );
    const created = calls
      .filter(({ method }) => method === "POST")
      .map(({ body }) => [body.parent_id, body.external_id]);
    assert.deepEqual(
      created.slice(0, 3),
      ["__proto__", "constructor", ""].map((id) => [id, `thread_1:${id}`]),
    );
    assert.equal(created[3][1], undefined, "longer than what the backend takes");
    assert.deepEqual(
      kept.map(({ content }) => content),
      Array(4).fill(contentOf("new")),
    );
  },
);

story(
  "updates come after their message and after each other; of a message nobody knows only a warning",
  async ({ clientOf, historyOf, said, warnings }) => {
    const history = historyOf(clientOf());
    await history.update({ message: said("nobody") });
    const all = [
      history.append({ parentId: null, message: said("a", "one") }),
      history.update({ message: said("a", "two") }),
      history.update({ message: said("a", "three") }),
    ];
    await Promise.all(all);
    return warnings;
  },
  ({ result, calls, kept }) => {
    assert.equal(result.length, 1);
    assert.match(result[0].join(" "), /api\/not-found .*never appended/);
    assert.deepEqual(
      calls.map(({ method, path, body }) => [method, path.split("/messages")[1], body.content.parts[0].text]),
      [
        ["POST", "", "one"],
        ["PUT", "/msg_1", "two"],
        ["PUT", "/msg_1", "three"],
      ],
    );
    assert.deepEqual(Object.keys(calls[1].body), ["content"]);
    assert.deepEqual(kept[0].content, contentOf("three"));
  },
  // The first update is the slower one.
  () => ({ before: async ({ nth }) => void (nth === 2 && (await new Promise((resolve) => setTimeout(resolve, 200)))) }),
);

/** So many rows below each other. */
const chain = (count) => {
  const { made, kept } = messagesOf("thread_1");
  for (let index = 0; index < count; index++)
    made({ parent_id: kept.at(-1)?.id ?? null, format: "ai-sdk/v6", content: contentOf(String(index)) });
  return kept;
};

story(
  "a long history is loaded whole, oldest first",
  async ({ clientOf, historyOf, textsOf }) => {
    const history = historyOf(clientOf());
    const loaded = await history.load();
    await history.update({ message: { ...loaded.messages[3].message, parts: [] } });
    const { parentId, message } = loaded.messages[449];
    return { texts: textsOf(loaded), parentId, message, known: history.isPersisted("msg_7") };
  },
  ({ result, calls }) => {
    assert.deepEqual(
      result.texts,
      Array.from({ length: 450 }, (_, index) => String(index)),
    );
    assert.deepEqual([result.parentId, result.known], ["msg_449", true]);
    assert.deepEqual(result.message, { id: "msg_450", ...contentOf("449") });
    const query = "?format=ai-sdk%2Fv6&limit=200";
    assert.deepEqual(
      calls.map(({ method, path }) => `${method} ${path.split("/messages")[1]}`),
      [`GET ${query}`, `GET ${query}&after=msg_251`, `GET ${query}&after=msg_51`, "PUT /msg_4"],
    );
  },
  () => ({ rows: chain(450) }),
);

story(
  "a page that comes again ends the walk",
  async ({ clientOf, historyOf, textsOf }) => textsOf(await historyOf(clientOf()).load()).length,
  ({ result, calls }) => {
    assert.equal(result, 200);
    assert.equal(calls.length, 2);
  },
  () => {
    const rows = chain(300);
    // A cursor that the backend cannot resolve is none.
    const first = rows.slice(100).reverse();
    const before = async ({ call, json }) =>
      call.path.includes("after=") ? (json(200, { messages: first }), "answered") : undefined;
    return { rows, before };
  },
);

story(
  "rows that cannot be read are left out with what follows them; rows of other formats too",
  async ({ clientOf, historyOf, load }) => {
    const { messages } = await historyOf(clientOf()).load();
    return messages.map(({ message, parentId }) => [parentId, message.id]);
  },
  ({ result }) => {
    const roots = ["orphan", "follows other", "__proto__", "root"].map((id) => [null, id]);
    assert.deepEqual(result, [[null, "good"], roots[0], ["good", "child"], ...roots.slice(1)]);
  },
  () => {
    const date = "2026-01-01T00:00:00.000Z";
    const row = (id, parent_id, content = contentOf(id), format = "ai-sdk/v6") => ({
      ...{ id, parent_id, content, format, height: 0, created_at: date, updated_at: date, external_id: null },
    });
    return {
      rows: [
        row("good", null),
        row("no parts", null, { role: "user" }),
        row("follows no parts", "no parts"),
        row("follows that", "follows no parts"),
        row("nobody", "good", { role: "nobody", parts: [] }),
        row("orphan", "gone"),
        row("one", "two"),
        row("two", "one"),
        row("self", "self"),
        row("child", "good"),
        row("other", null, {}, "aui/v0"),
        row("follows other", "other"),
        row("__proto__", "constructor"),
        row("root", null),
      ],
    };
  },
);

story(
  "after a reset nothing is known, and what was on its way brings nothing back",
  async ({ clientOf, historyOf, said, until, pause }, { url }) => {
    const history = historyOf(clientOf());
    const work = [history.append({ parentId: null, message: said("a") }), history.load()];
    await pause(0);
    history.reset();
    const [first] = await Promise.all(work);
    const known = ["a", "msg_1", "old"].map((id) => history.isPersisted(id));
    return { first, known, again: await history.append({ parentId: "a", message: said("b") }) };
  },
  ({ result, calls }) => {
    assert.deepEqual(result, { first: "msg_2", known: [false, false, false], again: "msg_3" });
    assert.equal(calls.at(-1).body.parent_id, "a");
  },
  () => ({ rows: chain(1) }),
);

story(
  "a loaded row takes the place of an append that fails",
  async ({ clientOf, historyOf, said, codeOf }) => {
    const history = historyOf(clientOf());
    const failing = codeOf(history.append({ parentId: null, message: said("msg_1") }));
    await history.load();
    const code = await failing;
    return { code, id: await history.remoteId("msg_1") };
  },
  ({ result }) => assert.deepEqual(result, { code: "api/bad-request", id: "msg_1" }),
  () => {
    let isLoaded;
    const loaded = new Promise((resolve) => (isLoaded = resolve));
    const before = async ({ call, json }) => {
      if (call.method === "GET") return void setTimeout(isLoaded, 200);
      await loaded;
      json(400, { error: "no" });
      return "answered";
    };
    return { rows: chain(1), before };
  },
);

story(
  "the app may replace its client, and ids stay known; another user is another history",
  async ({ clientOf, historyOf, said, codeOf }) => {
    let client = clientOf();
    const history = historyOf(() => client);
    await history.append({ parentId: null, message: said("a") });
    client = clientOf();
    await history.append({ parentId: "a", message: said("b") });
    client.user.name = "bob";
    client.auth.invalidate();
    await client.auth.ready();
    const calls = [
      () => history.append({ parentId: "b", message: said("c") }),
      () => history.load(),
      () => history.update({ message: said("a") }),
    ];
    const codes = [];
    for (const call of calls) codes.push(await codeOf(call));
    client = clientOf("bob");
    return [...codes, await codeOf(() => history.load())];
  },
  ({ result, calls, server }) => {
    assert.deepEqual(result, Array(4).fill("auth/identity-changed"));
    assert.deepEqual(
      calls.map(({ body }) => body.parent_id),
      [null, "msg_1"],
    );
  },
);

story(
  "a title is streamed, trimmed and stored; nothing is no title",
  async ({ clientOf, generateThreadTitle, codeOf }) => {
    const client = clientOf();
    const messages = [{ role: "user", content: [{ type: "text", text: "Capital?" }] }];
    const titles = [];
    for (let i = 0; i < 3; i++) titles.push(await generateThreadTitle(client, "thread_1", messages));
    return [...titles, await codeOf(generateThreadTitle(client, "thread_1", messages))];
  },
  ({ result, server }) => {
    assert.deepEqual(result, ["Capital of Portugal", null, "x".repeat(254), "api/malformed-response"]);
    const [stream, update] = server.calls.filter(({ path }) => path.startsWith("/v1/"));
    assert.deepEqual(JSON.parse(stream.body).assistant_id, "system/thread_title");
    assert.deepEqual(
      [update.method, update.path, update.body],
      ["PUT", "/v1/threads/thread_1", '{"title":"Capital of Portugal"}'],
    );
    assert.equal(server.count("PUT /v1/threads/thread_1"), 2);
  },
  () => ({
    routes: {
      "POST /v1/runs/stream": ({ nth, send }) =>
        nth === 4
          ? send(200, "text/html", "<p>")
          : send(200, "text/plain", ["  Capital of Portugal \n", " \n", `${"x".repeat(254)}🚀 and on`][nth - 1]),
      "PUT /v1/threads/thread_1": ({ json }) => json(200, {}),
    },
  }),
);
