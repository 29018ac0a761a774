/** `client.fetch`, for other SDKs. */
import assert from "node:assert/strict";
import { everywhere, inChromium, inNode, table } from "./support/everywhere.mjs";
import { tokens } from "./support/server.mjs";

const echo = { "*": ({ json }) => json(200, { ok: true }) };

table(
  "an identity does not leave its origin",
  {
    rows: [
      ...["{other}/v1/threads", "https://evil.example/v1/threads", "{localhost}/v1/threads", "https{rest}/v1/threads"],
      ...["http://user:canary@{host}/v1/threads", "http://user@{host}/v1/threads", "http://:canary@{host}/v1/threads"],
      ...["data:,canary", "about:blank", "http://127.0.0.1.evil.example/"],
    ].flatMap((target) =>
      ["text", "URL", "Request"].map((form) => ({ name: `${form} ${target}`, given: { target, form } })),
    ),
  },
  async ({ open, codeOf }, { url, target, form }) => {
    const client = open({ baseUrl: url, userToken: () => "canary-subject" });
    const host = url.slice("http://".length);
    const at = target
      .replace("{other}", `http://127.0.0.1:${host.endsWith(":1") ? 2 : 1}`)
      .replace("{localhost}", url.replace("127.0.0.1", "localhost"))
      .replace("https{rest}", url.replace("http", "https"))
      .replace("{host}", host);
    let input = at;
    try {
      if (form === "URL") input = new URL(at, url);
      if (form === "Request") input = new Request(at);
    } catch {
      return "the platform refuses it";
    }
    return codeOf(client.fetch(input));
  },
  ({ given }, code, server) => {
    const refused = given.form === "Request" && /@/.test(given.target);
    assert.ok(
      code === "config/foreign-origin" || (refused && code === "the platform refuses it"),
      JSON.stringify(code),
    );
    assert.equal(server.apiCalls().length, 0);
  },
);

inNode("a URL that is none is refused in our own words", {}, async ({ serve, run }) => {
  const server = await serve();
  const codes = await run(
    async ({ open, codeOf }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      return [
        await codeOf(client.fetch("/v1/threads")),
        await codeOf(client.fetch("http://")),
        await codeOf(client.fetch()),
      ];
    },
    { url: server.url },
  );
  for (const code of codes) assert.match(String(code), /^(config\/foreign-origin|api\/invalid-argument)$/);
});

inChromium("a relative URL is the page's, which is another origin", {}, async ({ serve, run }) => {
  const server = await serve();
  const codes = await run(
    async ({ open, codeOf }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const targets = ["/v1/threads", "//evil.example/v1/threads", "..", "\\\\evil.example", ""];
      return Promise.all(targets.map((target) => codeOf(client.fetch(target))));
    },
    { url: server.url },
  );
  assert.deepEqual(codes, Array(5).fill("config/foreign-origin"));
  assert.equal(server.apiCalls().length, 0);
});

table(
  "our headers replace an SDK's, and the others stay",
  {
    rows: ["object", "pairs", "Headers", "Request", "Request and init"].map((form) => ({
      name: form,
      given: { form },
      serve: echo,
    })),
  },
  async ({ open }, { url, form }) => {
    const client = open({ baseUrl: url, userToken: () => "canary-subject" });
    const headers = {
      Authorization: "Bearer somebody-else",
      "X-Api-Key": "other",
      "content-type": "text/x-test",
      "X-Own": "kept",
    };
    const at = `${url}/v1/x?q=1`;
    const init = { method: "PUT", body: "körper", headers };
    const send = {
      object: () => client.fetch(at, init),
      pairs: () => client.fetch(new URL(at), { ...init, headers: Object.entries(headers) }),
      Headers: () => client.fetch(at, { ...init, headers: new Headers(headers) }),
      Request: () => client.fetch(new Request(at, init)),
      "Request and init": () => client.fetch(new Request(at, { method: "PUT", body: "other" }), init),
    };
    const response = await send[form]();
    return { status: response.status, body: await response.json(), isResponse: response instanceof Response };
  },
  (_, result, server) => {
    assert.deepEqual(result, { status: 200, body: { ok: true }, isResponse: true });
    const { method, path, headers, body } = server.calls.at(-1);
    assert.deepEqual([method, path, body], ["PUT", "/v1/x?q=1", "körper"]);
    assert.equal(headers.authorization, "Bearer canary-session-1");
    assert.equal(headers["x-api-key"], "tambo_canary-api-key");
    assert.deepEqual([headers["content-type"], headers["x-own"]], ["text/x-test", "kept"]);
  },
);

everywhere("no redirect is followed, whatever the SDK says", {}, async ({ serve, run }) => {
  const server = await serve({
    "*": ({ response }) => response.writeHead(302, { location: "/elsewhere" }).end(),
    "GET /elsewhere": ({ json }) => json(200, {}),
  });
  const code = await run(
    async ({ open, codeOf }, { url }) =>
      codeOf(open({ baseUrl: url, userToken: () => "canary-subject" }).fetch(`${url}/v1/x`, { redirect: "follow" })),
    { url: server.url },
  );
  assert.equal(code, "network/failed");
  assert.equal(server.count("GET /elsewhere"), 0);
});

inChromium("no cookie goes along, whatever the SDK says", {}, async ({ serve, run, page }) => {
  const server = await serve(echo);
  await page.context().addCookies([{ name: "canary", value: "canary", url: server.url }]);
  const statuses = await run(
    async ({ open, settle }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      await client.threads.list();
      const sends = ["omit", "same-origin", "include"].map(
        (credentials) => () => client.fetch(`${url}/v1/x`, { credentials }),
      );
      return Promise.all(sends.map(async (send) => (await settle(send)).value?.status));
    },
    { url: server.url },
  );
  assert.deepEqual(statuses, [200, 200, 200]);
  assert.deepEqual(
    server.calls.map(({ headers }) => headers.cookie),
    Array(5).fill(undefined),
  );
  await page.context().clearCookies();
});

const refusing = {
  "POST /v1/x": ({ call, json }) =>
    call.headers.authorization === "Bearer canary-session-1" ? json(401, { message: "no" }) : json(200, { ok: true }),
};

table(
  "what can be sent twice is replayed after a 401, what cannot is not",
  {
    rows: [
      ...["nothing", "text", "bytes", "buffer", "view", "blob", "form", "multipart"].map((kind) => ({
        kind,
        replayed: true,
      })),
      { kind: "Request", replayed: false },
    ].map((row) => ({ ...row, name: row.kind, given: { kind: row.kind }, serve: refusing })),
  },
  async ({ open }, { url, kind }) => {
    let asked = 0;
    const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
    const bytes = new TextEncoder().encode("xbodyx");
    const multipart = new FormData();
    multipart.set("a", "body");
    const body = {
      text: "body",
      bytes: bytes.slice(1, 5),
      buffer: bytes.slice(1, 5).buffer,
      view: new DataView(bytes.buffer, 1, 4),
      blob: new Blob(["body"]),
      form: new URLSearchParams({ a: "body" }),
      multipart,
    }[kind];
    const at = `${url}/v1/x`;
    const request = new Request(at, { method: "POST", body: "body" });
    const response = await client.fetch(...(kind === "Request" ? [request] : [at, { method: "POST", body }]));
    return { status: response.status, asked, body: await response.json() };
  },
  ({ kind, replayed }, result, server) => {
    const sent = server.calls.filter(({ path }) => path === "/v1/x");
    if (!replayed) {
      assert.deepEqual([result.status, result.body, sent.length], [401, { message: "no" }, 1]);
      return;
    }
    assert.deepEqual(result, { status: 200, asked: 2, body: { ok: true } });
    assert.equal(sent.length, 2);
    for (const { body } of sent) assert.ok(kind === "nothing" ? body === "" : body.includes("body"));
  },
);

inNode("a stream is sent once", {}, async ({ serve, run }) => {
  const server = await serve(refusing);
  const seen = await run(
    async ({ open }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const body = new Blob(["body"]).stream();
      const { status } = await client.fetch(`${url}/v1/x`, { method: "POST", body, duplex: "half" });
      return status;
    },
    { url: server.url },
  );
  assert.equal(seen, 401);
  assert.equal(server.count("POST /v1/x"), 1);
});

table(
  "an answer is the SDK's own, whatever its status",
  {
    rows: [200, 204, 400, 403, 404, 409, 429, 500, 503].map((status) => ({
      name: String(status),
      status,
      given: {},
      serve: {
        "*": ({ response }) =>
          response.writeHead(status, { "content-type": "text/plain" }).end(status === 204 ? "" : "words"),
      },
    })),
  },
  async ({ open }, { url }) => {
    const response = await open({ baseUrl: url, retries: 2, userToken: () => "canary-subject" }).fetch(`${url}/v1/x`);
    return { status: response.status, text: await response.text() };
  },
  ({ status }, result, server) => {
    assert.deepEqual(result, { status, text: status === 204 ? "" : "words" });
    assert.equal(server.count("GET /v1/x"), 1, "repeating is the SDK's business");
  },
);

table(
  "without a bearer there is nothing to fetch with",
  {
    rows: [
      { name: "userKey", given: { credential: { userKey: "canary-user" } }, code: "api/unsupported" },
      { name: "anonymous", given: { credential: { anonymous: true } }, code: "api/unsupported" },
      { name: "nobody", given: { credential: { userToken: "" } }, code: "config/missing-credential" },
    ],
  },
  async ({ open, codeOf }, { url, credential }) =>
    codeOf(open({ baseUrl: url, ...credential, onWarning: () => {} }).fetch(`${url}/v1/threads`)),
  ({ code }, result, server) => {
    assert.equal(result, code);
    assert.equal(server.calls.length, 0);
  },
);

everywhere("an aborted fetch ends with the SDK's reason, also while the answer is read", {}, async ({ serve, run }) => {
  const server = await serve({
    "GET /v1/never": () => {},
    "GET /v1/half": ({ response }) => response.writeHead(200).write("half"),
  });
  const seen = await run(
    async ({ open, settle }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const one = new AbortController();
      const never = client.fetch(`${url}/v1/never`, { signal: one.signal }).catch((reason) => reason);
      await client.auth.ready();
      one.abort("enough");
      const two = new AbortController();
      const response = await client.fetch(`${url}/v1/half`, { signal: two.signal });
      const text = settle(response.text());
      two.abort();
      return { never: await never, failed: "error" in (await text) };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { never: "enough", failed: true });
});

everywhere("an answer for a user who has left is not delivered", {}, async ({ serve, run }) => {
  const server = await serve({
    "GET /v1/half": ({ response }) => response.writeHead(200).write("canary of the first user"),
  });
  const seen = await run(
    async ({ open, settle }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const response = await client.fetch(`${url}/v1/half`);
      const text = settle(response.text());
      await client.auth.signOut();
      return "error" in (await text);
    },
    { url: server.url },
  );
  assert.equal(seen, true, "the body breaks off with the sign-out");
});

everywhere("a session token of the app's own is sent as it is", {}, async ({ serve, run }) => {
  const server = await serve(echo);
  const status = await run(
    async ({ open }, { url }) =>
      (await open({ baseUrl: url, sessionToken: () => "canary-own.session" }).fetch(`${url}/v1/x`)).status,
    { url: server.url },
  );
  assert.equal(status, 200);
  assert.equal(server.count(tokens), 0);
  assert.equal(server.calls[0].headers.authorization, "Bearer canary-own.session");
});
