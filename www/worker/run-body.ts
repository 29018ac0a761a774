/** What a client asks a run with, and whether its thread may begin one. */
import type { TamboMessage } from "threadpass";
import { isObject } from "./call";
import { problem, ruled } from "./problem";
import type { Row } from "./row";

export interface RunBody {
  readonly content: TamboMessage["content"];
  readonly previousRunId: string | undefined;
  /** Null when the content is not of a kind that a model can be asked with. */
  readonly prompt: string | null;
}

export function readRunBody(body: Record<string, unknown>): RunBody {
  const wrong: string[] = [];
  const { message, previousRunId } = body;
  const given: unknown = isObject(message) ? message["content"] : undefined;
  const content = Array.isArray(given) ? given : [];
  if (!isObject(message)) wrong.push("message should not be null or undefined");
  else {
    if (message["role"] !== "user") wrong.push("message.role must be one of the following values: user");
    if (!Array.isArray(given)) wrong.push("message.content must be an array");
  }
  content.forEach((block, index) => {
    if (block?.type === "text" && typeof block.text !== "string")
      wrong.push(`message.content.${index}.text must be a string`);
  });
  if (previousRunId != null && typeof previousRunId !== "string") wrong.push("previousRunId must be a string");
  if (wrong.length) throw problem(400, wrong);
  const answerable = content.length > 0 && content.every((block) => block?.type === "text");
  return {
    content,
    previousRunId: (previousRunId as string | null | undefined) ?? undefined,
    prompt: answerable ? content.map(({ text }) => text).join("\n") : null,
  };
}

/** Refuses a run that the state of its thread does not allow. */
export function checkOrder(row: Row, { previousRunId, content }: RunBody): void {
  const { id: threadId, currentRunId, lastCompletedRunId: last } = row;
  if (currentRunId)
    throw ruled(409, "concurrent_run", "Concurrent Run", `Thread ${threadId} already has an active run`, {
      threadId,
      currentRunId,
    });
  if (row.messages.length && last !== previousRunId) {
    const detail =
      previousRunId === undefined
        ? "previousRunId is required when continuing a thread with existing messages"
        : `previousRunId ${previousRunId} does not match last completed run ${last ?? "(none)"}`;
    throw ruled(400, "invalid_previous_run", "Invalid Previous Run", detail);
  }
  // This model calls no tools, so no result is waited for.
  const extra = content.flatMap((block) => (block.type === "tool_result" ? [block.toolUseId] : []));
  if (extra.length) {
    const detail = `Tool results for tool calls that are not pending: ${extra.join(", ")}`;
    const more = { code: "EXTRA_RESULTS", extraToolCallIds: extra };
    throw ruled(400, "invalid_tool_result", "Invalid Tool Result", detail, more);
  }
}
