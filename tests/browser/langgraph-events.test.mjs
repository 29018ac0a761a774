/** What LangGraph's events are in AG-UI, beyond what was recorded. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as schemas from "@ag-ui/core/schemas";
import { piece, question, sse, started, values } from "./support/langgraph-runs.mjs";
import { read } from "./support/recorded-streams.mjs";

const ends = new Set(["RUN_STARTED", "RUN_FINISHED"]);

/** What a run says between its first and its last event, without what the server has sent. */
async function between(...parts) {
  const body = Buffer.from([started(), ...parts].join(""));
  const { events, code } = await read(body, body.length);
  assert.equal(code, undefined);
  for (const event of events) {
    const { success, error } = schemas.EventSchemas.safeParse(event);
    assert.ok(success, `${event.type}: ${error}`);
  }
  return events.filter(({ type }) => !ends.has(type)).map(({ raw, ...event }) => event);
}

const text = (messageId, ...deltas) => [
  { type: "TEXT_MESSAGE_START", messageId, role: "assistant" },
  ...deltas.map((delta) => ({ type: "TEXT_MESSAGE_CONTENT", messageId, delta })),
  { type: "TEXT_MESSAGE_END", messageId },
];
const thought = (of, ...deltas) => {
  const messageId = `${of}-reasoning`;
  return [
    { type: "REASONING_START", messageId },
    { type: "REASONING_MESSAGE_START", messageId, role: "reasoning" },
    ...deltas.map((delta) => ({ type: "REASONING_MESSAGE_CONTENT", messageId, delta })),
    { type: "REASONING_MESSAGE_END", messageId },
    { type: "REASONING_END", messageId },
  ];
};
const call = (toolCallId, toolCallName, ...deltas) => [
  { type: "TOOL_CALL_START", toolCallId, toolCallName, parentMessageId: "msg_1" },
  ...deltas.map((delta) => ({ type: "TOOL_CALL_ARGS", toolCallId, delta })),
  { type: "TOOL_CALL_END", toolCallId },
];
const last = { chunk_position: "last" };
const chunk = (index, args, id = null, name = null) => ({ type: "tool_call_chunk", index, args, id, name });
const calling = (...tool_call_chunks) => piece("", undefined, { tool_call_chunks });
const weather = { type: "tool_call", id: "call_1", name: "weather", args: { city: "Rome" } };
const rain = { type: "tool", id: "msg_2", tool_call_id: "call_1", content: "rain", name: "weather", status: "success" };

test("tools that are called in pieces, one after the other", async () => {
  const events = await between(
    calling(chunk(0, "", "call_1", "weather")),
    calling(chunk(0, '{"city"')),
    calling(chunk(0, ':"Rome"}')),
    calling(chunk(1, "{}", "call_2", "clock")),
    piece("", undefined, last),
    sse("messages", [rain, { langgraph_checkpoint_ns: "tools:1" }]),
    sse("messages", [rain, { langgraph_checkpoint_ns: "tools:1" }]),
  );
  assert.deepEqual(events, [
    ...call("call_1", "weather", '{"city"', ':"Rome"}'),
    ...call("call_2", "clock", "{}"),
    { type: "TOOL_CALL_RESULT", messageId: "msg_2", toolCallId: "call_1", content: "rain", role: "tool" },
  ]);
});

test("calls that all have one number are told apart by their ids", async () => {
  const events = await between(
    calling(chunk(0, "{}", "call_1", "weather"), chunk(0, "{", "call_2", "clock"), chunk(0, "}")),
    piece("", undefined, last),
  );
  assert.deepEqual(events, [...call("call_1", "weather", "{}"), ...call("call_2", "clock", "{", "}")]);
});

test("a call in one piece, beside a text, and again in the state", async () => {
  const message = { type: "ai", id: "msg_1", content: "Let me see.", tool_calls: [weather] };
  const events = await between(sse("messages", [message, {}]), sse("values", { messages: [question, message, rain] }));
  const toolCalls = [{ id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } }];
  assert.deepEqual(events, [
    ...text("msg_1", "Let me see.").slice(0, 2),
    ...call("call_1", "weather", '{"city":"Rome"}'),
    { type: "TEXT_MESSAGE_END", messageId: "msg_1" },
    { type: "TOOL_CALL_RESULT", messageId: "msg_2", toolCallId: "call_1", content: "rain", role: "tool" },
    { type: "STATE_SNAPSHOT", snapshot: { messages: [question, message, rain] } },
    {
      type: "MESSAGES_SNAPSHOT",
      messages: [
        { id: "msg_0", role: "user", content: "hello" },
        { id: "msg_1", role: "assistant", content: "Let me see.", toolCalls },
        { id: "msg_2", role: "tool", content: "rain", toolCallId: "call_1" },
      ],
    },
  ]);
});

const thinking = {
  "parts of one provider": [[{ type: "thinking", thinking: "hm" }], [{ type: "thinking", thinking: "!" }]],
  "parts of another": [[{ type: "reasoning", reasoning: "hm" }], [{ type: "reasoning", text: "!" }]],
  "a summary": [[{ type: "reasoning", summary: [{ text: "hm" }] }], [{ type: "reasoning", summary: [{ text: "!" }] }]],
  "parts of a third": ["hm", "!"].map((text) => [{ type: "reasoning_content", reasoning_content: { text } }]),
};
for (const [where, contents] of Object.entries(thinking)) {
  test(`reasoning in ${where}, and then the text in parts`, async () => {
    const events = await between(
      ...contents.map((content) => piece(content)),
      piece([{ type: "text", text: "So" }, " it", { type: "input_json_delta", partial_json: "{" }]),
      piece([], undefined, last),
    );
    assert.deepEqual(events, [...thought("msg_1", "hm", "!"), ...text("msg_1", "So it")]);
  });
}

test("reasoning beside the content", async () => {
  const beside = (reasoning_content) => piece("", undefined, { additional_kwargs: { reasoning_content } });
  assert.deepEqual(await between(beside("hm"), piece("So", undefined, last)), [
    ...thought("msg_1", "hm"),
    ...text("msg_1", "So"),
  ]);
});

test("messages that are sent as a whole again and again", async () => {
  const partial = (content, tool_calls = []) =>
    sse("messages/partial", [{ type: "ai", id: "msg_1", content, tool_calls }]);
  const events = await between(
    partial("So"),
    partial("So it"),
    partial("So it", [{ ...weather, args: {} }]),
    partial("So it", [weather]),
    sse("messages/complete", [{ type: "ai", id: "msg_1", content: "So it is", tool_calls: [weather] }]),
    sse("messages/complete", [rain]),
  );
  assert.deepEqual(events, [
    ...text("msg_1", "So", " it", " is"),
    ...call("call_1", "weather", '{"city":"Rome"}'),
    { type: "TOOL_CALL_RESULT", messageId: "msg_2", toolCallId: "call_1", content: "rain", role: "tool" },
  ]);
});

test("a graph within the graph is named, and its state is not the whole one", async () => {
  const namespace = "child:1|grandchild:2";
  const message = [{ type: "AIMessageChunk", id: "msg_1", content: "hi" }, {}];
  const events = await between(
    sse(`values|${namespace}`, { messages: [] }),
    sse(`messages|${namespace}`, message),
    sse("values", { messages: [question] }),
  );
  const metadata = { namespace };
  assert.deepEqual(events.slice(0, 3), [
    { type: "CUSTOM", name: "values", value: { messages: [] }, metadata },
    { type: "TEXT_MESSAGE_START", messageId: "msg_1", role: "assistant", metadata },
    { type: "TEXT_MESSAGE_CONTENT", messageId: "msg_1", delta: "hi", metadata },
  ]);
  // What is not in the state, because it still streams elsewhere, is not dropped by a snapshot.
  assert.deepEqual(events[4].messages, [
    { id: "msg_0", role: "user", content: "hello" },
    { id: "msg_1", role: "assistant", content: "hi" },
  ]);
});

test("whatever else is said comes as it is", async () => {
  const events = await between(
    sse("custom", { stage: 1 }),
    sse("custom", "text"),
    sse("updates", { node: null, other: [{ messages: "none" }, 1] }),
    sse("metadata", { run_id: "again", attempt: 2 }),
    sse("something/new", [1]),
    sse("messages", "odd"),
    sse("messages", [{ type: "human", id: "msg_0", content: "hello" }, {}]),
    "event: end\r\ndata: \r\n\r\n",
  );
  assert.deepEqual(
    events.map(({ type, name, value }) => [type, name, value]),
    [
      ["custom", { stage: 1 }],
      ["custom", "text"],
      ["updates", { node: null, other: [{ messages: "none" }, 1] }],
      ["metadata", { run_id: "again", attempt: 2 }],
      ["something/new", [1]],
      ["messages", "odd"],
      ["messages", [{ type: "human", id: "msg_0", content: "hello" }, {}]],
      ["end", null],
    ].map(([name, value]) => ["CUSTOM", name, value]),
  );
});

test("a text that its node goes on with is told to its end, another one by a snapshot", async () => {
  const state = (content) => values([question, { type: "ai", id: "msg_1", content }]);
  const longer = await between(piece("So"), state("So it is"));
  assert.deepEqual(longer.slice(0, 4), text("msg_1", "So", " it is"));
  const other = await between(piece("So"), state("No"));
  assert.deepEqual(other.slice(0, 3), text("msg_1", "So"));
  assert.equal(other.at(-1).messages.at(-1).content, "No");
});

test("messages of every kind in a snapshot", async () => {
  const [, snapshot] = await between(
    values([
      { type: "system", id: "1", content: "Be brief." },
      { role: "user", id: "2", content: "hello", name: "ann" },
      {
        ...{ type: "human", id: "3" },
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          { type: "image_url", image_url: "data:image/png;base64,AAAA" },
        ],
      },
      {
        type: "ai",
        id: "4",
        content: [
          { type: "thinking", thinking: "hm" },
          { type: "text", text: "A cat." },
        ],
      },
      { type: "tool", id: "5", tool_call_id: "c", content: { a: 1 }, status: "error" },
      { type: "tool", id: "6", content: "of no call" },
      { type: "remove", id: "7", content: "" },
      { type: "AIMessage", content: "without an id" },
    ]),
  );
  assert.deepEqual(snapshot.messages, [
    { id: "1", role: "system", content: "Be brief." },
    { id: "2", name: "ann", role: "user", content: "hello" },
    {
      ...{ id: "3", role: "user" },
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", source: { type: "url", value: "https://example.com/a.png" } },
        { type: "image", source: { type: "data", mimeType: "image/png", value: "AAAA" } },
      ],
    },
    { id: "4-reasoning", role: "reasoning", content: "hm" },
    { id: "4", role: "assistant", content: "A cat." },
    { id: "5", role: "tool", content: '{"a":1}', toolCallId: "c", error: '{"a":1}' },
    { id: "message-7", role: "assistant", content: "without an id" },
  ]);
});
