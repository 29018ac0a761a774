/** The events of a run are AG-UI's: its own schemas take them. */
import assert from "node:assert/strict";
import * as schemas from "@ag-ui/core/schemas";
import { everywhere } from "./support/everywhere.mjs";
import { delta, finished, newRun, started, streaming } from "./support/streams.mjs";

/** Everything Tambo is known to send, and what an agent behind it may forward. */
const tambo = [
  started,
  { type: "THINKING_TEXT_MESSAGE_START", timestamp: 1 },
  { type: "THINKING_TEXT_MESSAGE_CONTENT", delta: "hm", timestamp: 2 },
  { type: "THINKING_TEXT_MESSAGE_END", timestamp: 3 },
  { type: "TEXT_MESSAGE_START", messageId: "msg_1", role: "assistant", timestamp: 4 },
  delta("hello"),
  { type: "TEXT_MESSAGE_END", messageId: "msg_1" },
  { type: "TOOL_CALL_START", toolCallId: "call_1", toolCallName: "get_weather", parentMessageId: "msg_1" },
  { type: "TOOL_CALL_ARGS", toolCallId: "call_1", delta: '{"city":' },
  { type: "TOOL_CALL_END", toolCallId: "call_1" },
  { type: "TOOL_CALL_RESULT", toolCallId: "call_1", messageId: "msg_2", content: "rain" },
  {
    type: "CUSTOM",
    name: "tambo.component.start",
    value: { messageId: "msg_1", componentId: "c", componentName: "Map" },
  },
  { type: "CUSTOM", name: "tambo.run.awaiting_input", value: { pendingToolCalls: [] } },
  { type: "STATE_SNAPSHOT", snapshot: { a: 1 } },
  { type: "STATE_DELTA", delta: [{ op: "add", path: "/a", value: 1 }] },
  { type: "STEP_STARTED", stepName: "one" },
  { type: "STEP_FINISHED", stepName: "one" },
  { type: "RAW", event: { a: 1 } },
  finished,
];
const failed = [
  started,
  { type: "RUN_ERROR", message: "No tokens left", code: "LLM_CLIENT_ERROR", category: "client_error", status: 429 },
];

everywhere("every event of a run is one of AG-UI 1.0", {}, async ({ serve, run }) => {
  for (const sent of [tambo, failed]) {
    const server = await serve({ [newRun]: streaming(...sent) });
    const events = await run(
      async ({ open }, { url }) => {
        const events = [];
        const client = open({ baseUrl: url, userToken: () => "canary-subject" });
        for await (const event of client.runs.stream(null, "hello")) events.push(event);
        return events;
      },
      { url: server.url },
    );
    assert.equal(events.length, sent.length);
    for (const event of events) {
      const { success, error } = schemas.EventSchemas.safeParse(event);
      assert.ok(success, `${event.type}: ${error}`);
    }
  }
});
