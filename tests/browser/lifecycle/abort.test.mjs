/** Giving up, at any moment and for any reason. */
import assert from "node:assert/strict";
import { everywhere } from "../support/everywhere.mjs";
import { grantOf, tokens } from "../support/server.mjs";
import { begin, finished, frame, newRun, started } from "../support/streams.mjs";

const thread = { id: "thr_1", runStatus: "idle", createdAt: "2026-01-02T03:04:05Z", updatedAt: "2026-01-02T03:04:05Z" };

/** When it is given up. */
const moments = [
  "before the call",
  "in the same task",
  "in the callback",
  "in the exchange",
  "in the head",
  "in the body",
];

/** Gives up many calls at one moment, each for another reason. Runs in Node and in the page. */
const giveUp = async ({ open, pause, until, ThreadpassError }, { url, moment }) => {
  const error = new Error("enough");
  const reasons = {
    undefined: undefined,
    null: null,
    zero: 0,
    "an empty text": "",
    "a text": "enough",
    "an Error": error,
    "a frozen object": Object.freeze({ code: "client/internal" }),
    "an error of ours": new ThreadpassError("auth/signed-out", "not really"),
    "a function": () => {},
    "a promise": new Promise(() => {}),
    "a thing with a then": { then() {} },
    "a getter that throws": Object.defineProperty({}, "name", {
      get() {
        throw error;
      },
    }),
  };
  const calls = {
    getToken: (client, options) => client.auth.getToken(options),
    "a forced getToken": (client, options) => client.auth.getToken({ ...options, forceRefresh: true }),
    ready: (client, options) => client.auth.ready(options),
    list: (client, options) => client.threads.list(options),
    "list, iterated": async (client, options) => {
      for await (const thread of client.threads.list(options)) void thread;
    },
    get: (client, options) => client.threads.get("thr_1", options),
    create: (client, options) => client.threads.create({}, options),
    fetch: async (client, options) => (await client.fetch(`${url}/v1/x`, options)).text(),
    "a run": (client, options) => client.runs.stream(null, "hello", options).result(),
    "a run, iterated": async (client, options) => {
      for await (const event of client.runs.stream(null, "hello", options)) void event;
    },
  };
  const wrong = [];
  let [asked, answer] = [0, () => {}];
  const gate = new Promise((resolve) => (answer = resolve));
  const heldBack = moment === "in the callback";
  const userToken = async () => {
    asked += 1;
    if (heldBack) await gate;
    return moment === "in the exchange" ? "slow" : "canary-subject";
  };
  const client = open({ baseUrl: url, userToken, retries: 2 });
  // With a token at hand, getToken and ready are over as soon as they have begun.
  if (["before the call", "in the head", "in the body"].includes(moment)) await client.auth.ready();
  const others = [client.auth.ready(), client.auth.getToken()];
  const begun = [];
  for (const [why, reason] of Object.entries(reasons))
    for (const [what, call] of Object.entries(calls)) {
      const controller = new AbortController();
      const { signal } = controller;
      const one = { name: `${what}: ${why}`, signal, over: false, givenUp: false };
      one.giveUp = () => {
        one.givenUp = true;
        controller.abort(reason);
      };
      if (moment === "before the call") one.giveUp();
      one.settled = (async () => call(client, { signal }))()
        .then(
          () => ({ done: true }),
          (thrown) => ({ thrown }),
        )
        .finally(() => (one.over = true));
      if (moment === "in the same task") one.giveUp();
      begun.push(one);
    }
  if (heldBack) await until("the callback", () => asked);
  else await pause(300);
  for (const one of begun) if (!one.over) one.giveUp();
  let timer;
  const tooLong = new Promise((resolve) => (timer = setTimeout(resolve, 20_000, {})));
  for (const { name, settled, signal, givenUp } of begun) {
    const outcome = await Promise.race([settled, tooLong]);
    const right = givenUp ? Object.is(outcome.thrown, signal.reason) && !outcome.done : outcome.done;
    if (!right) wrong.push(`${name}: ${outcome.done ? "done" : String(outcome.thrown?.code ?? typeof outcome.thrown)}`);
  }
  clearTimeout(timer);
  answer();
  const held = (await Promise.all(others)).map((value) => value?.status ?? typeof value);
  return {
    wrong,
    held,
    asked,
    givenUp: begun.filter(({ givenUp }) => givenUp).length,
    later: typeof (await client.auth.getToken()),
  };
};

for (const moment of moments)
  everywhere(`calls that are given up ${moment} reject with the very reason`, {}, async ({ serve, run, where }) => {
    const slowly = ({ response, json }, value) => {
      if (moment === "in the head") return;
      if (moment !== "in the body") return json(200, value);
      response.writeHead(200, { "content-type": "application/json" }).write('{"threads":[');
    };
    const server = await serve({
      [tokens]: ({ call, nth, json }) => {
        const slow = call.body.includes("=slow&") || call.body.endsWith("=slow");
        setTimeout(() => json(201, grantOf(nth)), slow ? 1_000 : 0);
      },
      "GET /v1/threads": (exchange) => slowly(exchange, { threads: [], hasMore: false }),
      "GET /v1/threads/thr_1": (exchange) => slowly(exchange, thread),
      "POST /v1/threads": (exchange) => slowly(exchange, thread),
      "GET /v1/x": (exchange) => slowly(exchange, {}),
      [newRun]: ({ response }) => {
        if (moment === "in the head") return;
        const stream = begin(response);
        stream.write(frame(started));
        if (moment !== "in the body") stream.end(frame(finished));
      },
    });
    const seen = await run(giveUp, { url: server.url, moment });
    // Node's own fetch takes a reason that is falsy for none, once the answer has begun and is the caller's.
    const ours = seen.wrong.filter((text) => where === "page" || !/^fetch: (null|zero|an empty text): 20$/.test(text));
    assert.deepEqual(ours, []);
    assert.deepEqual(seen.held, ["identified", "string"], "whoever has not given up is served");
    assert.equal(seen.later, "string");
    assert.ok(seen.givenUp >= 12 * 6, `${seen.givenUp} were given up`);
    assert.ok(server.count(tokens) <= 3, `${server.count(tokens)} exchanges`);
  });

everywhere("giving up what is over changes nothing", {}, async ({ serve, run }) => {
  const server = await serve({
    "GET /v1/x": ({ json }) => json(200, { ok: true }),
    [newRun]: ({ response }) => void begin(response).end(frame(started) + frame(finished)),
  });
  const seen = await run(
    async ({ open, pause }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const controller = new AbortController();
      const { signal } = controller;
      const run = client.runs.stream(null, "hello", { signal });
      const list = client.threads.list({ signal });
      const before = [
        await client.auth.getToken({ signal }),
        (await list).items.length,
        (await run.result()).outcome,
        (await client.auth.ready({ signal })).status,
        await (await client.fetch(`${url}/v1/x`, { signal })).json(),
      ];
      const state = client.auth.getSnapshot();
      controller.abort(new Error("too late"));
      await pause(100);
      const after = [(await list).items.length, (await run.result()).outcome, await client.auth.getToken()];
      return { before, after, same: client.auth.getSnapshot() === state };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    before: ["canary-session-1", 0, "finished", "identified", { ok: true }],
    after: [0, "finished", "canary-session-1"],
    same: true,
  });
  assert.equal(server.count(tokens), 1);
});
