/** A backend whose runs ask for tools, as Tambo streams them. */
import { begin, frame, newRun } from "./streams.mjs";

export const nextRun = "POST /v1/threads/thr_1/runs";

const run = (type, nth) => ({ type, threadId: "thr_1", runId: `run_${nth}` });

/** A call that the backend waits for. */
export const call = (name, args, id = "call_1") => ({
  toolCallId: id,
  toolName: name,
  arguments: typeof args === "string" ? args : JSON.stringify(args),
});

/** The events of the nth run, which asks for calls. */
export const asking = (nth, ...calls) => [
  run("RUN_STARTED", nth),
  ...calls.flatMap(({ toolCallId, toolName, arguments: delta }) => [
    { type: "TOOL_CALL_START", toolCallId, toolCallName: toolName },
    { type: "TOOL_CALL_ARGS", toolCallId, delta },
    { type: "TOOL_CALL_END", toolCallId },
  ]),
  { type: "CUSTOM", name: "tambo.run.awaiting_input", value: { pendingToolCalls: calls } },
  run("RUN_FINISHED", nth),
];

/** The events of the nth run, which says something. */
export const saying = (nth, text = "done") => [
  run("RUN_STARTED", nth),
  { type: "TEXT_MESSAGE_START", messageId: "msg_9", role: "assistant" },
  { type: "TEXT_MESSAGE_CONTENT", messageId: "msg_9", delta: text },
  { type: "TEXT_MESSAGE_END", messageId: "msg_9" },
  run("RUN_FINISHED", nth),
];

/** The results that a request brings. */
export const resultsOf = ({ body }) => JSON.parse(body).message.content;

/**
 * Routes of a thread whose nth run has the events that `script(nth, body)` gives, or what it does itself. The id of a run is
 * its number.
 *
 * @param {(nth: number, body: any, exchange: import("./server.mjs").Exchange) => object[] | void} script
 */
export function rounds(script) {
  const handler = (exchange) => {
    const body = JSON.parse(exchange.call.body);
    const nth = Number((body.previousRunId ?? "run_0").slice("run_".length)) + 1;
    const events = script(nth, body, exchange);
    if (events) begin(exchange.response).end(events.map(frame).join(""));
  };
  return { [newRun]: handler, [nextRun]: handler };
}
