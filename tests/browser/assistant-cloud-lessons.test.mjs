/** What users of Assistant Cloud's own client have met and nothing else here shows. `tests/cases.toml` has the list. */
import assert from "node:assert/strict";
import { everywhere, inNode, table } from "./support/everywhere.mjs";

const moment = "2026-09-17T09:30:00.000Z";
const row = (id, more = {}) => ({
  ...{ id, project_id: "proj_0", workspace_id: "workspace", external_id: null, metadata: null, title: null },
  ...{ is_archived: false, created_at: moment, updated_at: moment, last_message_at: moment, ...more },
});

/** Identities by number, which need no provider. The token's text has the number in it. */
const minting = ({ nth, json, call }) =>
  json(200, {
    access_token: tokenOf(`anonymous-${nth}`),
    refresh_token: { token: `refresh_0canary-${nth}`, expires_at: "2099-01-01T00:00:00.000Z" },
    ...(call.body && { refresh_token: null }),
  });

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const tokenOf = (sub) => `${part({ alg: "none" })}.${part({ sub, exp: 4_102_444_800 })}.canary-signature`;
const whoIs = ({ headers }) =>
  JSON.parse(Buffer.from((headers.authorization ?? "").split(".")[1], "base64url").toString()).sub;

everywhere("Assistant Cloud: who asks for headers waits for the token", {}, async ({ serve, run }) => {
  const { url } = await serve();
  const told = await run(
    async ({ open, jwt }, { url }) => {
      let answer;
      const asked = new Promise((resolve) => (answer = resolve));
      const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken: () => asked });
      const headers = client.auth.headers();
      const token = jwt({ sub: "alice", exp: 4_102_444_800 });
      const first = await Promise.race([headers.then(() => "headers"), Promise.resolve("nothing yet")]);
      answer(token);
      return { first, isIt: (await headers).authorization === `Bearer ${token}` };
    },
    { url },
  );
  assert.deepEqual(told, { first: "nothing yet", isIt: true });
});

everywhere("Assistant Cloud: a slash at the end of the base URL is the same project", {}, async ({ serve, run }) => {
  const server = await serve({
    "POST /v1/auth/tokens/anonymous": minting,
    "POST /v1/auth/tokens/refresh": minting,
    "GET /v1/threads": ({ json }) => json(200, { threads: [] }),
  });
  const kept = await run(
    async ({ open }, { url }) => {
      for (const baseUrl of [url, `${url}/`]) {
        const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl, anonymous: true });
        await client.threads.list();
        client.dispose();
      }
      const keys = "localStorage" in globalThis ? Object.keys(localStorage) : [];
      if (keys.length) localStorage.clear();
      return keys;
    },
    { url: server.url },
  );
  const isInPage = kept.length > 0;
  assert.deepEqual(kept, isInPage ? [`aui:refresh_token:${server.url}`] : []);
  if (isInPage) assert.equal(server.count("POST /v1/auth/tokens/refresh"), 1, "the second is the first one");
  assert.deepEqual([...new Set(server.calls.map(({ path }) => path.startsWith("/v1/")))], [true]);
});

everywhere("Assistant Cloud: two projects know a visitor by an identity each", {}, async ({ serve, run }) => {
  const routes = {
    "POST /v1/auth/tokens/anonymous": minting,
    "POST /v1/auth/tokens/refresh": minting,
    "GET /v1/threads": ({ json }) => json(200, { threads: [] }),
  };
  const projects = [await serve(routes), await serve(routes)];
  const records = await run(
    async ({ open }, { urls }) => {
      const visit = async () => {
        for (const baseUrl of urls) {
          const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl, anonymous: true });
          await client.threads.list();
          client.dispose();
        }
      };
      await visit();
      await visit();
      const isInPage = "localStorage" in globalThis;
      const keys = isInPage ? Object.keys(localStorage).sort() : [];
      if (isInPage) localStorage.clear();
      return { isInPage, keys };
    },
    { urls: projects.map(({ url }) => url) },
  );
  const asked = projects.map(({ calls }) => calls.map(({ path }) => path.split("/").at(-1)));
  if (!records.isInPage)
    return assert.deepEqual(asked, Array(2).fill(["anonymous", "threads", "anonymous", "threads"]));
  assert.deepEqual(records.keys, projects.map(({ url }) => `aui:refresh_token:${url}`).sort());
  assert.deepEqual(asked, Array(2).fill(["anonymous", "threads", "refresh", "threads"]));
});

everywhere("Assistant Cloud: an identity that comes too late is nobody's", {}, async ({ serve, run }) => {
  let isAsked = false;
  /** @type {Function} */
  let release = () => {};
  const held = new Promise((resolve) => (release = resolve));
  const server = await serve({
    "POST /v1/auth/tokens/anonymous": async (exchange) => {
      isAsked = true;
      await held;
      minting(exchange);
    },
    "GET /asked": ({ json }) => json(200, { isAsked }),
    "GET /release": ({ json }) => (release(), json(200, {})),
    "GET /v1/threads": ({ json }) => json(200, { threads: [] }),
  });
  const told = await run(
    async ({ open, codeOf, until }, { url, token }) => {
      const ask = async (path) => (await fetch(url + path)).json();
      const client = open({
        backend: "assistant-cloud",
        apiKey: undefined,
        baseUrl: url,
        anonymous: { persist: "memory" },
      });
      const first = codeOf(client.threads.list());
      await until("the token request", async () => (await ask("/asked")).isAsked);
      client.auth.setCredential({ authToken: () => token });
      const second = client.threads.list();
      await second;
      await ask("/release");
      await client.threads.list();
      return { first: await first };
    },
    { url: server.url, token: tokenOf("bob") },
  );
  assert.deepEqual(told, { first: "auth/identity-changed" });
  const asked = server.calls.filter(({ path }) => path.startsWith("/v1/threads"));
  assert.deepEqual(asked.map(whoIs), ["bob", "bob"]);
});

table(
  "Assistant Cloud: what is no token of a provider",
  {
    rows: [
      { name: "an API key", given: { text: "sk_aui_proj_canary" } },
      { name: "the words of a refusal", given: { text: "Unauthorized" } },
      { name: "a page", given: { text: "<!doctype html><title>Sign in</title>" } },
    ],
  },
  async ({ open, settle }, { url, text }) => {
    const options = { backend: "assistant-cloud", apiKey: undefined, baseUrl: url, onWarning: () => {} };
    return settle(open({ ...options, authToken: () => text }).threads.list());
  },
  (_, { error }, server) => {
    assert.equal(error.code, "auth/not-a-token");
    assert.equal(server.calls.length, 0);
  },
);

everywhere("Assistant Cloud: signed out is no token, and not an empty one", {}, async ({ serve, run }) => {
  const server = await serve();
  const codes = await run(
    async ({ open, codeOf }, { url }) => {
      const options = { backend: "assistant-cloud", apiKey: undefined, baseUrl: url, onWarning: () => {} };
      return Promise.all(
        ["", null, undefined].map((none) => codeOf(open({ ...options, authToken: () => none }).threads.list())),
      );
    },
    { url: server.url },
  );
  assert.deepEqual(codes, Array(3).fill("auth/not-signed-in"));
  assert.equal(server.calls.length, 0);
});

/** Answers any call of a table with what its row says. */
const answering = (status, type, body) => ({ "*": ({ send }) => send(status, type, body) });

table(
  "Assistant Cloud: an answer that has nothing in it",
  {
    rows: [
      { name: "blank", serve: answering(200, "application/json", " \n ") },
      { name: "an empty object", serve: answering(200, "application/json", "{}") },
      { name: "no content", serve: { "*": ({ response }) => response.writeHead(204).end() } },
    ],
  },
  async ({ open, settle, jwt }, { url }) => {
    const authToken = () => jwt({ sub: "alice", exp: 4_102_444_800 });
    const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken });
    return Promise.all([
      settle(client.threads.update("thread_1", { title: "x" })),
      settle(client.threads.delete("thread_1")),
      settle(client.messages.update("thread_1", "msg_1", { content: {} })),
    ]);
  },
  (_, outcomes) => assert.deepEqual(outcomes, [{}, {}, {}]),
);

table(
  "Assistant Cloud: an answer without what was asked for",
  {
    rows: [
      { name: "threads.create", given: { call: "thread" } },
      { name: "messages.create", given: { call: "message" } },
      { name: "files.presignUpload", given: { call: "upload" } },
      { name: "files.presignDownload", given: { call: "download" } },
      { name: "auth.tokens.create", given: { call: "token" } },
    ].flatMap((row) =>
      [{}, { thread_id: 7, message_id: "", signedUrl: null, token: [] }].map((body, index) => ({
        ...row,
        name: `${row.name}, ${index ? "but something else" : "nothing"}`,
        serve: answering(200, "application/json", JSON.stringify(body)),
      })),
    ),
  },
  async ({ open, codeOf, jwt }, { url, call }) => {
    const authToken = () => jwt({ sub: "alice", exp: 4_102_444_800 });
    const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken });
    const calls = {
      thread: () => client.threads.create(),
      message: () => client.messages.create("thread_1", { parent_id: null, format: "aui/v0", content: {} }),
      upload: () => client.files.presignUpload({ filename: "a.png" }),
      download: () => client.files.presignDownload({ key: "a" }),
      token: () => client.auth.tokens.create(),
    };
    return codeOf(calls[call]());
  },
  (_, code) => assert.equal(code, "api/malformed-response"),
);

everywhere("Assistant Cloud: a thread without a title has none", {}, async ({ serve, run }) => {
  const { url } = await serve({ "GET /v1/threads": ({ json }) => json(200, { threads: [row("thread_1")] }) });
  const titles = await run(
    async ({ open, jwt }, { url }) => {
      const authToken = () => jwt({ sub: "alice", exp: 4_102_444_800 });
      const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken });
      const { items } = await client.threads.list();
      return items.map(({ title, raw }) => [title, raw.title]);
    },
    { url },
  );
  assert.deepEqual(titles, [[null, null]]);
});

everywhere("Assistant Cloud: both sides of a list, each to its end", {}, async ({ serve, run }) => {
  const all = Array.from({ length: 55 }, (_, n) => row(`thread_${n}`, { is_archived: n % 2 === 1 }));
  const server = await serve({
    "GET /v1/threads": ({ call, json }) => {
      const query = new URLSearchParams(call.path.split("?")[1]);
      const side = all.filter(({ is_archived }) => String(is_archived) === (query.get("is_archived") ?? "false"));
      const from = side.findIndex(({ id }) => id === query.get("after")) + 1;
      json(200, { threads: side.slice(from, from + Number(query.get("limit") ?? 20)) });
    },
  });
  const sides = await run(
    async ({ open, jwt }, { url }) => {
      const authToken = () => jwt({ sub: "alice", exp: 4_102_444_800 });
      const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken });
      const idsOf = async (query) => {
        const ids = [];
        for await (const { id, archived } of client.threads.list(query)) ids.push(`${id} ${archived}`);
        return ids;
      };
      return Promise.all([idsOf({ is_archived: false }), idsOf({ is_archived: true })]);
    },
    { url: server.url },
  );
  assert.deepEqual([sides.flat().length, new Set(sides.flat()).size], [55, 55]);
  assert.ok(sides[0].every((text) => text.endsWith(" false")) && sides[1].every((text) => text.endsWith(" true")));
});

everywhere("Assistant Cloud: why an upload was refused", {}, async ({ serve, run }) => {
  const route = "POST /v1/files/attachments/generate-presigned-upload-url";
  const { url } = await serve({ [route]: ({ json }) => json(413, { error: "File exceeds 25 MiB" }) });
  const error = await run(
    async ({ open, settle, jwt }, { url }) => {
      const authToken = () => jwt({ sub: "alice", exp: 4_102_444_800 });
      const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken });
      return (await settle(client.files.presignUpload({ filename: "a.png", content_length: 30_000_000 }))).error;
    },
    { url },
  );
  assert.deepEqual([error.code, error.status], ["api/too-large", 413]);
  assert.match(error.message, /File exceeds 25 MiB/);
});

everywhere("Assistant Cloud: what is not there is named", {}, async ({ serve, run }) => {
  const { url } = await serve({ "*": ({ json }) => json(404, { error: "Thread not found" }) });
  const errors = await run(
    async ({ open, settle, jwt }, { url }) => {
      const authToken = () => jwt({ sub: "alice", exp: 4_102_444_800 });
      const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken });
      return Promise.all([
        settle(client.threads.get("thread_gone")),
        settle(client.messages.create("thread_gone", { parent_id: null, format: "aui/v0", content: {} })),
      ]);
    },
    { url },
  );
  for (const [index, operation] of ["threads.get", "messages.create"].entries()) {
    const { code, status, message } = errors[index].error;
    assert.deepEqual([code, status], ["api/not-found", 404]);
    for (const word of [operation, "Thread not found"])
      assert.ok(message.includes(word), `${word} is not in: ${message}`);
  }
});

everywhere("Assistant Cloud: a list that was asked for by somebody else is not given", {}, async ({ serve, run }) => {
  const server = await serve({
    "GET /v1/threads": async ({ call, nth, json }) => {
      // The first answer comes after the second one.
      while (nth === 1 && server.count("GET /v1/threads") < 2) await new Promise(setImmediate);
      json(200, { threads: [row(`thread_of_${whoIs(call)}`)] });
    },
    "GET /asked": ({ json }) => json(200, server.count("GET /v1/threads")),
  });
  const told = await run(
    async ({ open, codeOf, until }, { url, alice, bob }) => {
      const options = { backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken: () => alice };
      const client = open(options);
      const first = codeOf(client.threads.list());
      await until("the request", async () => (await fetch(`${url}/asked`)).json());
      client.auth.setCredential({ authToken: () => bob });
      const { items } = await client.threads.list();
      return { first: await first, second: items.map(({ id }) => id) };
    },
    { url: server.url, alice: tokenOf("alice"), bob: tokenOf("bob") },
  );
  assert.deepEqual(told, { first: "auth/identity-changed", second: ["thread_of_bob"] });
});

everywhere("Assistant Cloud: nothing is sent that nobody has asked for", {}, async ({ serve, run }) => {
  const server = await serve({
    "GET /v1/threads": ({ json }) => json(200, { threads: [] }),
    "POST /v1/threads": ({ json }) => json(201, { thread_id: "thread_1" }),
    "POST /v1/threads/thread_1/messages": ({ json }) => json(201, { message_id: "msg_1" }),
  });
  await run(
    async ({ open, jwt, pause }, { url }) => {
      const authToken = () => jwt({ sub: "alice", exp: 4_102_444_800 });
      const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken });
      await client.threads.list();
      const { id } = await client.threads.create();
      await client.messages.create(id, { parent_id: null, format: "aui/v0", content: { role: "user" } });
      // Longer than a buffer of events would wait.
      await pause(2_500);
      client.dispose();
    },
    { url: server.url },
  );
  assert.deepEqual(
    server.calls.map(({ method, path }) => `${method} ${path}`),
    ["GET /v1/threads", "POST /v1/threads", "POST /v1/threads/thread_1/messages"],
  );
});

inNode("Assistant Cloud: an API key goes where it is told to", {}, async ({ serve, run }) => {
  const server = await serve({ "GET /v1/threads": ({ json }) => json(200, { threads: [] }) });
  await run(
    async ({ open }, { url }) => {
      const credential = { apiKey: "sk_aui_canary", userId: "user_1", workspaceId: "workspace_1" };
      await open({ backend: "assistant-cloud", baseUrl: `${url}/below/`, ...credential })
        .threads.list()
        .catch(() => {});
    },
    { url: server.url },
  );
  assert.deepEqual(
    server.calls.map(({ path }) => path),
    ["/below/v1/threads"],
  );
});

inNode("Assistant Cloud: turn after turn goes to the thread that it was said in", {}, async ({ serve, run }) => {
  let count = 0;
  const server = await serve({
    "*": ({ call, json }) => (call.method === "POST" ? json(201, { message_id: `msg_${++count}` }) : json(200, {})),
  });
  await run(
    async ({ open, jwt }, { url }) => {
      const { openHistory } = await import("threadpass/assistant-cloud");
      const authToken = () => jwt({ sub: "alice", exp: 4_102_444_800 });
      const client = open({ backend: "assistant-cloud", apiKey: undefined, baseUrl: url, authToken });
      const say = (id, role = "user", text = id) => ({ id, role, parts: [{ type: "text", text }] });
      const [rome, oslo] = ["rome", "oslo"].map((id) => openHistory(client, id, { format: "ai-sdk/v6" }));
      await rome.append({ parentId: null, message: say("r1") });
      // The user goes elsewhere while the answer comes.
      await oslo.append({ parentId: null, message: say("o1") });
      await rome.append({ parentId: "r1", message: say("r2", "assistant") });
      await rome.update({ message: say("r2", "assistant", "a second step") });
      await rome.append({ parentId: "r2", message: say("r3") });
      await rome.append({ parentId: "r3", message: say("r4", "assistant") });
    },
    { url: server.url },
  );
  assert.deepEqual(
    server.calls.map(({ method, path, body }) => {
      const { parent_id: parent, content } = JSON.parse(body);
      return [method, path.slice("/v1/threads/".length), parent, content.parts[0].text].join(" ");
    }),
    [
      "POST rome/messages  r1",
      "POST oslo/messages  o1",
      "POST rome/messages msg_1 r2",
      "PUT rome/messages/msg_3  a second step",
      "POST rome/messages msg_3 r3",
      "POST rome/messages msg_4 r4",
    ],
  );
});
