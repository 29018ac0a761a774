/** Runs of LangGraph, and who follows them: tokens, other users, other origins, and those who leave. */
import assert from "node:assert/strict";
import { everywhere, table } from "./support/everywhere.mjs";
import * as lg from "./support/langgraph-runs.mjs";
import { askedWith, count, finished, read, textOf, whole } from "./support/langgraph-runs.mjs";

const given = { threadId: lg.threadId };
const bearerOf = ({ headers }) => headers.authorization;

everywhere("a stream outlives its token, and what is joined after it has another", {}, async ({ serve, run }) => {
  let stream;
  const server = await serve({
    [lg.creation]: ({ response }) => void (stream = lg.begin(response)).write(whole.slice(0, 2).join("")),
    "GET /expired": ({ json }) => (json(200, {}), stream.write(whole[2])),
    [lg.seen]: ({ json }) => (json(200, {}), stream.destroy()),
    [lg.joining]: ({ nth, json, ...exchange }) =>
      nth === 1 ? json(401, { detail: "" }) : lg.streaming(...whole.slice(3))(exchange),
    [lg.status]: lg.being("success"),
    [lg.state]: lg.holding([lg.question, lg.answer("abcd")]),
  });
  const seen = await run(
    async ({ open, jwt, pause, tell }, { url, threadId }) => {
      const asked = [];
      const authToken = ({ reason, forceRefresh }) => {
        asked.push([reason, forceRefresh]);
        // The first one has expired by the time the stream goes on.
        const lives = asked.length === 1 ? 2 : 600;
        return jwt({ sub: "ann", n: asked.length, exp: Math.floor(Date.now() / 1000) + lives });
      };
      const client = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken, assistantId: "agent" });
      const events = [];
      let thrown;
      try {
        for await (const event of client.runs.stream(threadId, "hello")) {
          events.push(event);
          if (events.length === 3) await pause(2_500).then(() => fetch(`${url}/expired`));
          if (events.length === 4) await fetch(`${url}/seen`);
        }
      } catch (error) {
        thrown = tell(error);
      }
      return { events, asked, thrown };
    },
    { ...given, url: server.url },
  );
  assert.equal(seen.thrown, undefined);
  assert.equal(textOf(seen), "abcd");
  // It went on with the token that had expired; when it was cut, it was joined with another, which was refused once.
  const bearers = server.calls.filter(({ path }) => path.endsWith("/stream")).map(bearerOf);
  assert.equal(new Set(bearers).size, bearers.length, "each connection has a token of its own");
  assert.equal(bearers.length, 3);
  assert.deepEqual(seen.asked.at(-1), ["unauthorized", true]);
  assert.deepEqual(askedWith(server, lg.joining), ["3", "3"]);
});

/** What ends a run for the one who follows it. */
const endings = {
  "sign-out": "auth/signed-out",
  "another credential": "auth/identity-changed",
  invalidate: "auth/identity-changed",
  dispose: "client/disposed",
  abort: "AbortError",
};

table(
  "whoever reads a run stops with the identity it was asked for",
  {
    rows: Object.entries(endings).flatMap(([how, code]) =>
      ["while it streams", "while it is joined again"].map((when) => ({
        name: `${how}, ${when}`,
        code,
        given: { ...given, how, joining: when.endsWith("again") },
        serve: {
          ...(when.endsWith("again")
            ? lg.breaking(...whole.slice(0, 2))
            : { [lg.creation]: lg.stalling(...whole.slice(0, 2)) }),
          [lg.joining]: ({ json }) => json(503, {}),
        },
      })),
    ),
  },
  async ({ open, jwt, tell, until }, { url, threadId, how, joining }) => {
    const as = (sub) => ({ authToken: () => jwt({ sub, exp: Math.floor(Date.now() / 1000) + 600 }) });
    const client = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, assistantId: "agent", ...as("ann") });
    const controller = new AbortController();
    const run = client.runs.stream(threadId, "hello", { signal: controller.signal });
    const ways = {
      "sign-out": () => client.auth.signOut(),
      "another credential": () => client.auth.setCredential(as("bob")),
      invalidate: () => client.auth.invalidate(),
      dispose: () => client.dispose(),
      abort: () => controller.abort(),
    };
    const events = [];
    let thrown;
    try {
      for await (const event of run) {
        events.push(event.type);
        if (events.length < 3) continue;
        if (joining) await fetch(`${url}/seen`);
        setTimeout(ways[how], joining ? 200 : 0);
      }
    } catch (error) {
      thrown = tell(error);
    }
    await until("everything to end", () => thrown);
    return { events, code: thrown.code ?? thrown.foreign, result: (await run.result().catch(tell)).code };
  },
  (row, seen, server) => {
    assert.equal(seen.code, row.code);
    assert.deepEqual(seen.events, ["RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT"]);
    if (row.code !== "AbortError") assert.equal(seen.result, row.code);
    assert.equal(server.count(lg.cancelling), 0, "nobody has asked for the run to be stopped");
  },
);

everywhere("a bearer goes to no other place, whatever an answer says", {}, async ({ serve, run }) => {
  const foreign = await serve({});
  for (const where of [
    `${foreign.url}/threads/${lg.threadId}/runs/elsewhere`,
    `//${new URL(foreign.url).host}/threads/${lg.threadId}/runs/elsewhere`,
    `/threads/another/runs/elsewhere`,
    "nonsense",
  ]) {
    const headers = { "content-location": where, location: `${where}/stream`, "access-control-expose-headers": "*" };
    let metadata;
    // Nothing but the header says which run it is.
    const server = await serve({
      [lg.creation]: ({ call, response }) => {
        metadata = JSON.parse(call.body).metadata;
        lg.begin(response, headers).write(lg.heartbeat, () => setTimeout(() => response.destroy(), 100));
      },
      [lg.runs]: ({ json }) => json(200, [{ run_id: lg.runId, thread_id: lg.threadId, metadata }]),
      [lg.joining]: lg.streaming(...whole),
      [lg.status]: lg.being("success"),
    });
    const seen = await run(read, { ...given, url: server.url });
    assert.equal(textOf(seen), "abcd", where);
    assert.deepEqual(askedWith(server, lg.joining), ["-1"]);
  }
  assert.deepEqual(foreign.calls, []);
});

everywhere("the run is known by its header before it says anything", {}, async ({ serve, run }) => {
  const server = await serve({
    [lg.creation]: ({ response }) => {
      response.setHeader("access-control-expose-headers", "content-location");
      lg.begin(response, { "content-location": lg.location }).write(lg.heartbeat);
    },
    [lg.cancelling]: ({ json }) => json(202, {}),
  });
  const seen = await run(
    async ({ open, jwt }, { url, threadId }) => {
      const authToken = () => jwt({ sub: "ann", exp: Math.floor(Date.now() / 1000) + 600 });
      const client = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken, assistantId: "agent" });
      const run = client.runs.stream(threadId, "hello");
      return [await run.threadId(), await run.runId(), await run.cancel()];
    },
    { ...given, url: server.url },
  );
  assert.deepEqual(seen, [lg.threadId, lg.runId, { cancelled: true }]);
  assert.equal(server.count(lg.cancelling), 1);
});

everywhere("two who join one run read the same", {}, async ({ serve, run }) => {
  const server = await serve({
    [lg.joining]: lg.streaming(...whole),
    [lg.status]: lg.being("success"),
  });
  const join = { runId: lg.runId };
  const both = await Promise.all([1, 2].map(() => run(read, { ...given, url: server.url, join })));
  assert.deepEqual(both[0], both[1]);
  assert.equal(textOf(both[0]), "abcd");
  assert.deepEqual(both[0].result, finished);
  assert.deepEqual(askedWith(server, lg.joining), ["-1", "-1"]);
});

everywhere(
  "whoever joins later goes on from there, or reads the beginning in the state",
  {},
  async ({ serve, run }) => {
    const kept = await serve({ [lg.joining]: lg.streaming(...whole.slice(3)), [lg.status]: lg.being("success") });
    const join = { runId: lg.runId, options: { lastEventId: "3" } };
    const later = await run(read, { ...given, url: kept.url, join });
    assert.equal(textOf(later), "cd");
    assert.deepEqual(askedWith(kept, lg.joining), ["3"]);

    const unkept = await serve({
      [lg.joining]: lg.streaming(lg.piece("c"), lg.piece("d", undefined, { chunk_position: "last" })),
      [lg.status]: lg.being("success"),
      [lg.state]: lg.inTurn(lg.holding([lg.question]), lg.holding([lg.question, lg.answer("abcd")])),
    });
    const live = await run(read, { ...given, url: unkept.url, join: { runId: lg.runId } });
    assert.equal(textOf(live), "abcd");
    assert.equal(count(live, "TEXT_MESSAGE_START"), 1);
    assert.equal(live.events[0].type, "RUN_STARTED");
    assert.equal(live.events[1].type, "STATE_SNAPSHOT");

    const query = ({ path }) => new URL(path, "http://x").searchParams.get("stream_mode");
    const some = await serve({
      [lg.joining]: lg.streaming(...whole.slice(1, 5)),
      [lg.status]: ({ nth, json }) =>
        json(200, { run_id: lg.runId, status: nth === 1 ? "running" : "success", kwargs: { resumable: true } }),
      [lg.state]: lg.holding([lg.question, lg.answer("abcd")]),
    });
    const modes = { runId: lg.runId, options: { streamMode: ["messages-tuple", "custom"] } };
    const narrow = await run(read, { ...given, url: some.url, join: modes });
    assert.equal(textOf(narrow), "abcd");
    assert.equal(count(narrow, "TEXT_MESSAGE_CONTENT"), 4, "nothing is held back, because nothing was missed");
    assert.equal(query(some.calls[0]), '["messages-tuple","custom"]');
  },
);

everywhere("a thread is made before the run, with an id of ours", {}, async ({ serve, run }) => {
  const made = [];
  const server = await serve({
    [lg.making]: ({ call, nth, json, response }) => {
      const asked = JSON.parse(call.body);
      made.push(asked);
      if (nth === 1) return response.destroy();
      json(200, { ...asked, created_at: "c", updated_at: "u", metadata: {}, status: "idle", values: null });
    },
    "*": (exchange) => {
      if (exchange.call.path.endsWith("/stream")) return lg.streaming(...whole)(exchange);
      exchange.json(200, { run_id: lg.runId, status: "success" });
    },
  });
  const seen = await run(read, { url: server.url, threadId: null, input: { input: {}, metadata: { mine: 1 } } });
  const [first, second] = made;
  assert.equal(seen.thrown, undefined);
  assert.deepEqual(first, { thread_id: seen.result.threadId, if_exists: "do_nothing" });
  assert.deepEqual(second, first, "what is asked again is the same thread");
  const sent = server.calls.find(({ path }) => path === `/threads/${first.thread_id}/runs/stream`);
  const { metadata, ...body } = JSON.parse(sent.body);
  assert.deepEqual(body, {
    assistant_id: "agent",
    input: {},
    on_disconnect: "continue",
    stream_mode: ["messages-tuple", "values", "updates", "custom"],
    stream_resumable: true,
  });
  assert.equal(metadata.mine, 1);
  assert.match(metadata.threadpass_request_id, /^[0-9a-f-]{36}$/);
});

everywhere("a run that says too little is refused before anything is sent", {}, async ({ serve, run }) => {
  const server = await serve({});
  const inputs = [{ input: {} }, "", "  ", 7, null];
  for (const input of inputs) {
    const assistant = input?.input ? "" : "agent";
    const seen = await run(read, { url: server.url, threadId: null, input, assistant });
    assert.equal(seen.thrown.code, "api/invalid-argument", JSON.stringify(input));
  }
  assert.deepEqual(server.calls, []);
});

everywhere("an interrupt is answered by a command, as it is", {}, async ({ serve, run }) => {
  const server = await serve({ [lg.creation]: lg.streaming(...whole), [lg.status]: lg.being("success") });
  const command = { resume: { approved: true } };
  const seen = await run(read, { ...given, url: server.url, input: { command, assistant_id: "other" } });
  assert.deepEqual(seen.result, finished);
  const { command: sent, input, assistant_id } = JSON.parse(server.calls[0].body);
  assert.deepEqual({ sent, input, assistant_id }, { sent: command, input: undefined, assistant_id: "other" });
});

everywhere("leaving a run stops reading it, and nothing else", {}, async ({ serve, run }) => {
  let left = () => {};
  const closed = new Promise((resolve) => (left = resolve));
  const server = await serve({
    [lg.creation]: ({ response }) => {
      response.on("close", left);
      lg.begin(response).write(whole.slice(0, 2).join(""));
    },
  });
  const codes = await run(
    async ({ open, jwt, codeOf }, { url, threadId }) => {
      const authToken = () => jwt({ sub: "ann", exp: Math.floor(Date.now() / 1000) + 600 });
      const client = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken, assistantId: "agent" });
      const run = client.runs.stream(threadId, "hello");
      for await (const event of run) if (event.type === "TEXT_MESSAGE_CONTENT") break;
      return [await codeOf(() => run.result()), await run.runId()];
    },
    { ...given, url: server.url },
  );
  await closed;
  assert.deepEqual(codes, ["stream/interrupted", lg.runId]);
  assert.equal(server.calls.length, 1);
});
