/** Runs of LangGraph whose connections do not last, and what comes of them. */
import assert from "node:assert/strict";
import { everywhere, inNode, table } from "./support/everywhere.mjs";
import * as lg from "./support/langgraph-runs.mjs";
import { askedWith, count, finished, last, read, textOf, whole } from "./support/langgraph-runs.mjs";

const given = { threadId: lg.threadId };
const endState = lg.holding([lg.question, lg.answer("abcd")]);

table(
  "a run that is cut goes on without a gap and without a repeat",
  {
    rows: [
      { name: "after an event", cut: whole.slice(0, 3), cutAfter: 4, from: "3", rest: whole.slice(3) },
      {
        name: "inside an event whose id has come already",
        cut: [...whole.slice(0, 3), whole[3].slice(0, -2)],
        cutAfter: 4,
        from: "3",
        rest: whole.slice(3),
      },
      { name: "before the first event", cut: [], from: "-1", rest: whole, looks: true },
      {
        name: "and what was sent while it was joined comes twice",
        cut: whole.slice(0, 3),
        cutAfter: 4,
        from: "3",
        rest: [whole[3], whole[4], whole[3], whole[4], whole[4], whole[5]],
      },
      { name: "after everything", cut: whole, cutAfter: 9, from: "6", rest: [] },
    ].map((row) => {
      let metadata;
      const routes = lg.breaking(...row.cut);
      return {
        ...row,
        given: { ...given, cutAfter: row.cutAfter },
        serve: {
          ...routes,
          [lg.creation]: (exchange) => {
            metadata = JSON.parse(exchange.call.body).metadata;
            routes[lg.creation](exchange);
          },
          [lg.runs]: ({ json }) => json(200, [{ run_id: lg.runId, thread_id: lg.threadId, metadata }]),
          [lg.joining]: lg.streaming(...row.rest),
          [lg.status]: lg.being("success"),
          [lg.state]: endState,
        },
      };
    }),
  },
  read,
  (row, seen, server) => {
    assert.equal(seen.thrown, undefined);
    assert.equal(textOf(seen), "abcd");
    for (const type of ["RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_END", "STATE_SNAPSHOT", "RUN_FINISHED"])
      assert.equal(count(seen, type), 1, type);
    assert.deepEqual(seen.result, finished);
    assert.equal(server.count(lg.creation), 1);
    assert.deepEqual(askedWith(server, lg.joining), [row.from]);
    assert.equal(server.count(lg.runs), row.looks ? 1 : 0);
  },
);

table(
  "a run that cannot be resumed is completed from the thread's state",
  {
    rows: [
      { name: "which knows the message only at the end", states: [[lg.question], [lg.question, lg.answer("abcd")]] },
      { name: "which knows the message at once", states: [[lg.question, lg.answer("abcd")]] },
      {
        name: "after an empty id has cleared the last one",
        clears: true,
        states: [[lg.question], [lg.question, lg.answer("abcd")]],
      },
    ].map((row) => ({
      ...row,
      given: { ...given, cutAfter: 6, ...(!row.clears && { input: { input: {}, stream_resumable: false } }) },
      serve: {
        ...lg.breaking(
          ...(row.clears
            ? [lg.started("1"), lg.values([lg.question], "2"), lg.piece("a", "3"), lg.piece("b", "")]
            : [lg.started(), lg.values([lg.question]), lg.piece("a"), lg.piece("b")]),
        ),
        [lg.joining]: lg.streaming(lg.piece("d", undefined, { chunk_position: "last" })),
        [lg.status]: lg.being("success"),
        [lg.state]: lg.inTurn(...row.states.map((messages) => lg.holding(messages))),
      },
    })),
  },
  read,
  (_, seen, server) => {
    assert.equal(seen.thrown, undefined);
    assert.equal(textOf(seen), "abcd");
    for (const type of ["RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_END", "RUN_FINISHED"])
      assert.equal(count(seen, type), 1, type);
    assert.deepEqual(last(seen, "STATE_SNAPSHOT").snapshot, { messages: [lg.question, lg.answer("abcd")] });
    assert.deepEqual(
      last(seen, "MESSAGES_SNAPSHOT").messages.map(({ role, content }) => [role, content]),
      [
        ["user", "hello"],
        ["assistant", "abcd"],
      ],
    );
    assert.deepEqual(askedWith(server, lg.joining), [undefined]);
    assert.deepEqual(seen.result, finished);
  },
);

everywhere("what began and ended in a gap is told, what was there before is not", {}, async ({ serve, run }) => {
  const earlier = { content: "earlier", type: "ai", id: "msg_old" };
  const server = await serve({
    ...lg.breaking(lg.started(), lg.values([earlier, lg.question])),
    [lg.joining]: lg.streaming(),
    [lg.status]: lg.being("success"),
    [lg.state]: lg.holding([earlier, lg.question, lg.answer("abcd")]),
  });
  const input = { input: {}, stream_resumable: false };
  const seen = await run(read, { ...given, url: server.url, input, cutAfter: 3 });
  assert.equal(textOf(seen), "abcd");
  assert.equal(count(seen, "TEXT_MESSAGE_START"), 1);
  assert.equal(count(seen, "TEXT_MESSAGE_END"), 1);
});

everywhere("silence is a cut, a heartbeat is not silence", {}, async ({ serve, run }) => {
  const options = { timeouts: { streamIdleMs: 2_000 } };
  const silent = await serve({
    [lg.creation]: lg.stalling(...whole.slice(0, 3)),
    [lg.joining]: lg.streaming(...whole.slice(3)),
    [lg.status]: lg.being("success"),
    [lg.state]: endState,
  });
  const resumed = await run(read, { ...given, url: silent.url, options });
  assert.equal(textOf(resumed), "abcd");
  assert.deepEqual(askedWith(silent, lg.joining), ["3"]);

  const thinking = await serve({
    [lg.creation]: async ({ response }) => {
      lg.begin(response).write(whole.slice(0, 3).join(""));
      for (let beat = 0; beat < 12; beat += 1) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        response.write(lg.heartbeat);
      }
      response.end(whole.slice(3).join(""));
    },
    [lg.status]: lg.being("success"),
  });
  const patient = await run(read, { ...given, url: thinking.url, options });
  assert.equal(textOf(patient), "abcd");
  assert.equal(thinking.count(lg.joining), 0);
});

inNode("what stays lost is given up in the end, and said", {}, async ({ serve, run }) => {
  const silent = await serve({ [lg.creation]: lg.stalling(whole[0]), [lg.joining]: lg.stalling() });
  const gone = await serve({
    ...lg.breaking(whole[0]),
    [lg.joining]: ({ response }) => response.destroy(),
  });
  const options = { timeouts: { streamIdleMs: 300 } };
  const [idle, cut] = await Promise.all([
    run(read, { ...given, url: silent.url, options }),
    run(read, { ...given, url: gone.url, cutAfter: 1 }),
  ]);
  assert.equal(idle.thrown.code, "stream/idle");
  assert.equal(cut.thrown.code, "stream/interrupted");
  assert.equal(cut.thrown.retryable, true);
  assert.deepEqual(
    [idle, cut].map(({ result }) => result.code),
    ["stream/idle", "stream/interrupted"],
  );
  assert.equal(gone.count(lg.joining), 6);
});

const interrupt = { id: "int_1", value: { question: "really?" }, response_schema: null };
const asked = { id: "int_1", reason: "input_required", metadata: { value: { question: "really?" } } };

table(
  "the end of a stream says nothing: the run's status does",
  {
    rows: [
      { name: "success", statuses: ["success"], outcome: { type: "success" }, result: "finished" },
      {
        name: "success, but not yet",
        statuses: ["running", "pending", "success"],
        outcome: { type: "success" },
        result: "finished",
      },
      {
        name: "interrupted by its graph, said in the stream",
        statuses: ["success"],
        more: { __interrupt__: [interrupt] },
        outcome: { type: "interrupt", interrupts: [asked] },
        result: "awaiting-input",
      },
      {
        name: "interrupted by its graph, said in the state alone",
        statuses: ["interrupted"],
        cut: 1,
        state: { tasks: [{ id: "t", interrupts: [interrupt] }] },
        outcome: { type: "interrupt", interrupts: [asked] },
        result: "awaiting-input",
      },
      {
        name: "stopped at a breakpoint",
        statuses: ["success"],
        more: { __interrupt__: [] },
        state: { next: ["echo"], tasks: [{ id: "t", name: "echo", interrupts: [] }] },
        outcome: { type: "interrupt", interrupts: [{ id: "t", reason: "breakpoint", metadata: { node: "echo" } }] },
        result: "awaiting-input",
      },
      {
        name: "at its end, which is a breakpoint",
        statuses: ["success"],
        more: { __interrupt__: [] },
        state: { next: [], tasks: [] },
        outcome: { type: "success" },
        result: "finished",
      },
      { name: "cancelled", statuses: ["interrupted"], outcome: { type: "cancelled" }, code: "run/cancelled" },
      { name: "rolled back", statuses: ["gone"], outcome: { type: "cancelled" }, code: "run/cancelled" },
      {
        name: "error",
        statuses: ["error"],
        state: { tasks: [{ id: "t", error: "ValueError('boom')" }] },
        code: "run/failed",
        says: "ValueError('boom')",
      },
      {
        name: "timeout",
        statuses: ["timeout"],
        code: "run/failed",
        says: "it has taken longer than the server allows",
      },
    ].map((row) => ({
      ...row,
      given,
      serve: {
        [lg.creation]: lg.streaming(
          ...(row.cut
            ? whole.slice(0, row.cut)
            : [...whole.slice(0, 5), lg.values([lg.question, lg.answer("abcd")], "6", row.more)]),
        ),
        [lg.status]:
          row.statuses[0] === "gone" ? ({ json }) => json(404, { detail: "Run not found" }) : lg.being(...row.statuses),
        [lg.state]: lg.holding([lg.question, lg.answer("abcd")], row.state),
      },
    })),
  },
  read,
  (row, seen) => {
    assert.equal(seen.thrown, undefined);
    const end = seen.events.at(-1);
    if (row.says) {
      assert.equal(end.type, "RUN_ERROR");
      assert.equal(end.message, row.says);
    } else {
      assert.equal(end.type, "RUN_FINISHED");
      assert.deepEqual(end.outcome, row.outcome);
    }
    if (row.code) assert.equal(seen.result.code, row.code);
    else assert.deepEqual(seen.result, { ...finished, outcome: row.result });
  },
);

everywhere("a stream that ends while its run goes on is joined again", {}, async ({ serve, run }) => {
  const server = await serve({
    [lg.creation]: lg.streaming(...whole.slice(0, 3)),
    [lg.joining]: lg.streaming(...whole.slice(3)),
    [lg.status]: lg.being(...Array(5).fill("running"), "success"),
    [lg.state]: endState,
  });
  const seen = await run(read, { ...given, url: server.url });
  assert.equal(textOf(seen), "abcd");
  assert.deepEqual(askedWith(server, lg.joining), ["3"]);
  assert.deepEqual(seen.result, finished);
});

const boom = lg.sse("error", { error: "ValueError", message: "boom requested" });
const refused = lg.sse("error", { error: "HTTPException", message: "404: Thread not found" });

everywhere("an error in the stream is the run's, a refusal in its place is the call's", {}, async ({ serve, run }) => {
  const server = await serve({ [lg.creation]: lg.streaming(whole[0], whole[1], boom) });
  const failed = await run(read, { ...given, url: server.url });
  assert.equal(failed.thrown, undefined);
  assert.equal(failed.result.code, "run/failed");
  assert.deepEqual(failed.result.details, { code: "ValueError" });
  assert.deepEqual(failed.events.at(-1), {
    type: "RUN_ERROR",
    message: "boom requested",
    code: "ValueError",
    raw: { event: "error", id: "2", data: { error: "ValueError", message: "boom requested" } },
  });

  const foreign = await serve({ [lg.joining]: lg.streaming(refused) });
  const denied = await run(read, { ...given, url: foreign.url, join: { runId: lg.runId } });
  assert.deepEqual(denied.events, []);
  assert.equal(denied.thrown.code, "api/not-found");
  assert.equal(denied.thrown.status, 404);
  assert.equal(denied.result.code, "api/not-found");

  const overloaded = lg.sse("error", { error: "ValueError", message: "503: the model is overloaded" });
  const own = await serve({
    [lg.joining]: lg.streaming(overloaded),
    [lg.state]: ({ json }) => json(200, { values: {}, next: [], tasks: [] }),
  });
  const said = await run(read, { ...given, url: own.url, join: { runId: lg.runId } });
  assert.equal(said.thrown, undefined);
  assert.equal(said.events.at(-1).type, "RUN_ERROR");
  assert.equal(said.result.code, "run/failed");
});

everywhere("a server that fails at everything is heard of at the first answer", {}, async ({ serve, run }) => {
  const server = await serve({ "*": ({ send }) => send(500, "text/plain", "Internal Server Error") });
  const codes = await run(
    async ({ open, codeOf }, { url, threadId }) => {
      const options = { backend: "langgraph", apiKey: undefined, baseUrl: url, open: true, assistantId: "agent" };
      const { runs } = open(options);
      const begin = (thread) => codeOf(runs.stream(thread, "hello").result());
      return [await begin(threadId), await begin(null)];
    },
    { url: server.url, threadId: lg.threadId },
  );
  assert.deepEqual(codes, ["api/server", "api/server"]);
  assert.deepEqual([lg.creation, lg.runs, lg.making].map(server.count), [1, 1, 1]);
});

table(
  "a lost answer to a run's creation never starts it twice",
  {
    rows: [
      { name: "the connection broke", lose: ({ response }) => response.destroy() },
      { name: "a gateway gave up", lose: ({ json }) => json(504, { message: "timeout" }) },
      { name: "something else answered", lose: ({ json }) => json(500, { detail: "Internal Server Error" }) },
      { name: "the browser has sent it twice", lose: ({ response }) => response.destroy(), twice: true },
      { name: "the run shows up late", lose: ({ response }) => response.destroy(), late: 1 },
      {
        name: "the run has not begun",
        lose: ({ response }) => response.destroy(),
        never: true,
        code: "network/failed",
      },
      {
        name: "a server in trouble has not begun it",
        lose: ({ json }) => json(503, {}),
        never: true,
        code: "api/server",
      },
    ].map((row) => {
      let metadata;
      return {
        ...row,
        given,
        serve: {
          [lg.creation]: (exchange) => {
            metadata = JSON.parse(exchange.call.body).metadata;
            row.lose(exchange);
          },
          [lg.runs]: ({ nth, json }) => {
            const other = { run_id: "other", metadata: { threadpass_request_id: "another" } };
            const there = !row.never && nth > (row.late ?? 0);
            const again = row.twice ? [{ run_id: "again", metadata }] : [];
            json(200, there ? [other, ...again, { run_id: lg.runId, metadata }] : [other]);
          },
          [`POST /threads/${lg.threadId}/runs/again/cancel`]: ({ json }) => json(202, {}),
          [lg.joining]: lg.streaming(...whole),
          [lg.status]: lg.being("success"),
        },
      };
    }),
  },
  read,
  (row, seen, server) => {
    assert.equal(server.count(lg.creation), 1);
    assert.equal(server.count(`POST /threads/${lg.threadId}/runs/again/cancel`), row.twice ? 1 : 0);
    if (row.never) {
      assert.equal(seen.thrown.code, row.code);
      assert.equal(seen.thrown.retryable, true);
      assert.equal(server.count(lg.joining), 0);
      return;
    }
    assert.equal(textOf(seen), "abcd");
    assert.deepEqual(askedWith(server, lg.joining), ["-1"]);
    assert.deepEqual(seen.result, finished);
  },
);
