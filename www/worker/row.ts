/** A thread as it is kept, and as the service writes it. */
import type { TamboMessage, TamboThread } from "threadpass";

export interface Row {
  readonly id: string;
  /** Whose it is. */
  readonly userKey: string;
  /** Milliseconds since the epoch, different for each thread. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly name?: string;
  readonly metadata?: Record<string, unknown>;
  readonly messages: readonly TamboMessage[];
  readonly runStatus: "idle" | "waiting" | "streaming";
  /** The run that is under way. Whoever takes it out has ended it. */
  readonly currentRunId?: string;
  /** The message that the run under way writes. */
  readonly answerId?: string;
  readonly statusMessage?: string;
  readonly lastRunCancelled?: true;
  readonly lastRunError?: { readonly code: string; readonly message: string };
  readonly lastCompletedRunId?: string;
}

const iso = (ms: number) => new Date(ms).toISOString();

/** Without its messages. */
export function threadOf(row: Row): TamboThread {
  const { createdAt, updatedAt, messages: _messages, answerId: _answerId, ...rest } = row;
  return { ...rest, createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
}

export const withMessages = (row: Row): TamboThread => ({ ...threadOf(row), messages: [...row.messages] });

/** An id in the service's form. */
export function newId(prefix: "thr" | "msg" | "run"): string {
  const hex = crypto.randomUUID().replaceAll("-", "");
  return `${prefix}_${hex.slice(0, 8)}.${hex.slice(20, 26)}`;
}

export function newRow(userKey: string, createdAt: number, metadata: unknown): Row {
  const row = { id: newId("thr"), userKey, createdAt, updatedAt: createdAt, messages: [], runStatus: "idle" as const };
  return metadata ? { ...row, metadata: metadata as Record<string, unknown> } : row;
}

export function newMessage(role: TamboMessage["role"], content: TamboMessage["content"], at: number): TamboMessage {
  return { id: newId("msg"), role, content, createdAt: iso(at) };
}
