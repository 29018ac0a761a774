/** Code of the app that uses the client from inside of everything that the client calls. */
import assert from "node:assert/strict";
import { everywhere } from "../support/everywhere.mjs";
import { grantOf, tokens } from "../support/server.mjs";
import { finished, newRun, started, streaming } from "../support/streams.mjs";

/** Where the app's code runs. */
const places = [
  "userToken",
  "fetch",
  "fetch with a token",
  "subscribe",
  "onChange",
  "onActivity",
  "logger",
  "onWarning",
];
/** What it does there. */
const actions = ["signOut", "dispose", "setCredential", "no credential", "invalidate"];
const uses = ["getToken", "getToken with forceRefresh", "ready", "list", "headers", "inspect", "init", "run"];

/** The client does something in a place, once; then it is used as ever. */
const act = async ({ open, codeOf, settle, pause, until }, { url, place, what }) => {
  const seen = { acted: false, sentAfter: [], inside: undefined, asked: [], old: [] };
  const tokenOf = (name) => () => {
    const token = `${name}-${seen.asked.length}.`;
    seen.asked.push(token);
    return token;
  };
  const doIt = {
    signOut: () => client.auth.signOut(),
    dispose: () => client.dispose(),
    setCredential: () => client.auth.setCredential({ userToken: tokenOf("bob") }),
    "no credential": () => client.auth.setCredential(null),
    invalidate: () => client.auth.invalidate(),
    getToken: () => client.auth.getToken(),
    "getToken with forceRefresh": () => client.auth.getToken({ forceRefresh: true }),
    ready: () => client.auth.ready(),
    list: () => client.threads.list(),
    headers: () => client.auth.headers(),
    inspect: () => [client.inspect(), client.auth.getSnapshot(), client.auth.peekToken()],
    init: () => client.init(),
    run: () => client.runs.stream(null, "hello").result(),
  };
  const here = (name) => {
    if (name !== place || seen.acted) return;
    seen.acted = true;
    seen.old = [...seen.asked];
    // A use in the callback may well wait for the callback; so nobody waits for it here.
    seen.inside = settle(doIt[what]).then(({ error, pending }) => error?.code ?? (pending ? "pending" : "settled"));
  };
  const [alice, refused] = [tokenOf("alice"), tokenOf("refused")];
  const client = open({
    baseUrl: url,
    // A refused exchange is what there is a warning of.
    userToken: () => {
      const token = place === "onWarning" && !seen.acted ? refused() : alice();
      here("userToken");
      return token;
    },
    fetch: (request, init) => {
      const whose = async () =>
        request.headers.get("authorization") ?? new URLSearchParams(await request.clone().text()).get("subject_token");
      if (seen.acted) seen.sentAfter.push(whose());
      here(request.headers.has("authorization") ? "fetch with a token" : "fetch");
      return fetch(request, init);
    },
    logger: () => here("logger"),
    onWarning: () => here("onWarning"),
  });
  client.auth.subscribe(() => here("subscribe"));
  client.auth.onChange(() => here("onChange"));
  client.onActivity(() => here("onActivity"));
  const before = [client.threads.list(), client.auth.getToken(), client.auth.ready()].map((call) => codeOf(call));
  await until("the place", () => seen.acted);
  const inside = await seen.inside;
  if (["signOut", "no credential"].includes(what)) client.auth.setCredential({ userToken: tokenOf("bob") });
  const ended = (await Promise.all(before)).map((code) => (typeof code === "string" ? code : Object.keys(code)[0]));
  const [later, token] = [await codeOf(client.threads.list()), await codeOf(client.auth.getToken())];
  await pause(50);
  return {
    ...{ inside, ended, token: token.value ?? token },
    later: typeof later === "string" ? later : Object.keys(later)[0],
    sentAfter: await Promise.all(seen.sentAfter),
    asked: seen.asked.length,
    old: seen.old,
  };
};

const endings = [
  ...["value", "auth/signed-out", "auth/identity-changed", "client/disposed", "auth/not-signed-in"],
  ...["config/missing-credential", "auth/exchange-rejected"],
];

const subjectOf = (body) => new URLSearchParams(body).get("subject_token") ?? "";

/** Grants whose tokens say whose they are, and a run. */
const named = {
  [tokens]: ({ call, json }) => {
    const subject = subjectOf(call.body);
    if (subject.startsWith("refused")) json(401, { message: "no" });
    else json(201, grantOf(1, { access_token: `canary-of-${subject}` }));
  },
  [newRun]: streaming(started, finished),
};

for (const place of places)
  everywhere(
    `whoever is signed out, replaced or disposed of in ${place} sends nothing any more`,
    {},
    async ({ t, serve, run }) => {
      for (const what of actions) {
        const server = await serve(named);
        const seen = await run(act, { url: server.url, place, what });
        await t.test(what, () => {
          assert.equal(seen.inside, "settled");
          for (const code of seen.ended) assert.ok(endings.includes(code), code);
          const last = what === "dispose" ? "client/disposed" : "value";
          assert.equal(seen.later, last, "and the client is what it should be");
          if (what === "dispose") assert.deepEqual(seen.sentAfter, []);
          else assert.match(seen.token, what === "invalidate" ? /^canary-of-alice-\d+\.$/ : /^canary-of-bob-\d+\.$/);
          // After `invalidate` the same callback is asked again; what it had said before is gone all the same.
          const gone = (text) =>
            what === "invalidate" ? seen.old.some((token) => text.endsWith(token)) : /alice|refused/.test(text);
          assert.deepEqual(seen.sentAfter.filter(gone), [], "nothing as who is gone");
          const exchanges = place === "fetch" ? server.calls.map(({ body }) => subjectOf(body)) : [];
          const arrived = [...exchanges, ...server.apiCalls().map(({ headers }) => headers.authorization ?? "")];
          if (place.startsWith("fetch")) assert.deepEqual(arrived.filter(gone), [], "nor what was about to be sent");
        });
      }
    },
  );

for (const place of places)
  everywhere(`the client can be used in ${place}`, {}, async ({ t, serve, run }) => {
    for (const what of uses) {
      const server = await serve(named);
      const seen = await run(act, { url: server.url, place, what });
      await t.test(what, () => {
        // Where there is something to warn of, it is refused, until another token is looked for.
        const refused = place === "onWarning" ? ["auth/exchange-rejected"] : [];
        assert.ok(["settled", ...refused].includes(seen.inside), seen.inside);
        assert.ok(["value", ...refused].includes(seen.later), seen.later);
        assert.ok(/^canary-of-alice-\d+\.$/.test(seen.token) || refused.includes(seen.token), seen.token);
        assert.ok(seen.asked <= 3, `${seen.asked} callbacks`);
      });
    }
  });

everywhere("a callback that waits for its own client is ended at its deadline", {}, async ({ serve, run }) => {
  const server = await serve(named);
  const seen = await run(
    async ({ open, codeOf }, { url }) => {
      const waits = [() => client.auth.getToken(), () => client.threads.list(), () => client.auth.headers()];
      let asked = 0;
      const userToken = async () => {
        await waits[asked++]?.();
        return "alice-0.";
      };
      const client = open({ baseUrl: url, userToken, timeouts: { callbackMs: 300 } });
      const code = await codeOf(client.auth.getToken());
      client.auth.setCredential({ userToken: () => "bob-0." });
      return { code, later: await codeOf(client.auth.getToken()) };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { code: "auth/callback-timeout", later: { value: "canary-of-bob-0." } });
});
