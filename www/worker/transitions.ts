/** What a run makes of its thread. */
import type { TamboMessage } from "threadpass";
import { newMessage, type Row } from "./row";

/** Takes the thread for a run, with what the user has said. */
export function begun(row: Row, runId: string, content: TamboMessage["content"], now: number): Row {
  const { lastRunCancelled: _cancelled, lastRunError: _error, ...rest } = row;
  const messages = [...row.messages, newMessage("user", content, now)];
  return { ...rest, messages, runStatus: "waiting", currentRunId: runId, updatedAt: now };
}

/** Adds the answer, still blank. */
export function answering(row: Row, now: number): Row {
  const answer = newMessage("assistant", [{ type: "text", text: " " }], now);
  const messages = [...row.messages, answer];
  const status = { runStatus: "streaming", statusMessage: "Streaming response..." } as const;
  return { ...row, ...status, messages, answerId: answer.id, updatedAt: now };
}

/** However a run ends, its thread is idle and the run counts as the last completed one. */
function ended({ currentRunId, answerId: _answerId, ...row }: Row, now: number): Row {
  const idle = { ...row, runStatus: "idle" as const, updatedAt: now };
  return currentRunId ? { ...idle, lastCompletedRunId: currentRunId } : idle;
}

export function completed(row: Row, text: string, now: number): Row {
  const content = [{ type: "text" as const, text }];
  return { ...changeAnswer(row, { content }, now), statusMessage: "Complete" };
}

/** What was streamed is not kept. */
export function failed(row: Row, lastRunError: { code: string; message: string }, now: number): Row {
  return { ...ended(row, now), lastRunError };
}

/** What was streamed is not kept. */
export function cancelled(row: Row, now: number): Row {
  return { ...changeAnswer(row, { isCancelled: true }, now), lastRunCancelled: true };
}

function changeAnswer(row: Row, change: Partial<TamboMessage>, now: number): Row {
  const messages = row.messages.map((message) => (message.id === row.answerId ? { ...message, ...change } : message));
  return { ...ended(row, now), messages };
}
