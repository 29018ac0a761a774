/** Who waits for a session, and how every wait ends. */
import assert from "node:assert/strict";
import { everywhere, inNode, table } from "./support/everywhere.mjs";
import { grantOf, tokens } from "./support/server.mjs";

everywhere("two hundred calls on a cold client ask once and exchange once", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open }, { url }) => {
      let asked = 0;
      const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
      const calls = Array.from({ length: 200 }, (_, n) => {
        if (n % 4 === 0) return client.auth.getToken();
        if (n % 4 === 1) return client.auth.ready();
        if (n % 4 === 2) return client.threads.list();
        return client.fetch(`${url}/v1/threads`).then(({ status }) => status);
      });
      const results = await Promise.all(calls);
      return { asked, tokens: new Set(results.filter((_, n) => n % 4 === 0)).size, status: results[3] };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { asked: 1, tokens: 1, status: 200 });
  assert.equal(server.count(tokens), 1);
  assert.equal(server.count("GET /v1/threads"), 100);
});

/** How a pending wait is ended, and what it then rejects with. */
const endings = {
  "sign-out": "auth/signed-out",
  "another credential": "auth/identity-changed",
  "no credential": "auth/signed-out",
  invalidate: "auth/identity-changed",
  dispose: "client/disposed",
};
/** What is pending when it happens. */
const waits = ["getToken", "headers", "call", "fetch", "run", "reading a run"];

table(
  "nothing that began before an ending delivers anything after it",
  {
    rows: Object.entries(endings).flatMap(([ending, code]) =>
      ["the callback", "the exchange", "the answer"].flatMap((stage) =>
        waits
          .filter((wait) => stage === "the answer" || wait !== "reading a run")
          .filter((wait) => stage !== "the answer" || !["getToken", "headers"].includes(wait))
          .map((wait) => ({
            name: `${ending} during ${stage}: ${wait}`,
            code,
            given: { ending, stage, wait },
            serve: {
              ...(stage === "the exchange" ? { [tokens]: never } : {}),
              ...(stage === "the answer"
                ? { "GET /v1/threads/thr_1": never, "POST /v1/threads/runs": neverEnding }
                : {}),
            },
          })),
      ),
    ),
  },
  async ({ open, codeOf, until, stateOf }, { url, ending, stage, wait }) => {
    const userToken = stage === "the callback" ? () => new Promise(() => {}) : () => "canary-subject";
    const client = open({ baseUrl: url, userToken, onWarning: () => {} });
    const generations = [client.auth.getSnapshot().generation];
    const begin = {
      getToken: () => client.auth.getToken(),
      headers: () => client.auth.headers(),
      call: () => client.threads.get("thr_1"),
      fetch: () => client.fetch(`${url}/v1/threads/thr_1`),
      run: () => client.runs.stream(null, "hello").result(),
      "reading a run": async () => {
        for await (const event of client.runs.stream(null, "hello")) void event;
      },
    };
    const entries = [];
    client.onActivity(({ kind }) => entries.push(kind));
    const pending = codeOf(begin[wait]);
    await until("the stage", () =>
      entries.includes({ "the callback": "asked", "the exchange": "exchanging" }[stage] ?? "renewed"),
    );
    // The request of a call follows its token.
    if (stage === "the answer") await new Promise((resolve) => setTimeout(resolve, 300));
    const next = () => new Promise(() => {});
    const end = {
      "sign-out": () => client.auth.signOut(),
      "another credential": () => client.auth.setCredential({ userToken: next }),
      "no credential": () => client.auth.setCredential(null),
      invalidate: () => client.auth.invalidate(),
      dispose: () => client.dispose(),
    };
    await end[ending]();
    const code = await pending;
    const state = stateOf(client.auth.getSnapshot());
    const token = ending === "dispose" ? null : client.auth.peekToken();
    return { code, status: state.status, token, grown: state.generation > generations[0] };
  },
  ({ code, given }, result) => {
    const absent = ["sign-out", "no credential"].includes(given.ending);
    assert.equal(result.code, code);
    assert.equal(result.token, null);
    if (given.ending === "dispose") return;
    assert.equal(result.status, absent ? "unauthenticated" : "exchanging");
    if (!absent) assert.ok(result.grown, "it is another generation");
  },
);

function never() {}
function neverEnding({ response }) {
  response.writeHead(201, { "content-type": "text/event-stream" });
  response.write('data: {"type":"RUN_STARTED","threadId":"thr_1","runId":"run_1"}\n\n');
}

everywhere("ready waits for the next user, getToken does not", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, codeOf, settle }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => new Promise(() => {}) });
      const ready = settle(client.auth.ready());
      const token = codeOf(client.auth.getToken());
      await client.init();
      client.auth.setCredential({ userToken: () => "canary-subject" });
      return { token: await token, ready: (await ready).value.status };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { token: "auth/identity-changed", ready: "identified" });
});

everywhere("an abort leaves the others waiting", {}, async ({ serve, run }) => {
  const server = await serve({
    [tokens]: ({ json, nth }) => setTimeout(() => json(201, grantOf(nth)), 500),
  });
  const seen = await run(
    async ({ open }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const controller = new AbortController();
      const { signal } = controller;
      const waiting = [
        client.auth.getToken({ signal }),
        client.auth.ready({ signal }),
        client.threads.list({ signal }),
      ];
      const others = [client.auth.getToken(), client.auth.ready(), client.threads.list()];
      const reasons = waiting.map((wait) => Promise.resolve(wait).catch((reason) => reason));
      await client.init();
      controller.abort("enough");
      const results = await Promise.all(others);
      const plain = client.auth.getToken({ signal: AbortSignal.abort() }).catch(({ name }) => name);
      return {
        reasons: await Promise.all(reasons),
        token: results[0],
        items: results[2].items.length,
        plain: await plain,
      };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    reasons: ["enough", "enough", "enough"],
    token: "canary-session-1",
    items: 0,
    plain: "AbortError",
  });
  assert.equal(server.count(tokens), 1);
});

everywhere("somebody signs out, and nobody is asked until somebody may be there", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, codeOf, settle, stateOf, pause }, { url }) => {
      let asked = 0;
      const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
      const { auth } = client;
      await auth.ready();
      await auth.signOut();
      const out = stateOf(auth.getSnapshot());
      const codes = [await codeOf(auth.getToken()), await codeOf(auth.ready()), await codeOf(client.threads.list())];
      const token = auth.peekToken();
      await auth.signOut();
      await pause(100);
      const before = asked;
      auth.invalidate();
      const back = await settle(auth.getToken());
      return { out, codes, token, before, asked, back: back.value, generation: auth.getSnapshot().generation };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    out: { status: "unauthenticated", reason: "signed-out" },
    codes: Array(3).fill("auth/not-signed-in"),
    token: null,
    before: 1,
    asked: 2,
    back: "canary-session-2",
    generation: 2,
  });
});

everywhere("a newer string of the same person keeps the generation", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, jwt }, { url }) => {
      const now = Math.floor(Date.now() / 1000);
      const tokenOf = (sub, iat) => jwt({ iss: "https://id.example", sub, iat, exp: iat + 3_600 });
      const client = open({ baseUrl: url, userToken: tokenOf("alice", now - 60) });
      const { auth } = client;
      const { user, generation, source } = await auth.ready();
      const generations = [generation];
      for (const userToken of [tokenOf("alice", now), tokenOf("bob", now), () => tokenOf("bob", now)]) {
        auth.setCredential({ userToken });
        generations.push((await auth.ready()).generation);
      }
      return { user, source, generations, last: auth.getSnapshot().user };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    user: { id: "alice" },
    source: "tokenExchange",
    generations: [0, 0, 1, 2],
    last: { id: "bob" },
  });
});

everywhere("a callback that begins to speak for somebody else ends what was before", {}, async ({ serve, run }) => {
  const server = await serve({ "GET /v1/threads/thr_1": never });
  const seen = await run(
    async ({ open, jwt, codeOf, pause, until }, { url }) => {
      let sub = "alice";
      const client = open({ baseUrl: url, userToken: () => jwt({ iss: "https://id.example", sub }) });
      await client.auth.ready();
      const pending = codeOf(client.threads.get("thr_1"));
      await pause(200);
      sub = "bob";
      const token = client.auth.getToken({ forceRefresh: true }).catch(({ code }) => code);
      const code = await pending;
      await until("bob", () => client.auth.getSnapshot().user?.id === "bob");
      await token;
      return { code, ...(await client.auth.ready()) };
    },
    { url: server.url },
  );
  const { code, status, user, generation } = seen;
  assert.deepEqual(
    { code, status, user, generation },
    { code: "auth/identity-changed", status: "identified", user: { id: "bob" }, generation: 1 },
  );
});

everywhere("a disposed client says so, for ever and idempotently", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, codeOf, settle, pause }, { url }) => {
      let told = 0;
      let asked = 0;
      const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
      await client.auth.ready();
      await pause(0);
      client.auth.subscribe(() => (told += 1));
      const snapshot = client.auth.getSnapshot();
      client.dispose();
      client.dispose();
      if (Symbol.dispose) client[Symbol.dispose]();
      const same = snapshot === client.auth.getSnapshot();
      const calls = [
        () => client.auth.getToken(),
        () => client.auth.ready(),
        () => client.auth.headers(),
        () => client.threads.list(),
        () => client.threads.create(),
        () => client.runs.stream(null, "hello").result(),
        () => client.runs.cancel("thr_1", "run_1"),
        () => client.fetch(`${url}/v1/threads`),
        () => client.init(),
      ];
      const codes = [];
      for (const call of calls) codes.push(await codeOf(call));
      client.auth.invalidate();
      client.auth.setCredential({ userToken: () => `canary-subject-${++asked}` });
      const out = await settle(client.auth.signOut());
      await pause(100);
      return { same, codes: [...new Set(codes)], told, asked, out };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { same: true, codes: ["client/disposed"], told: 0, asked: 1, out: {} });
  assert.equal(server.calls.length, 1);
});

everywhere("a disposed client can still be looked at", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, settle, pause }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      await client.auth.ready();
      client.dispose();
      await pause(0);
      const token = await settle(() => client.auth.peekToken());
      const activity = await settle(() => client.onActivity(() => {})());
      return { token, activity, inspection: (await settle(() => typeof client.inspect().status)).value };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { token: { value: null }, activity: {}, inspection: "string" });
});

inNode("dispose before the core has come", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, codeOf }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const calls = [
        client.auth.getToken(),
        client.auth.ready(),
        client.threads.list(),
        client.runs.stream(null, "x").result(),
      ];
      const codes = calls.map((call) => codeOf(call));
      client.dispose();
      return Promise.all(codes);
    },
    { url: server.url },
  );
  assert.deepEqual(seen, Array(4).fill("client/disposed"));
  assert.equal(server.calls.length, 0);
});
