/** The events of a run as a switch sees them, and as `@ag-ui/core` declares them. */
import type { AGUIEvent } from "@ag-ui/core";
import type { RunEvent, RunEventBase, RunEvents } from "threadpass";
import type { Expect, Same } from "./expect.js";

export type Checks = [
  // The same types of events, and none is missing.
  Expect<Same<RunEvent["type"], `${AGUIEvent["type"]}`>>,
  Expect<Same<RunEvent["type"], keyof RunEvents>>,
  Expect<Same<RunEvents["CUSTOM"], { readonly name: string; readonly value: unknown }>>,
  Expect<Same<RunEvent["raw"], unknown>>,
  Expect<Same<RunEvent["timestamp"], number | undefined>>,
];

/** What AG-UI declares of an event is what it carries here. */
type Theirs<T extends keyof RunEvents> = Omit<
  Extract<AGUIEvent, { type: T }>,
  "type" | "rawEvent" | keyof RunEventBase
>;
export type Agree = {
  [T in keyof RunEvents]: Theirs<T> extends Omit<RunEvents[T], "subagentRunId"> ? never : T;
}[keyof RunEvents];
export const differing: Expect<Same<Agree, never>> = true;

export function told(event: RunEvent): string {
  switch (event.type) {
    case "RUN_STARTED":
      return event.threadId + event.runId;
    case "TEXT_MESSAGE_CONTENT":
    case "REASONING_MESSAGE_CONTENT":
      return event.messageId + event.delta;
    case "TOOL_CALL_START":
      return event.toolCallName + (event.parentMessageId ?? "");
    case "TOOL_CALL_ARGS":
      // @ts-expect-error A piece of arguments belongs to a call, not to a message.
      return event.messageId;
    case "RUN_ERROR":
      return event.message + (event.code ?? "");
    case "CUSTOM":
      // @ts-expect-error What an event of the backend's own carries has to be looked at first.
      return event.value.componentId;
    default:
      return "";
  }
}

export function outside(event: RunEvent): void {
  // @ts-expect-error Not every event has a text.
  event.delta;
  // @ts-expect-error There is no such type.
  if (event.type === "TEXT_MESSAGE") return;
  if (event.type === "RUN_FINISHED") {
    // @ts-expect-error An event is read, not written.
    event.threadId = "other";
  }
}
