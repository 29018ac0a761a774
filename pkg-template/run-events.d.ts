/** What a run says while it goes on: the events of AG-UI 1.0, as `@ag-ui/core` declares them. */

/** What events have in common. */
export interface RunEventBase {
  /**
   * What the server sent, untouched. Of a LangGraph stream it is the event as `{ event, id, data }`; of what was made of an
   * answer (the thread's state after a gap, the run at its end) it is that answer.
   */
  readonly raw: unknown;
  /** When it was sent, in epoch milliseconds. */
  readonly timestamp?: number;
  /** `namespace` says which graph within LangGraph's graph it comes from, as `node:id`, with `|` between levels. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The subagent that it comes from; absent, it is the agent itself. */
  readonly subagentRunId?: string;
}

/** Where a piece of a text belongs. */
interface OfMessage {
  readonly messageId: string;
}

/** Where a piece of a tool call belongs. */
interface OfToolCall {
  readonly toolCallId: string;
}

/** A change of a JSON document by RFC 6902: its operations, in order. */
type JsonPatch = readonly Readonly<Record<string, unknown>>[];

/** What each event carries, by its type. */
export interface RunEvents {
  /** The first one. */
  RUN_STARTED: { readonly threadId: string; readonly runId: string; readonly parentRunId?: string };
  /**
   * The last one of a run that came to its end, also of one that now waits for results of client tools. LangGraph's say how in
   * `outcome`: `{ type: "success" }`, `{ type: "cancelled" }` (`result()` rejects `run/cancelled`), or
   * `{ type: "interrupt", interrupts: [{ id, reason, metadata: { value } }] }`, which `command: { resume }` answers.
   */
  RUN_FINISHED: {
    readonly threadId: string;
    readonly runId: string;
    readonly result?: unknown;
    readonly outcome?: unknown;
  };
  /** The last one of a run that failed. `result()` rejects with the same as a `ThreadpassError`. */
  RUN_ERROR: { readonly message: string; readonly code?: string };
  STEP_STARTED: { readonly stepName: string };
  STEP_FINISHED: { readonly stepName: string };

  /** A message begins, or goes on if its id is known. Without a role it is the assistant's. */
  TEXT_MESSAGE_START: OfMessage & {
    readonly role?: "developer" | "system" | "assistant" | "user";
    readonly name?: string;
  };
  /** `delta` is appended. */
  TEXT_MESSAGE_CONTENT: OfMessage & { readonly delta: string };
  TEXT_MESSAGE_END: OfMessage;
  /** Start, content and end in one; without an id it belongs to the message before. */
  TEXT_MESSAGE_CHUNK: Partial<OfMessage> & {
    readonly role?: "developer" | "system" | "assistant" | "user";
    readonly name?: string;
    readonly delta?: string;
  };

  /** A tool is called: one of yours, or one that the backend runs itself. */
  TOOL_CALL_START: OfToolCall & { readonly toolCallName: string; readonly parentMessageId?: string };
  /** `delta` is appended to the arguments, which are JSON when they are complete. */
  TOOL_CALL_ARGS: OfToolCall & { readonly delta: string };
  TOOL_CALL_END: OfToolCall;
  TOOL_CALL_CHUNK: Partial<OfToolCall> & {
    readonly toolCallName?: string;
    readonly parentMessageId?: string;
    readonly delta?: string;
  };
  /** What a tool that the backend runs itself has answered. */
  TOOL_CALL_RESULT: OfMessage & OfToolCall & { readonly content: unknown; readonly role?: "tool" };

  REASONING_START: OfMessage;
  REASONING_MESSAGE_START: OfMessage & { readonly role: "reasoning" };
  /** `delta` is appended. */
  REASONING_MESSAGE_CONTENT: OfMessage & { readonly delta: string };
  REASONING_MESSAGE_END: OfMessage;
  REASONING_MESSAGE_CHUNK: Partial<OfMessage> & { readonly delta?: string };
  REASONING_END: OfMessage;
  REASONING_ENCRYPTED_VALUE: {
    readonly subtype: "tool-call" | "message";
    readonly entityId: string;
    readonly encryptedValue: string;
  };

  STATE_SNAPSHOT: { readonly snapshot: unknown };
  STATE_DELTA: { readonly delta: JsonPatch };
  MESSAGES_SNAPSHOT: { readonly messages: readonly unknown[] };
  ACTIVITY_SNAPSHOT: OfMessage & {
    readonly activityType: string;
    readonly content: Readonly<Record<string, unknown>>;
    readonly replace?: boolean;
  };
  ACTIVITY_DELTA: OfMessage & { readonly activityType: string; readonly patch: JsonPatch };

  SUBAGENT_STARTED: {
    readonly subagentRunId: string;
    readonly name: string;
    readonly description?: string;
    readonly parentSubagentRunId?: string;
    readonly parentToolCallId?: string;
    readonly parentMessageId?: string;
  };
  SUBAGENT_FINISHED: { readonly subagentRunId: string; readonly result?: unknown; readonly outcome?: unknown };
  SUBAGENT_ERROR: { readonly subagentRunId: string; readonly message: string; readonly code?: string };

  /** An event of the backend's own. Tambo's names begin with `tambo.`, LangGraph's are those of its events. */
  CUSTOM: { readonly name: string; readonly value: unknown };
  /** An event of another system, passed on. */
  RAW: { readonly event: unknown; readonly source?: string };
}

/**
 * An event of a run; its `type` says what it carries. Types that are not listed may come with a newer backend, and should be
 * skipped.
 *
 * @example
 * ```ts
 * import type { RunEvent } from "threadpass";
 *
 * function textAfter(text: string, event: RunEvent): string {
 *   switch (event.type) {
 *     case "TEXT_MESSAGE_START":
 *       return "";
 *     case "TEXT_MESSAGE_CONTENT":
 *       return text + event.delta;
 *     default:
 *       return text;
 *   }
 * }
 * ```
 */
export type RunEvent = {
  [T in keyof RunEvents]: RunEventBase & { readonly type: T } & RunEvents[T];
}[keyof RunEvents];
