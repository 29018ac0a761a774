/** The backend's record of a chat, together with what only this page knows of it. */
import type { Kept, Opinion } from "./conversation";
import { isUnderWay, type Turn } from "./turn";

/** How an answer ended that did not come to its end. */
export type Outcome = Pick<Turn, "phase" | "error">;

/** A message as it is shown. */
export interface Shown {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly outcome: Outcome | null;
  readonly opinion: Opinion | null;
  /** Whether the backend has it, so that something can be said of it there. */
  readonly isKept: boolean;
}

/** What was seen of answers that the backend has not kept, by the id of the message they belong to. */
export type Remains = ReadonlyMap<string, Outcome & { readonly text: string }>;

/** The messages to show. `running` says that the last answer is still being written somewhere. */
export function shown(messages: readonly Kept[], remains: Remains, running: boolean): Shown[] {
  return messages.flatMap(({ id, role, text, end, opinion }, index): Shown[] => {
    const left = remains.get(id);
    const message: Shown = { id, role, text, outcome: end && { phase: end, error: null }, opinion, isKept: true };
    if (role === "user" && left) {
      const seen: Shown = { ...message, id: `${id}:answer`, role: "assistant", text: left.text, outcome: left };
      return [message, { ...seen, isKept: false }];
    }
    if (left) return [{ ...message, text: text || left.text, outcome: left }];
    const isBeingWritten = end && running && index === messages.length - 1;
    return isBeingWritten ? [] : [message];
  });
}

/**
 * Finds turns that are over in the record. What is found is no turn any more, and what was seen of its answer remains
 * with the record; the others stay.
 */
export function absorb(
  turns: readonly Turn[],
  messages: readonly Kept[],
  known: ReadonlySet<string>,
  remains: Remains,
): { turns: Turn[]; remains: Remains } {
  const fresh = messages.filter(({ id }) => !known.has(id));
  const left = new Map(remains);
  const others = turns.filter((turn) => {
    const index = fresh.findIndex((message) => message.role === "user" && message.text === turn.text);
    const asked = fresh[index];
    if (isUnderWay(turn) || !asked) return true;
    const answer = fresh
      .slice(index)
      .find(({ id, role }) => (turn.answerId ? id === turn.answerId : role === "assistant"));
    fresh.splice(index, 1);
    const { error } = turn;
    // It did arrive, although this page was not told.
    const phase = turn.phase === "unsent" ? "interrupted" : turn.phase;
    const isComplete = phase === "done" || (phase !== "failed" && answer?.text);
    if (!isComplete) left.set((answer ?? asked).id, { text: turn.answer, phase, error });
    return false;
  });
  return { turns: others, remains: left };
}
