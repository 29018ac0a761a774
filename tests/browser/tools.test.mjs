/** Runs with tools: rounds of calls and their results, seen as one run. */
import assert from "node:assert/strict";
import * as schemas from "@ag-ui/core/schemas";
import { everywhere, inChromium, table } from "./support/everywhere.mjs";
import { playing, recorded } from "./support/recorded.mjs";
import { begin, frame, newRun } from "./support/streams.mjs";
import { asking, call, nextRun, resultsOf, rounds, saying } from "./support/tools.mjs";

/** The bodies of the runs, in their order. */
const bodies = (server) => server.apiCalls().map(({ body }) => JSON.parse(body));

everywhere("the recorded round trip is made of itself", {}, async ({ serve, run }) => {
  const exchanges = await recorded("04-run-client-tool.txt");
  const find = (name) => exchanges.find((exchange) => exchange.name === name);
  const [asks, answers] = [find("run that calls a client tool"), find("correct tool result")];
  const server = await serve(
    Object.fromEntries(
      [asks, answers].map((exchange) => [`${exchange.request.method} ${exchange.request.path}`, playing(exchange)]),
    ),
  );
  const [{ description, inputSchema }] = asks.request.body.tools;
  const seen = await run(
    async ({ open }, { url, description, parameters }) => {
      const called = [];
      const execute = (args, { signal, toolCallId }) => {
        called.push([args, toolCallId, signal.aborted]);
        return '{"t":21}';
      };
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const tools = { get_weather: { description, parameters, execute } };
      const running = client.runs.stream(null, "weather please", { tools });
      const events = [];
      const ids = [];
      for await (const event of running) {
        events.push(event);
        if (event.type === "RUN_STARTED") ids.push(await running.runId(), await running.threadId());
      }
      return { called, events, ids, result: await running.result(), cancelled: await running.cancel() };
    },
    { url: server.url, description, parameters: inputSchema },
  );
  assert.deepEqual(bodies(server), [asks.request.body, answers.request.body], "word for word what was recorded");
  const [first, second] = [asks, answers].map(({ response }) =>
    response.body
      .split("\n\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line.slice("data: ".length))),
  );
  assert.deepEqual(
    seen.events.map(({ raw }) => raw),
    [...first, ...second],
  );
  for (const event of seen.events) assert.ok(schemas.EventSchemas.safeParse(event).success, event.type);
  const [{ threadId, runId }, { runId: next }] = [first[0], second[0]];
  assert.deepEqual(seen.called, [
    [{ location: "San Francisco", unit: "celsius" }, answers.request.body.message.content[0].toolUseId, false],
  ]);
  assert.deepEqual(seen.ids, [runId, threadId, next, threadId]);
  assert.deepEqual(seen.result, { threadId, runId: next, outcome: "finished" });
  assert.deepEqual(seen.cancelled, { cancelled: false });
});

everywhere("nothing is called and nothing sent before the round has ended", {}, async ({ serve, run }) => {
  let stream;
  const server = await serve({
    ...rounds((nth, _, { response }) => {
      if (nth === 2) return saying(2);
      stream = begin(response);
      for (const event of asking(1, call("note", {})).slice(0, -1)) stream.write(frame(event));
    }),
    "GET /finish": ({ json }) => {
      stream.end(frame({ type: "RUN_FINISHED", threadId: "thr_1", runId: "run_1" }));
      json(200, {});
    },
  });
  const seen = await run(
    async ({ open, pause, until }, { url }) => {
      let called = 0;
      const tools = { note: { description: "d", parameters: {}, execute: () => void (called += 1) } };
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const seen = [];
      const read = (async () => {
        for await (const { type, name } of client.runs.stream(null, "hello", { tools })) seen.push(name ?? type);
      })();
      await until("the calls", () => seen.includes("tambo.run.awaiting_input"));
      await pause(300);
      const before = called;
      await fetch(`${url}/finish`);
      await read;
      return { before, called };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { before: 0, called: 1 });
  const order = server.apiCalls().map(({ path }) => path);
  assert.deepEqual(order, ["/v1/threads/runs", "/finish", "/v1/threads/thr_1/runs"]);
});

everywhere("a round repeats what the backend forgets, and nothing else", {}, async ({ serve, run }) => {
  const server = await serve({
    ...rounds((nth) => (nth < 3 ? asking(nth, call("note", { nth }, `call_${nth}`)) : saying(nth))),
  });
  const components = [{ name: "Map", description: "d", propsSchema: { type: "object" } }];
  const own = { name: "own", description: "d", inputSchema: { type: "object" } };
  const input = {
    message: {
      role: "user",
      content: [{ type: "text", text: "hello" }],
      metadata: { a: 1 },
      additionalContext: { place: "Paris" },
    },
    thread: { metadata: { b: 2 } },
    threadMetadata: { c: 3 },
    availableComponents: components,
    toolChoice: "auto",
    tools: [own],
  };
  await run(
    async ({ open }, { url, input }) => {
      const tools = { note: { description: "n", parameters: { type: "object" }, execute: ({ nth }) => nth } };
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const before = JSON.stringify(input);
      await client.runs.stream(null, input, { tools }).result();
      if (JSON.stringify(input) !== before) throw new Error("the caller's input was changed");
    },
    { url: server.url, input },
  );
  const tools = [own, { name: "note", description: "n", inputSchema: { type: "object" } }];
  const again = (nth) => ({
    availableComponents: components,
    toolChoice: "auto",
    tools,
    message: {
      role: "user",
      content: [{ type: "tool_result", toolUseId: `call_${nth}`, content: [{ type: "text", text: `${nth}` }] }],
      additionalContext: { place: "Paris" },
    },
    previousRunId: `run_${nth}`,
  });
  assert.deepEqual(bodies(server), [{ ...input, tools }, again(1), again(2)]);
});

everywhere("a given previous run is the first round's alone", {}, async ({ serve, run }) => {
  const server = await serve(rounds((nth) => (nth === 5 ? asking(nth, call("note", {})) : saying(nth))));
  await run(
    async ({ open }, { url }) => {
      const tools = { note: { description: "d", parameters: {}, execute() {} } };
      const message = { role: "user", content: [{ type: "text", text: "hello" }] };
      const { runs } = open({ baseUrl: url, userToken: () => "canary-subject" });
      await runs.stream("thr_1", { message, previousRunId: "run_4" }, { tools }).result();
    },
    { url: server.url },
  );
  assert.deepEqual(
    bodies(server).map(({ previousRunId }) => previousRunId),
    ["run_4", "run_5"],
  );
});

everywhere("calls of one round are made one after the other", {}, async ({ serve, run }) => {
  const server = await serve(
    rounds((nth) => (nth === 1 ? asking(1, call("slow", {}, "a"), call("fast", {}, "b")) : saying(2))),
  );
  const order = await run(
    async ({ open, pause }, { url }) => {
      const order = [];
      const tool = (name, ms) => ({
        description: "d",
        parameters: {},
        async execute() {
          order.push(`${name} begins`);
          await pause(ms);
          order.push(`${name} ends`);
          return name;
        },
      });
      const tools = { slow: tool("slow", 100), fast: tool("fast", 0) };
      await open({ baseUrl: url, userToken: () => "canary-subject" })
        .runs.stream(null, "hello", { tools })
        .result();
      return order;
    },
    { url: server.url },
  );
  assert.deepEqual(order, ["slow begins", "slow ends", "fast begins", "fast ends"]);
  const results = resultsOf(server.apiCalls().at(-1)).map(({ toolUseId, content }) => [toolUseId, content[0].text]);
  assert.deepEqual(results, [
    ["a", "slow"],
    ["b", "fast"],
  ]);
});

table(
  "rounds end",
  {
    rows: [
      // Options and calls, how many rounds are answered, how it ends.
      ["after ten of them", {}, ["note"], 10],
      ["after as many as were asked for", { maxSteps: 2 }, ["note"], 2],
      ["before the first", { maxSteps: 0 }, ["note"], 0],
      ["where somebody else gives the result", {}, ["by_hand"], 0],
      ["where somebody else gives one of the results", {}, ["note", "by_hand"], 0],
      ["where the input brings the tool along", {}, ["own"], 0],
    ].map(([name, options, names, answered]) => ({
      ...{ name, answered, given: { options } },
      serve: rounds((nth) => asking(nth, ...names.map((name, index) => call(name, {}, `call_${nth}_${index}`)))),
    })),
  },
  async ({ open }, { url, options }) => {
    let called = 0;
    const tool = { description: "d", parameters: { type: "object" } };
    const tools = { note: { ...tool, execute: () => void (called += 1) }, by_hand: tool };
    const { runs } = open({ baseUrl: url, userToken: () => "canary-subject" });
    const message = { role: "user", content: [{ type: "text", text: "hello" }] };
    const input = { message, tools: [{ name: "own", description: "d", inputSchema: {} }] };
    const result = await runs.stream(null, input, { tools, ...options }).result();
    return { called, result };
  },
  ({ answered }, { called, result }, server) => {
    assert.equal(called, answered);
    assert.deepEqual(result, { threadId: "thr_1", runId: `run_${answered + 1}`, outcome: "awaiting-input" });
    assert.equal(server.count(nextRun), answered);
  },
);

table(
  "calls that nobody has answered",
  {
    rows: [
      ["are answered as failed with the next message", "hello", 2],
      ["are the business of whoever answers calls", { type: "tool_result", toolUseId: "b", content: [] }, 1],
    ].map(([name, says, runs]) => ({
      ...{ name, runs, given: { says } },
      serve: {
        "GET /v1/threads/thr_1": ({ json }) =>
          json(200, {
            ...{ id: "thr_1", runStatus: "idle", lastCompletedRunId: "run_0", createdAt: "c", updatedAt: "u" },
            pendingToolCallIds: ["call_0"],
          }),
        ...rounds((nth, { message }, { json }) => {
          if (message.content.some(({ toolUseId }) => toolUseId === "call_0")) return saying(1);
          json(400, {
            type: "urn:tambo:error:invalid_tool_result",
            ...{ title: "Invalid Tool Result", status: 400, detail: "Missing tool results for pending tool calls" },
            ...{ code: "MISSING_RESULTS", missingToolCallIds: ["call_0"] },
          });
        }),
      },
    })),
  },
  async ({ open, settle }, { url, says }) => {
    const { runs } = open({ baseUrl: url, userToken: () => "canary-subject" });
    const tools = { note: { description: "d", parameters: {}, execute() {} } };
    const input = typeof says === "string" ? says : { message: { role: "user", content: [says] } };
    return settle(runs.stream("thr_1", input, { tools }).result());
  },
  ({ runs }, { value, error }, server) => {
    assert.equal(server.count(nextRun), runs);
    if (runs === 1) return assert.deepEqual(error?.details.missingToolCallIds, ["call_0"]);
    assert.equal(value?.outcome, "finished");
    const [result, text] = resultsOf(server.apiCalls().at(-1));
    assert.deepEqual([result.toolUseId, result.isError, text], ["call_0", true, { type: "text", text: "hello" }]);
  },
);

const fine = { description: "d", parameters: { type: "object" } };
table(
  "tools that cannot be sent are named",
  {
    rows: [
      [{ tools: [fine] }, "tools should be an object"],
      [{ tools: { t: null } }, "tools.t should be an object"],
      [{ tools: { t: { parameters: {} } } }, "tools.t.description"],
      [{ tools: { t: { description: "d" } } }, "tools.t.parameters"],
      [{ tools: { t: { description: "d", parameters: "object" } } }, "tools.t.parameters"],
      [{ tools: { t: { ...fine, execute: "x" } } }, "tools.t.execute"],
      [{ tools: { t: { ...fine, timeoutMs: 0 } } }, "tools.t.timeoutMs"],
      [{ tools: { t: { ...fine, timeoutMs: 2 ** 31 } } }, "tools.t.timeoutMs"],
      [{ tools: { t: { ...fine, timeoutMs: "9" } } }, "tools.t.timeoutMs"],
      [{ tools: { t: { description: "d", parameters: { "~standard": {} } } } }, "inputSchema"],
      [{ tools: { own: fine } }, "own is both"],
      [{ tools: { t: fine }, maxSteps: -1 }, "maxSteps"],
      [{ tools: { t: fine }, maxSteps: 1.5 }, "maxSteps"],
      [{ tools: { t: fine }, input: " " }, "empty"],
      [{ tools: { t: fine }, input: {} }, "message.content"],
    ].map(([given, words]) => ({ name: JSON.stringify(given), words, given })),
  },
  async ({ open, settle }, { url, tools, maxSteps, input }) => {
    const { runs } = open({ baseUrl: url, userToken: () => "canary-subject" });
    const message = { role: "user", content: [{ type: "text", text: "hello" }] };
    const usual = { message, tools: [{ name: "own", description: "d", inputSchema: {} }] };
    return settle(runs.stream(null, input ?? usual, { tools, maxSteps }).result());
  },
  ({ words }, { error }, server) => {
    assert.equal(error?.code, "api/invalid-argument");
    assert.ok(error.message.includes(words), error.message);
    assert.equal(server.count(newRun), 0);
  },
);

inChromium("the part for tools is loaded by their first use", {}, async ({ serve, run, page }) => {
  const server = await serve(rounds((nth) => saying(nth)));
  const loaded = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  let blocked = true;
  await page.route("**/pkg/tools.js", (route) => (blocked ? route.abort() : route.continue()));
  await page.exposeFunction("unblock", () => void (blocked = false));
  const seen = await run(
    async ({ open, settle, until }, { url }) => {
      const { runs } = open({ baseUrl: url, userToken: () => "canary-subject" });
      const tools = { t: { description: "d", parameters: {}, execute() {} } };
      await runs.stream(null, "hello").result();
      const before = performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/tools.js"));
      const failed = await settle(runs.stream(null, "hello", { tools }).result());
      await window.unblock();
      // Whether a module that has failed is fetched again at once is the browser's to say.
      const after = await until(
        "the chunk",
        async () => (await settle(runs.stream(null, "x", { tools }).result())).value,
      );
      return { before, code: failed.error?.code, retryable: failed.error?.retryable, outcome: after.outcome };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { before: false, code: "client/core-load-failed", retryable: true, outcome: "finished" });
  assert.ok(loaded.includes("/pkg/tools.js"));
});
