/** A message on its way and the answer to it, until the backend's own record takes their place. */
import type { RunEvent, ThreadpassError } from "threadpass";

/** Under way, over in some way, or never arrived. */
export type Phase = "sending" | "streaming" | "stopping" | "done" | "stopped" | "failed" | "interrupted" | "unsent";

export interface Turn {
  readonly id: number;
  readonly text: string;
  /** The backend's id of the answer, once there is one. */
  readonly answerId: string | null;
  readonly answer: string;
  readonly phase: Phase;
  readonly error: ThreadpassError | null;
}

let next = 1;

export function newTurn(text: string): Turn {
  return { id: next++, text, answerId: null, answer: "", phase: "sending", error: null };
}

export const isUnderWay = ({ phase }: Turn): boolean =>
  phase === "sending" || phase === "streaming" || phase === "stopping";

/** What an event changes of the answer. Events of other kinds change nothing here. */
export function answerAfter(turn: Turn, event: RunEvent): Partial<Turn> {
  switch (event.type) {
    case "TEXT_MESSAGE_START":
      return { answerId: event.messageId };
    case "TEXT_MESSAGE_CONTENT":
      return { answer: turn.answer + event.delta };
    default:
      return {};
  }
}

/** How a turn stands that has ended with an error. */
export function phaseAfter(turn: Turn, error: ThreadpassError): Phase {
  if (turn.phase === "stopping" || error.code === "run/cancelled") return "stopped";
  if (error.code === "run/failed") return "failed";
  return turn.phase === "sending" ? "unsent" : "interrupted";
}
