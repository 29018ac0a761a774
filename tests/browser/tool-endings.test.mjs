/** How a run with tools ends early, at every point of its rounds. */
import assert from "node:assert/strict";
import { table } from "./support/everywhere.mjs";
import { grantOf } from "./support/server.mjs";
import { begin, frame } from "./support/streams.mjs";
import { asking, call, nextRun, resultsOf, rounds, saying } from "./support/tools.mjs";

const isRun = ({ path }) => path.endsWith("/runs");
const runsOf = (server) => server.calls.filter(isRun);

/** Begins a stream and stalls. */
const stall = ({ response }, events) => void begin(response).write(events.map(frame).join(""));

/** A loop cannot be left while it waits for an event. */
const endingsAt = (point) =>
  Object.entries(endings).filter(([ending]) => ending !== "leave" || !["opening", "answering"].includes(point));

/** Routes that also say how many runs there were. */
function counting(routes) {
  let seen = 0;
  const counted = Object.entries(routes).map(([route, handler]) => [
    route,
    (exchange) => {
      seen += 1;
      return handler(exchange);
    },
  ]);
  return { ...Object.fromEntries(counted), "GET /seen": ({ json }) => json(200, seen) };
}

const usual = (nth) => asking(nth, call("note", {}));

/** What the backend does up to each point, and how many runs it has seen by then. */
const points = {
  cold: { runs: 0 },
  loading: { runs: 0 },
  opening: { runs: 1, script: () => {} },
  streaming: { runs: 1, script: (nth, exchange) => stall(exchange, usual(nth).slice(0, 2)) },
  asked: { runs: 1 },
  calling: { runs: 1 },
  answering: { runs: 2, script: (nth) => (nth === 1 ? usual(nth) : undefined) },
  "streaming on": {
    runs: 2,
    script: (nth, exchange) => (nth === 1 ? usual(nth) : stall(exchange, saying(nth).slice(0, 2))),
  },
};

const endings = {
  abort: { foreign: "enough" },
  leave: "stream/interrupted",
  "sign-out": "auth/signed-out",
  "another credential": "auth/identity-changed",
  invalidate: "auth/identity-changed",
  dispose: "client/disposed",
};

table(
  "a run that ends early sends nothing more",
  {
    rows: Object.entries(points).flatMap(([point, { runs, script = usual }]) =>
      endingsAt(point).map(([ending, expected]) => ({
        ...{ name: `${ending}, ${point}`, point, ending, runs, expected, given: { point, ending, runs } },
        serve: () => counting(rounds((nth, _, exchange) => script(nth, exchange))),
      })),
    ),
  },
  async ({ open, settle, pause, until }, { url, point, ending, runs }) => {
    const client = open({ baseUrl: url, userToken: () => "canary-subject", onWarning: () => {} });
    if (point !== "cold") await client.auth.ready();
    const controller = new AbortController();
    let called;
    const execute = (_, { signal }) => {
      called = signal;
      return point === "calling" ? new Promise(() => {}) : "";
    };
    const tools = { note: { description: "d", parameters: {}, execute } };
    const run = client.runs.stream(null, "hello", { tools, signal: controller.signal });
    const iterator = run[Symbol.asyncIterator]();
    const end = {
      abort: () => controller.abort("enough"),
      leave: () => iterator.return(),
      "sign-out": () => client.auth.signOut(),
      "another credential": () => client.auth.setCredential({ userToken: () => "canary-another" }),
      invalidate: () => client.auth.invalidate(),
      dispose: () => client.dispose(),
    }[ending];
    const types = [];
    const read = async () => {
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) return "over";
        types.push(value.type);
        if (point === "asked" && value.type === "RUN_FINISHED") void end();
      }
    };
    const reading = settle(read);
    if (runs === 0) void end();
    else if (point !== "asked") {
      const count = { streaming: 2, "streaming on": 7 }[point] ?? 0;
      const arrived = async () => (await (await fetch(`${url}/seen`)).json()) >= runs;
      await until(point, async () => types.length >= count && (point !== "calling" || called) && (await arrived()));
      void end();
    }
    const outcome = await reading;
    const result = await settle(run.result());
    await pause(150);
    return {
      outcome,
      result,
      types,
      called: Boolean(called),
      why: called?.aborted && String(called.reason?.code ?? called.reason),
    };
  },
  ({ point, ending, runs, expected }, { outcome, result, called, why }, server) => {
    const of = ({ error, value }) => error?.code ?? (error ? { foreign: error.foreign } : value);
    assert.deepEqual(of(result), expected);
    assert.deepEqual(of(outcome), ending === "leave" ? "over" : expected);
    const sent = runsOf(server);
    if (ending !== "leave" || runs > 0) assert.equal(sent.length, runs);
    for (const { headers } of sent) assert.equal(headers.authorization, `Bearer ${grantOf(1).access_token}`);
    assert.equal(called, ["calling", "answering", "streaming on"].includes(point));
    if (point !== "calling") return;
    if (ending === "leave") assert.ok(why);
    else assert.equal(why, expected.foreign ?? expected);
  },
);

const cancelled = { type: "RUN_ERROR", message: "Run cancelled", code: "CANCELLED" };

/** A thread whose second run waits to be cancelled, and begins only when it may. */
function cancelling(calls, over) {
  let stream;
  let go = () => {};
  const gone = new Promise((resolve) => (go = resolve));
  return {
    ...rounds((nth, _, exchange) => {
      if (nth === 1) return asking(1, ...calls);
      if (over) return asking(2, call("note", {}, "again"));
      void gone.then(() => {
        stream = begin(exchange.response);
        stream.write(saying(2).slice(0, 2).map(frame).join(""));
      });
    }),
    "GET /go": ({ json }) => {
      go();
      json(200, {});
    },
    "DELETE /v1/threads/thr_1/runs/run_2": ({ json }) => {
      if (over) return json(404, { message: "not active", statusCode: 404 });
      json(200, { runId: "run_2", status: "cancelled" });
      stream.end(frame(cancelled));
    },
  };
}

const cancellings = [
  // When, what the model is told of the calls, whether the tool has begun.
  { point: "asked", results: ["the run was cancelled", "the run was cancelled"], begun: 0 },
  { point: "calling", results: ["the run was cancelled", "the run was cancelled"], begun: 1 },
  { point: "answering", results: ["null", "null"], begun: 2 },
  { point: "streaming on", results: ["null", "null"], begun: 2 },
  {
    point: "calling",
    name: "calling, without a consumer",
    unread: true,
    results: ["the run was cancelled", "the run was cancelled"],
    begun: 1,
  },
  {
    point: "calling",
    name: "calling, too late",
    over: true,
    results: ["the run was cancelled", "the run was cancelled"],
    begun: 1,
  },
];

table(
  "a run between two rounds can be cancelled",
  {
    rows: cancellings.map((row) => ({
      name: row.point,
      ...row,
      given: { point: row.point, unread: row.unread },
      serve: () => cancelling([call("note", {}, "one"), call("note", {}, "two")], row.over),
    })),
  },
  async ({ open, settle, until }, { url, point, unread }) => {
    const client = open({ baseUrl: url, userToken: () => "canary-subject" });
    let begun = 0;
    let why;
    const execute = (_, { signal }) => {
      begun += 1;
      signal.addEventListener("abort", () => (why = signal.reason.code));
      return point === "calling" ? new Promise(() => {}) : undefined;
    };
    const tools = { note: { description: "d", parameters: {}, execute } };
    const run = client.runs.stream(null, "hello", { tools });
    const go = () => fetch(`${url}/go`);
    const types = [];
    let cancelling;
    const read = async () => {
      for await (const { type } of run) {
        types.push(type);
        if (point === "asked" && type === "RUN_FINISHED") {
          cancelling ??= settle(run.cancel());
          void go();
        }
      }
    };
    const reading = unread ? undefined : read();
    const result = settle(run.result());
    if (point !== "asked") {
      if (point === "streaming on") await go();
      await until(point, () =>
        point === "calling" ? begun : types.length > { answering: 8, "streaming on": 10 }[point],
      );
      cancelling = settle(run.cancel());
      await go();
    }
    const { error } = await result;
    await reading;
    return {
      begun,
      why,
      types: types.slice(types.indexOf("RUN_FINISHED")),
      code: error?.code,
      result: await result,
      cancelled: (await cancelling).value,
    };
  },
  ({ point, results, begun, unread, over }, seen, server) => {
    assert.equal(seen.begun, begun);
    if (point === "calling") assert.equal(seen.why, "run/cancelled");
    const told = resultsOf(runsOf(server).at(-1));
    assert.deepEqual(
      told.map(({ content }) => content[0].text),
      results,
    );
    assert.equal(server.count(nextRun), 1);
    assert.equal(server.count("DELETE /v1/threads/thr_1/runs/run_2"), over ? 0 : 1, "the run that is on is stopped");
    if (over) {
      assert.deepEqual([seen.cancelled, seen.result.value?.outcome], [{ cancelled: false }, "awaiting-input"]);
      return;
    }
    assert.deepEqual([seen.cancelled, seen.code], [{ cancelled: true }, "run/cancelled"]);
    if (unread) return;
    assert.deepEqual(seen.types, ["RUN_FINISHED", "RUN_STARTED", "TEXT_MESSAGE_START", "RUN_ERROR"]);
  },
);
