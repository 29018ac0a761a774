/** Arguments that run code of the app while they are read, which may be the end of whoever was signed in. */
import assert from "node:assert/strict";
import { everywhere } from "../support/everywhere.mjs";
import { grantOf, tokens } from "../support/server.mjs";
import { finished, newRun, started, streaming } from "../support/streams.mjs";

const thread = { id: "thr_1", runStatus: "idle", createdAt: "2026-01-02T03:04:05Z", updatedAt: "2026-01-02T03:04:05Z" };
const subjectOf = (body) => new URLSearchParams(body).get("subject_token") ?? "";
const routes = {
  [tokens]: ({ call, nth, json }) =>
    json(201, grantOf(nth, { access_token: `canary-of-${subjectOf(call.body)}-${nth}` })),
  "POST /v1/threads": ({ json }) => json(201, thread),
  "PATCH /v1/threads/thr_1": ({ json }) => json(200, thread),
  "GET /v1/x": ({ json }) => json(200, {}),
  "POST /v1/x": ({ json }) => json(200, {}),
  [newRun]: streaming(started, finished),
};

/** Where the code is: each is read, or written as JSON, in the course of the call. */
const places = [
  ...["create: toJSON", "create: a getter", "update: toJSON", "update: a getter", "list: a getter"],
  ...["list: a signal's getter", "get: a signal's getter", "getToken: a signal's getter"],
  ...["run: toJSON", "run: a getter", "run: a signal's getter"],
  ...["fetch: a header's getter", "fetch: a signal's getter", "fetch: toString of the URL"],
  ...["an array's length", "a proxy"],
];
const endings = ["signOut", "dispose", "setCredential", "no credential", "invalidate"];

/** Makes a call in whose argument somebody ends the session. */
const callWith = async ({ open, codeOf, pause, settle }, { url, place, ending }) => {
  const asked = [];
  let ended = false;
  let old = [];
  const alice = () => {
    asked.push(`alice${asked.length}`);
    return asked.at(-1);
  };
  const sentAfter = [];
  const client = open({
    baseUrl: url,
    userToken: alice,
    fetch: (request, init) => {
      if (ended)
        sentAfter.push(
          (async () =>
            request.headers.get("authorization") ??
            new URLSearchParams(await request.clone().text()).get("subject_token"))(),
        );
      return fetch(request, init);
    },
  });
  await client.threads.list();
  const end = (value) => {
    if (ended) return value;
    ended = true;
    old = [...asked];
    const { auth } = client;
    if (ending === "signOut") void auth.signOut();
    if (ending === "dispose") client.dispose();
    if (ending === "setCredential") auth.setCredential({ userToken: () => "bob" });
    if (ending === "no credential") auth.setCredential(null);
    if (ending === "invalidate") auth.invalidate();
    return value;
  };
  const getter = (name, value) => Object.defineProperty({}, name, { enumerable: true, get: () => end(value) });
  const { threads, runs } = client;
  const { signal } = new AbortController();
  const message = { role: "user", content: [{ type: "text", text: "hello" }] };
  const length = new Proxy([], { get: (array, name) => (name === "length" ? end(0) : Reflect.get(array, name)) });
  const proxy = new Proxy({}, { ownKeys: () => end(["a"]), getOwnPropertyDescriptor: () => end() });
  const calls = {
    "create: toJSON": () => threads.create({ metadata: { toJSON: () => end({}) } }),
    "create: a getter": () => threads.create(getter("metadata", {})),
    "update: toJSON": () => threads.update("thr_1", { metadata: { toJSON: () => end({}) } }),
    "update: a getter": () => threads.update("thr_1", getter("name", "new")),
    "list: a getter": () => threads.list(getter("limit", 5)),
    "list: a signal's getter": () => threads.list(getter("signal", signal)),
    "get: a signal's getter": () => threads.get("thr_1", getter("signal", signal)),
    "getToken: a signal's getter": () => client.auth.getToken(getter("signal", signal)),
    "run: toJSON": () => runs.stream(null, { message: { ...message, toJSON: () => end(message) } }).result(),
    "run: a getter": () => runs.stream(null, getter("message", message)).result(),
    "run: a signal's getter": () => runs.stream(null, "hello", getter("signal", signal)).result(),
    "fetch: a header's getter": () => client.fetch(`${url}/v1/x`, { headers: getter("x-own", "1") }),
    "fetch: a signal's getter": () => client.fetch(`${url}/v1/x`, getter("signal", signal)),
    "fetch: toString of the URL": () => client.fetch({ toString: () => end(`${url}/v1/x`) }),
    "an array's length": () => threads.create({ initialMessages: length }),
    "a proxy": () => threads.create({ metadata: proxy }),
  };
  const settled = await settle(calls[place]);
  const outcome = settled.error ? (settled.error.code ?? settled.error) : Object.keys(settled)[0];
  if (["signOut", "no credential"].includes(ending)) client.auth.setCredential({ userToken: () => "bob" });
  const later = await codeOf(client.auth.getToken());
  await pause(20);
  return { ended, old, outcome, later: later.value ?? later, sentAfter: await Promise.all(sentAfter) };
};

/** How the call may end. Whether it belongs to who was there before or to who came is not the point. */
const outcomes = {
  signOut: ["auth/signed-out", "auth/not-signed-in"],
  "no credential": ["auth/signed-out", "config/missing-credential"],
  dispose: ["client/disposed"],
  setCredential: ["auth/identity-changed", "value", "api/forbidden"],
  invalidate: ["auth/identity-changed", "value", "api/forbidden"],
};

for (const ending of endings)
  everywhere(`${ending} while an argument is read`, {}, async ({ t, serve, run }) => {
    for (const place of places) {
      const server = await serve(routes);
      const before = 2;
      const seen = await run(callWith, { url: server.url, place, ending });
      await t.test(place, () => {
        assert.ok(seen.ended, "it was read");
        const gone = (text) => seen.old.some((token) => text.includes(token));
        assert.deepEqual(seen.sentAfter.filter(gone), [], "nothing is sent as who is gone");
        const arrived = server.calls.slice(before);
        const identities = arrived.map(({ headers, body }) => headers.authorization ?? subjectOf(body));
        assert.deepEqual(identities.filter(gone), [], "and nothing has arrived");
        assert.ok(outcomes[ending].includes(seen.outcome), JSON.stringify(seen.outcome));
        if (ending === "dispose") assert.equal(seen.later, "client/disposed");
        else assert.match(seen.later, ending === "invalidate" ? /^canary-of-alice\d/ : /^canary-of-bob/);
      });
    }
  });
