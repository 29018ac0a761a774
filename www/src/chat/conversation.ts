/** What a chat asks of its backend. */
import type { ChatThread } from "./threads";

/** What somebody thinks of an answer. */
export const opinions = ["positive", "negative"] as const;
export type Opinion = (typeof opinions)[number];

/** How an answer ended that did not come to its end. */
export const ends = ["stopped", "failed", "interrupted"] as const;
export type End = (typeof ends)[number];

/** A message as the backend keeps it. */
export interface Kept {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly end: End | null;
  /** What the user has said of it. */
  readonly opinion: Opinion | null;
}

/** A thread with all that was said in it. */
export interface Transcript {
  readonly thread: ChatThread;
  /** Oldest first. */
  readonly messages: readonly Kept[];
  /** An answer is being written. */
  readonly running: boolean;
}

/** What becomes known after something was said: the thread that it is in, the answer's id, and the answer bit by bit. */
export type Piece = { readonly threadId: string } | { readonly answerId: string } | { readonly text: string };

/** An answer that comes in. The iteration ends with it, and throws how it failed. */
export interface Reply extends AsyncIterable<Piece> {
  /** Stops it. Rejects if the backend cannot be told. */
  stop(): Promise<void>;
}

/** One chat's side of the backend. */
export interface Conversation {
  read(threadId: string): Promise<Transcript>;
  /** Says something in a thread; null makes one. Aborting the signal is leaving: nobody reads the answer any more. */
  say(threadId: string | null, text: string, signal: AbortSignal): Reply;
  /** Gives a new thread its title, after the first thing that was said in it. Null if there is none to be had. */
  entitle(threadId: string, text: string): Promise<ChatThread | null>;
  /** Tells the backend what the user thinks of an answer; null where it does not want to know. */
  readonly rate: ((threadId: string, messageId: string, opinion: Opinion) => Promise<void>) | null;
}
