/** What a consumer does with a run, and what the backend sees of it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { everywhere, inNode } from "./support/everywhere.mjs";
import { begin, delta, finished, frame, newRun, stalling, started, streaming } from "./support/streams.mjs";

const thread = {
  id: "thr_1",
  runStatus: "idle",
  createdAt: "2026-01-02T03:04:05.678Z",
  updatedAt: "2026-01-02T03:04:05.678Z",
};
const nextRun = "POST /v1/threads/thr_1/runs";

/** A stream that stays open, and a promise that the client has gone from it. */
function openStream(...parts) {
  let leave = () => {};
  const left = new Promise((resolve) => (leave = resolve));
  const handler = (exchange) => {
    exchange.response.on("close", leave);
    stalling(...parts)(exchange);
  };
  return { handler, left };
}

everywhere("leaving the loop and aborting the signal close the connection", {}, async ({ serve, run }) => {
  const [broken, aborted, early] = [openStream(started, delta("a")), openStream(started, delta("a")), openStream()];
  const streams = [broken, aborted, early];
  const server = await serve({ [newRun]: (exchange) => streams[exchange.nth - 1].handler(exchange) });
  const seen = await run(
    async ({ open, codeOf, pause }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const left = client.runs.stream(null, "hello");
      const types = [];
      for await (const { type } of left) {
        types.push(type);
        break;
      }
      const after = [await codeOf(left.result()), await left.threadId().catch(({ code }) => code)];

      const abort = async (controller) => {
        const read = client.runs.stream(null, "hello", { signal: controller.signal });
        const types = [];
        try {
          for await (const { type } of read) {
            types.push(type);
            if (types.length === 2) controller.abort("enough");
          }
        } catch (reason) {
          return { types, reason, result: await read.result().catch((reason) => reason) };
        }
      };
      const aborted = await abort(new AbortController());
      const soon = new AbortController();
      const early = abort(soon);
      await pause(200);
      soon.abort("at once");
      return { types, after, aborted, early: await early };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    types: ["RUN_STARTED"],
    after: ["stream/interrupted", "thr_1"],
    aborted: { types: ["RUN_STARTED", "TEXT_MESSAGE_CONTENT"], reason: "enough", result: "enough" },
    early: { types: [], reason: "at once", result: "at once" },
  });
  await Promise.all(streams.map(({ left }) => left));
});

everywhere("the methods read along, without and with a consumer", {}, async ({ serve, run }) => {
  const server = await serve({ [newRun]: streaming(started, delta("a"), finished) });
  const seen = await run(
    async ({ open, settle, codeOf }, { url }) => {
      const { runs } = open({ baseUrl: url, userToken: () => "canary-subject" });
      const unread = runs.stream(null, "hello");
      const facts = await Promise.all([unread.threadId(), unread.runId(), unread.result()]);
      const both = runs.stream(null, "hello");
      const reading = (async () => {
        const types = [];
        for await (const { type } of both) types.push(type);
        return types;
      })();
      const results = await Promise.all([both.result(), both.threadId(), reading]);
      const late = runs.stream(null, "hello");
      const id = await late.threadId();
      const types = [];
      for await (const { type } of late) types.push(type);
      const second = await codeOf(async () => {
        for await (const event of late) void event;
      });
      // Nobody reads this one, which is no unhandled rejection either.
      runs.stream(null, "");
      return { facts, results, late: [id, types.length], second, over: await settle(late.cancel()) };
    },
    { url: server.url },
  );
  const result = { threadId: "thr_1", runId: "run_1", outcome: "finished" };
  assert.deepEqual(seen, {
    facts: ["thr_1", "run_1", result],
    results: [result, "thr_1", ["RUN_STARTED", "TEXT_MESSAGE_CONTENT", "RUN_FINISHED"]],
    late: ["thr_1", 3],
    second: "api/invalid-argument",
    over: { value: { cancelled: false } },
  });
});

everywhere("a run is cancelled at the backend", {}, async ({ serve, run }) => {
  let stream;
  const server = await serve({
    [newRun]: ({ response }) => {
      stream = begin(response);
      stream.write(frame(started));
    },
    "DELETE /v1/threads/thr_1/runs/run_1": ({ json, nth }) => {
      if (nth > 1) return json(404, { message: "not active", statusCode: 404 });
      json(200, { runId: "run_1", status: "cancelled" });
      stream.end(frame({ type: "RUN_ERROR", message: "Run cancelled", code: "CANCELLED" }));
    },
  });
  const seen = await run(
    async ({ open, codeOf }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const running = client.runs.stream(null, "hello");
      // Its id is not known yet; that is waited for.
      const cancelled = running.cancel();
      const types = [];
      for await (const { type } of running) types.push(type);
      return {
        cancelled: await cancelled,
        types,
        result: await codeOf(running.result()),
        again: await client.runs.cancel("thr_1", "run_1"),
      };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    cancelled: { cancelled: true },
    types: ["RUN_STARTED", "RUN_ERROR"],
    result: "run/cancelled",
    again: { cancelled: false },
  });
});

everywhere("silence counts only while the next event is awaited", {}, async ({ serve, run }) => {
  let stream;
  const server = await serve({
    [newRun]: ({ response }) => {
      stream = begin(response);
      stream.write(frame(started));
    },
    "GET /go-on": ({ json }) => {
      stream.write(frame(delta("a")));
      json(200, {});
    },
  });
  const seen = await run(
    async ({ open, pause, tell }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject", timeouts: { streamIdleMs: 700 } });
      const read = client.runs.stream(null, "hello");
      const types = [];
      try {
        for await (const { type } of read) {
          types.push(type);
          if (types.length > 1) continue;
          // Three times the limit, in which nobody waits for anything.
          await pause(2_100);
          await fetch(`${url}/go-on`);
        }
      } catch (error) {
        return { types, code: tell(error).code, result: (await read.result().catch(tell)).code };
      }
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    types: ["RUN_STARTED", "TEXT_MESSAGE_CONTENT"],
    code: "stream/idle",
    result: "stream/idle",
  });
});

everywhere("nothing is read that nobody has asked for", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, pause }, { url }) => {
      let pulled = 0;
      const encoder = new TextEncoder();
      const event = (n) =>
        JSON.stringify(n === 1000 ? { type: "RUN_FINISHED" } : { type: "STEP_STARTED", stepName: `${n}` });
      const body = () =>
        new ReadableStream(
          {
            pull(controller) {
              pulled += 1;
              controller.enqueue(encoder.encode(`data: ${event(pulled)}\n\n`));
              if (pulled === 1000) controller.close();
            },
          },
          { highWaterMark: 0 },
        );
      const fetch = async (request, init) =>
        request.url.endsWith("/runs")
          ? new Response(body(), { headers: { "content-type": "text/event-stream" } })
          : globalThis.fetch(request, init);
      const client = open({ baseUrl: url, userToken: () => "canary-subject", fetch });
      const pulls = [];
      let count = 0;
      for await (const event of client.runs.stream(null, "hello")) {
        count += 1;
        if (count > 3) continue;
        await pause(50);
        pulls.push([count, pulled, event.stepName]);
      }
      return { pulls, count };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, {
    pulls: [
      [1, 1, "1"],
      [2, 2, "2"],
      [3, 3, "3"],
    ],
    count: 1000,
  });
});

// Chromium, driven from outside, takes in whatever comes, whether the page reads it or not.
inNode("a consumer that does not read makes the backend wait", {}, async ({ serve, run }) => {
  const piece = frame(delta("x".repeat(64 * 1024)));
  const pieces = 1_024;
  let written = 0;
  const server = await serve({
    [newRun]: async ({ response }) => {
      begin(response).write(frame(started));
      for (; written < pieces && !response.destroyed; written++)
        if (!response.write(piece)) await Promise.race([once(response, "drain"), once(response, "close")]);
      response.end(frame(finished));
    },
    "GET /written": ({ json }) => json(200, written),
  });
  const seen = await run(
    async ({ open, pause, until }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const writtenNow = async () => (await fetch(`${url}/written`)).json();
      let stalled;
      let count = 0;
      for await (const { type } of client.runs.stream(null, "hello")) {
        if (type === "RUN_STARTED")
          stalled = await until("a standstill", async () => {
            const before = await writtenNow();
            await pause(500);
            return before > 0 && before === (await writtenNow()) && { before };
          });
        count += 1;
      }
      return { stalled: stalled.before, count };
    },
    { url: server.url },
  );
  assert.ok(seen.stalled < pieces / 2, `${seen.stalled} of ${pieces} pieces were taken by nobody`);
  assert.equal(seen.count, pieces + 2, "and then everything arrives");
});

everywhere("the run that is continued is found out, and found out again", {}, async ({ serve, run }) => {
  const bodies = [];
  const run2 = { ...started, runId: "run_2" };
  const server = await serve({
    [newRun]: streaming(started, finished),
    "GET /v1/threads/thr_1": ({ json }) => json(200, { ...thread, lastCompletedRunId: "run_elsewhere" }),
    [nextRun]: (exchange) => {
      bodies.push(JSON.parse(exchange.call.body));
      // The second one meets what another tab has done meanwhile.
      if (exchange.nth === 2)
        return exchange.json(400, {
          type: "urn:tambo:error:invalid_previous_run",
          title: "t",
          status: 400,
          detail: "d",
        });
      streaming(run2, finished)(exchange);
    },
  });
  await run(
    async ({ open }, { url }) => {
      const { runs } = open({ baseUrl: url, userToken: () => "canary-subject" });
      await runs.stream(null, "one").result();
      await runs.stream("thr_1", "two").result();
      await runs.stream("thr_1", "three").result();
    },
    { url: server.url },
  );
  assert.deepEqual(
    bodies.map(({ previousRunId, message }) => [previousRunId, message.content[0].text]),
    [
      ["run_1", "two"],
      ["run_2", "three"],
      ["run_elsewhere", "three"],
    ],
  );
  assert.equal(server.count("GET /v1/threads/thr_1"), 1);
});

everywhere("a run's own body is sent as it is", {}, async ({ serve, run }) => {
  const server = await serve({ [newRun]: streaming(started, finished) });
  const body = {
    message: { role: "user", content: [{ type: "text", text: "hello" }], metadata: { a: 1 } },
    thread: { metadata: { b: 2 } },
    tools: [{ name: "t", description: "d", inputSchema: { type: "object" } }],
    toolChoice: { name: "t" },
  };
  await run(
    async ({ open }, { url, body }) =>
      open({ baseUrl: url, userToken: () => "x" })
        .runs.stream(null, body)
        .result(),
    { url: server.url, body },
  );
  const { headers, body: sent } = server.apiCalls()[0];
  assert.deepEqual(JSON.parse(sent), body);
  assert.equal(headers.accept, "text/event-stream");
});
