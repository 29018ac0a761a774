/** What comes in of a run. */
import assert from "node:assert/strict";
import { everywhere, table } from "./support/everywhere.mjs";
import { begin, delta, finished, frame, newRun, started, streaming } from "./support/streams.mjs";

/** Reads a run to its end. */
async function read({ open, tell }, { url, options }) {
  const client = open({ baseUrl: url, userToken: () => "canary-subject", ...options });
  const run = client.runs.stream(null, "hello");
  const events = [];
  let thrown;
  try {
    for await (const event of run) events.push(event);
  } catch (error) {
    thrown = tell(error);
  }
  const result = await run.result().catch(tell);
  return { events, thrown, result };
}

const words = [
  "plain",
  "",
  "Grüße, 漢字, 😀\u2028\u2029\u0085 and \t tabs\n and lines\r\n",
  "\ufeff inside",
  '"quoted" \\ data: x',
];
const events = [started, ...words.map(delta), finished];
const text = events.map(frame).join("");
const pretty = (event) =>
  JSON.stringify(event, null, 1)
    .split("\n")
    .map((line) => `data: ${line}\n`)
    .join("");

/** The same events in every framing that the standard allows, by the text. */
const framings = {
  LF: text,
  CRLF: text.replaceAll("\n", "\r\n"),
  CR: text.replaceAll("\n", "\r"),
  "a byte order mark": `\ufeff${text}`,
  "no blank after the colon": text.replaceAll(/^data: /gm, "data:"),
  "data in several lines": events.map((event) => `${pretty(event)}\n`).join(""),
  "data in several lines with CRLF": events.map((event) => `${pretty(event)}\n`.replaceAll("\n", "\r\n")).join(""),
  "comments and other fields": events
    .map((event) => `: hello\nevent: x\nid: 1\nretry: 10\nother\n${frame(event)}:\n\n`)
    .join(""),
};

/** How the bytes are cut. */
const cuts = { "at once": Infinity, "byte by byte": 1, "three bytes at a time": 3 };

table(
  "any framing and any cut give the same events",
  {
    rows: Object.entries(framings).flatMap(([framing, body]) =>
      Object.entries(cuts).map(([cut, size]) => ({
        name: `${framing}, ${cut}`,
        serve: { [newRun]: ({ response }) => writeInPieces(begin(response), Buffer.from(body), size) },
      })),
    ),
  },
  read,
  (_, result) => {
    const expected = events.map((event) => ({ ...event, raw: event }));
    assert.deepEqual(result.events, expected);
    assert.deepEqual(result.result, { threadId: "thr_1", runId: "run_1", outcome: "finished" });
    assert.equal(result.thrown, undefined);
  },
);

/** Each piece is a task of its own, so that most of them arrive alone. */
async function writeInPieces(response, bytes, size) {
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    await new Promise(setImmediate);
  }
  response.end();
}

everywhere("a character that is cut in two arrives whole", {}, async ({ serve, run }) => {
  const [start, content, end] = [started, delta("😀"), finished].map((event) => Buffer.from(frame(event)));
  const middle = content.indexOf(0x9f);
  const server = await serve({
    [newRun]: async ({ response }) => {
      begin(response).write(start);
      response.write(content.subarray(0, middle));
      await new Promise((resolve) => setTimeout(resolve, 200));
      response.end(Buffer.concat([content.subarray(middle), end]));
    },
  });
  const result = await run(read, { url: server.url });
  assert.equal(result.events[1].delta, "😀");
});

const error = {
  type: "RUN_ERROR",
  message: "No tokens left",
  code: "LLM_CLIENT_ERROR",
  category: "client_error",
  status: 429,
};

table(
  "how a run ends",
  {
    rows: [
      { name: "finished", parts: [started, finished], yields: 2, outcome: "finished" },
      {
        name: "awaiting input",
        parts: [
          started,
          { type: "CUSTOM", name: "tambo.run.awaiting_input", value: { pendingToolCalls: [] } },
          finished,
        ],
        yields: 3,
        outcome: "awaiting-input",
      },
      { name: "an error that is said twice", parts: [started, error, error], yields: 2, code: "run/failed" },
      { name: "an error and nothing else", parts: [error], yields: 1, code: "run/failed" },
      {
        name: "an error that can pass",
        parts: [started, { ...error, isRetryable: true }],
        yields: 2,
        code: "run/failed",
        retryable: true,
      },
      {
        name: "cancelled",
        parts: [started, { type: "RUN_ERROR", message: "Run cancelled", code: "CANCELLED" }],
        yields: 2,
        code: "run/cancelled",
      },
      {
        name: "more after the end",
        parts: [started, finished, delta("late"), finished],
        yields: 2,
        outcome: "finished",
      },
      {
        name: "no end",
        parts: [started, delta("x")],
        yields: 2,
        code: "stream/interrupted",
        throws: true,
        retryable: true,
      },
      { name: "nothing at all", parts: [], yields: 0, code: "stream/interrupted", throws: true, retryable: true },
      {
        name: "an end that is cut off",
        parts: [started, frame(finished).trimEnd()],
        yields: 1,
        code: "stream/interrupted",
        throws: true,
        retryable: true,
      },
      ...["{", "canary", "", "[DONE]", "{}", "[]", "null", '{"type":7}', '{"type":"RUN_FIN'].map((data) => ({
        name: `malformed: ${data}`,
        parts: [started, `data: ${data}\n\n`, finished],
        yields: 1,
        code: "stream/malformed",
        throws: true,
      })),
    ].map((row) => ({ ...row, serve: { [newRun]: streaming(...row.parts) } })),
  },
  read,
  ({ yields, outcome, code, throws, retryable = false }, { events, thrown, result }) => {
    assert.equal(events.length, yields);
    if (outcome) {
      assert.deepEqual([thrown, result], [undefined, { threadId: "thr_1", runId: "run_1", outcome }]);
      return;
    }
    assert.deepEqual([result.code, result.retryable], [code, retryable]);
    assert.equal(thrown?.code, throws ? code : undefined, "the iteration throws only what is wrong with the transport");
    if (code === "run/failed") {
      assert.ok(result.message.includes("No tokens left"));
      assert.deepEqual(result.details, { code: "LLM_CLIENT_ERROR", category: "client_error", status: 429 });
    }
  },
);

table(
  "a run that is refused rejects before there are events",
  {
    rows: [
      [400, "api/bad-request"],
      [403, "api/forbidden"],
      [409, "api/conflict"],
      [429, "api/rate-limited"],
      [500, "api/server"],
      [200, "api/malformed-response"],
    ].map(([status, code]) => ({
      name: String(status),
      code,
      serve: { [newRun]: ({ json }) => json(status, { message: "no" }) },
    })),
  },
  read,
  ({ code }, { events, thrown, result }, server) => {
    assert.deepEqual([events, thrown?.code, result.code], [[], code, code]);
    assert.equal(server.count(newRun), 1, "a run is never started twice");
  },
);

table(
  "a stream that is too large is refused",
  {
    rows: [
      { name: "one event of 17 MiB", body: frame(delta("x".repeat(17 * 1024 * 1024))) },
      { name: "a line that never ends", body: `data: ${"x".repeat(17 * 1024 * 1024)}` },
      { name: "lines that never end", body: `data: ${"x".repeat(1024)}\n`.repeat(17 * 1024) },
    ].map((row) => ({ ...row, serve: { [newRun]: hostile(row.body) } })),
  },
  read,
  (_, { events, thrown, result }) => {
    assert.equal(events.length, 1, "what came before is still given");
    assert.deepEqual([thrown?.code, result.code], ["stream/malformed", "stream/malformed"]);
    assert.ok(result.message.includes("16 MiB"), result.message);
  },
);

/** Goes on for as long as it is read. */
function hostile(body) {
  return ({ response }) => void begin(response).write(frame(started) + body);
}

everywhere("an event of 15 MiB is taken", {}, async ({ serve, run }) => {
  const server = await serve({ [newRun]: streaming(started, delta("x".repeat(15 * 1024 * 1024)), finished) });
  const lengths = await run(
    async ({ open }, { url }) => {
      const lengths = [];
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      for await (const { delta } of client.runs.stream(null, "hello")) lengths.push(delta?.length ?? 0);
      return lengths;
    },
    { url: server.url },
  );
  assert.deepEqual(lengths, [0, 15 * 1024 * 1024, 0]);
});

everywhere("Tambo's thinking becomes AG-UI's reasoning, and unknown types pass", {}, async ({ serve, run }) => {
  const thinking = [
    { type: "THINKING_TEXT_MESSAGE_START" },
    { type: "THINKING_TEXT_MESSAGE_CONTENT", delta: "hm" },
    { type: "THINKING_TEXT_MESSAGE_END" },
  ];
  const unknown = { type: "SOMETHING_NEW", value: 1 };
  const server = await serve({ [newRun]: streaming(started, ...thinking, ...thinking, unknown, finished) });
  const { events } = await run(read, { url: server.url });
  const types = ["START", "CONTENT", "END"].map((part) => `REASONING_MESSAGE_${part}`);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["RUN_STARTED", ...types, ...types, "SOMETHING_NEW", "RUN_FINISHED"],
  );
  const ids = events.slice(1, 7).map(({ messageId }) => messageId);
  assert.deepEqual(ids, [ids[0], ids[0], ids[0], ids[3], ids[3], ids[3]]);
  assert.notEqual(ids[0], ids[3]);
  assert.deepEqual(events[1].raw, thinking[0]);
});
