/** The formats of stored messages, beside what the vendors' own packages make of the same messages. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { aiSDKV6FormatAdapter } from "assistant-cloud/ai-sdk";
import { aiSdkV6, auiV0 } from "threadpass/assistant-cloud";

// It is what their own runtime stores with, but not among what the package exports.
const core = dirname(fileURLToPath(import.meta.resolve("@assistant-ui/core")));
const file = join(core, "react/runtimes/cloud/auiV0.js");
const { auiV0Encode, auiV0DecodeSafely } = await import(pathToFileURL(file).href);

const plain = (value) => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

const createdAt = new Date("2026-01-02T03:04:05.678Z");
const assistant = (content, more) => {
  const metadata = {
    ...{ unstable_state: { a: 1 }, unstable_annotations: [1], unstable_data: [{ b: 2 }] },
    ...{ steps: [{ usage: { inputTokens: 1, outputTokens: 2 } }], custom: { x: 1 } },
  };
  const status = { type: "complete", reason: "stop" };
  return { id: "a", createdAt, role: "assistant", content, status, metadata, ...more };
};
const user = (content, attachments = []) => ({
  ...{ id: "u", createdAt, role: "user", content, attachments, metadata: { custom: {} } },
});
const system = (text) => ({
  id: "s",
  createdAt,
  role: "system",
  content: [{ type: "text", text }],
  metadata: { custom: {} },
});
const call = (more) => ({
  type: "tool-call",
  toolCallId: "t",
  toolName: "n",
  args: { a: 1 },
  argsText: '{"a":1}',
  ...more,
});
const text = (text, more) => ({ type: "text", text, ...more });
const image = "data:image/png;base64,iVBORw0KGgo=";

const messages = {
  "texts and reasoning": assistant([
    text("hi", { parentId: "p", status: { type: "complete" } }),
    { type: "reasoning", text: "r", unstable_summary: "s", providerMetadata: { o: { a: 1 } }, parentId: "p" },
  ]),
  sources: assistant([
    { type: "source", sourceType: "url", id: "1", url: "https://x.example", title: "t", providerMetadata: { o: {} } },
    { type: "source", sourceType: "document", id: "2", title: "t", mediaType: "m", filename: "f", parentId: "p" },
  ]),
  "files and data": assistant([
    { type: "image", image },
    { type: "file", data: "d", mimeType: "m", filename: "f", sourceType: "url", parentId: "p" },
    { type: "data", name: "n", data: { a: [1, null, false] } },
    { type: "data", name: "n", data: null },
    { type: "generative-ui", spec: { root: "x" }, id: "i", parentId: "p" },
  ]),
  ...Object.fromEntries(
    [false, 0, "", null, [], { a: 1 }, undefined].map((result) => [
      `a tool's result that is ${JSON.stringify(result)}`,
      assistant([call({ result })]),
    ]),
  ),
  "a call whose text is not its arguments": assistant([call({ argsText: '{ "a": 1 }' })]),
  "a call that was cut off": assistant([call({ args: {}, argsText: '{"a' })]),
  "a call with all there is": assistant([
    call({
      ...{
        isError: true,
        result: "x",
        interrupt: { type: "human", payload: 1 },
        timing: { startTime: 1 },
        parentId: "p",
      },
      ...{ mcp: { app: { resourceUri: "u" } }, approval: { id: "x", approved: false } },
    }),
  ]),
  "calls in calls": assistant([
    call({ messages: [user([text("n")]), assistant([call({ messages: [assistant([text("deep")])] })])] }),
  ]),
  "an answer that runs": assistant([text("x")], { status: { type: "running" } }),
  "an answer that waits": assistant([text("x")], { status: { type: "requires-action", reason: "tool-calls" } }),
  "a user's parts": user([text("x"), { type: "audio", audio: { data: "d", format: "mp3" } }, { type: "image", image }]),
  "a user's attachments": user(
    [text("x")],
    [
      {
        ...{ id: "a", type: "image", name: "n", contentType: "image/png", status: { type: "complete" } },
        content: [
          { type: "image", image, filename: "f" },
          text("t"),
          { type: "file", data: "d", mimeType: "m" },
          { type: "audio", audio: { data: "d", format: "wav" } },
          { type: "data", name: "n", data: 1 },
        ],
      },
    ],
  ),
  "a system message": system("sys"),
};

const rowOf = (content) => ({
  ...{ id: "msg_1", parent_id: null, height: 0, format: "aui/v0", content },
  ...{ created_at: createdAt.toISOString(), updated_at: createdAt.toISOString() },
});
const read = (content) => auiV0.decode({ id: "msg_1", parentId: null, createdAt: createdAt.toISOString(), content });

for (const [name, message] of Object.entries(messages))
  test(`aui/v0 is written and read as by assistant-ui: ${name}`, () => {
    const written = plain(auiV0.encode(message));
    assert.deepEqual(written, plain(auiV0Encode(message)));
    assert.deepEqual([written.id, written.createdAt], [undefined, undefined]);
    const ours = read(written);
    assert.deepEqual(plain(ours), plain(auiV0DecodeSafely(rowOf(written)).message));
    assert.ok(ours.createdAt instanceof Date);
    // What was read is written as it was.
    assert.deepEqual(plain(auiV0.encode(ours)), written);
  });

const odd = {
  ...{ null: null, "a number": 1, "an empty object": {}, "no content": { role: "user" } },
  ...{ "another role": { role: "nobody", content: [] }, "a text for content": { role: "user", content: "x" } },
  ...{
    "no system text": { role: "system", content: [] },
    "two system texts": { role: "system", content: [text("a"), text("b")] },
  },
  "odd parts of a user": {
    role: "user",
    content: [
      null,
      1,
      { type: "text" },
      text("ok", { newer: 1 }),
      { type: "nope" },
      { type: "data-foo", data: 1 },
      { type: "reasoning", text: "r" },
    ],
  },
  "odd parts of an assistant": {
    role: "assistant",
    content: [
      ...[{}, { args: 3 }, { argsText: "{" }, { argsText: '{"b":2}' }].map((more) => ({
        type: "tool-call",
        toolCallId: "t",
        toolName: "n",
        ...more,
      })),
      call({ messages: [null, { role: "user", content: [], id: "k", createdAt: "someday" }] }),
      ...[
        { type: "reasoning", unstable_summary: "s" },
        { type: "source", sourceType: "url", id: "1" },
      ],
    ],
    ...{ status: { type: "complete", reason: "stop" }, metadata: { steps: [{}] } },
  },
  "odd attachments": {
    ...{ role: "user", content: [], status: { type: "running" } },
    attachments: [
      null,
      { id: "1" },
      { id: "1", type: "file", name: "n", status: { type: "complete" }, content: [text("x"), 3] },
    ],
  },
};

for (const [name, content] of Object.entries(odd))
  test(`aui/v0 leaves out what cannot be read, as assistant-ui does: ${name}`, (t) => {
    t.mock.method(console, "warn", () => {});
    assert.deepEqual(plain(read(content)), plain(auiV0DecodeSafely(rowOf(content))?.message));
  });

test("aui/v0 refuses to write what it has no place for", () => {
  const { encode } = auiV0;
  assert.throws(() => encode(assistant([{ type: "hologram" }])), {
    code: "api/invalid-argument",
    message: /"hologram"/,
  });
  assert.throws(() => auiV0Encode(assistant([{ type: "hologram" }])));
});

test("aui/v0 reads messages in messages, but not for ever", () => {
  let deep = { role: "assistant", content: [text("x")] };
  for (let depth = 0; depth < 150; depth++) deep = { role: "assistant", content: [call({ messages: [deep] })] };
  let [depth, at] = [0, read(deep)];
  for (; at?.content[0].messages; depth++) [at] = at.content[0].messages;
  assert.equal(depth, 100);
});

test("ai-sdk/v6 is written and read as by the vendor's client", () => {
  const message = {
    id: "m",
    role: "assistant",
    metadata: { a: 1 },
    parts: [text("x"), { type: "tool-x", output: false }],
  };
  const written = aiSdkV6.encode(message);
  assert.deepEqual(written, aiSDKV6FormatAdapter.encode({ parentId: null, message }));
  const theirs = aiSDKV6FormatAdapter.decode({ ...rowOf(written), format: "ai-sdk/v6" });
  assert.deepEqual(aiSdkV6.decode({ id: "msg_1", parentId: null, createdAt: "", content: written }), theirs.message);
  assert.equal(aiSdkV6.format, aiSDKV6FormatAdapter.format);
});

test("ai-sdk/v6 takes the row's id, and leaves out what is no message", () => {
  const readRow = (content) => aiSdkV6.decode({ id: "msg_1", parentId: null, createdAt: "", content });
  assert.equal(readRow({ id: "other", role: "user", parts: [] }).id, "msg_1");
  assert.deepEqual(readRow({ role: "user", parts: [null, { type: 1 }, text("ok")] }).parts, [text("ok")]);
  for (const content of [null, [], "x", {}, { role: "user" }, { role: "nobody", parts: [] }])
    assert.equal(readRow(content), undefined);
});
