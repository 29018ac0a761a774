/** A message on its way and the answer to it, until the backend's own record takes their place. */
import type { Failure } from "../demo/words";
import type { Piece } from "./conversation";

/** Under way, over in some way, or never arrived. */
export type Phase = "sending" | "streaming" | "stopping" | "done" | "stopped" | "failed" | "interrupted" | "unsent";

export interface Turn {
  readonly id: number;
  readonly text: string;
  /** The backend's id of the answer, once there is one. */
  readonly answerId: string | null;
  readonly answer: string;
  readonly phase: Phase;
  readonly error: Failure | null;
}

let next = 1;

export function newTurn(text: string): Turn {
  return { id: next++, text, answerId: null, answer: "", phase: "sending", error: null };
}

export const isUnderWay = ({ phase }: Turn): boolean =>
  phase === "sending" || phase === "streaming" || phase === "stopping";

/** What a piece changes of the answer. */
export function answerAfter(turn: Turn, piece: Piece): Partial<Turn> {
  if ("answerId" in piece) return { answerId: piece.answerId };
  return "text" in piece ? { answer: turn.answer + piece.text } : {};
}

/** How a turn stands that has ended with an error. */
export function phaseAfter(turn: Turn, error: Failure): Phase {
  if (turn.phase === "stopping" || error.code === "run/cancelled") return "stopped";
  if (error.code === "run/failed") return "failed";
  return turn.phase === "sending" ? "unsent" : "interrupted";
}
