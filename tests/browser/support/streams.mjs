/** Runs as a backend streams them. */

export const started = { type: "RUN_STARTED", threadId: "thr_1", runId: "run_1" };
export const finished = { type: "RUN_FINISHED", threadId: "thr_1", runId: "run_1" };
export const delta = (text) => ({ type: "TEXT_MESSAGE_CONTENT", messageId: "msg_1", delta: text });

export const newRun = "POST /v1/threads/runs";

/** An event as Tambo frames it. */
export const frame = (event) => `data: ${JSON.stringify(event)}\n\n`;

/** Begins a stream. */
export function begin(response) {
  response.writeHead(201, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  return response;
}

/** A stream that is written at once. Strings are written as they are. */
export const streaming =
  (...parts) =>
  ({ response }) => {
    begin(response).end(parts.map((part) => (typeof part === "string" ? part : frame(part))).join(""));
  };

/** A stream that is written and then neither goes on nor ends. */
export const stalling =
  (...parts) =>
  ({ response }) => {
    begin(response).write(parts.map((part) => (typeof part === "string" ? part : frame(part))).join(""));
  };
