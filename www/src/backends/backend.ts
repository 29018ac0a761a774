/** A chat backend as the demo uses it: a client of its own, and what differs from backend to backend. */
import type { CallOptions, Client, PagePromise, TokenFn } from "threadpass";
import type { Conversation } from "../chat/conversation";
import type { Recovery } from "../chat/recovery";
import type { ChatThread } from "../chat/threads";
import type { BackendName } from "./names";

export type DemoClient = Client<BackendName>;

/** Who the client is: a visitor, or whoever the token is of that the app is asked for. */
export type Who = "visitor" | TokenFn;

/** Threads that are out of the way, and still there. */
export interface Archive {
  list(query: { limit: number } & CallOptions): PagePromise<ChatThread>;
  /** Answers the thread as it is then. */
  put(threadId: string, archived: boolean): Promise<ChatThread>;
}

/** What is said of a backend to people. */
export interface Words {
  /** How long a visitor stays the same one. */
  readonly visitor: string;
  /** How long a visitor's chats last. */
  readonly visitorChats: string;
  /** What one may say to the model, and what it does then. */
  readonly suggestions: readonly { readonly text: string; readonly about: string }[];
}

export interface ChatBackend {
  readonly name: BackendName;
  readonly client: DemoClient;
  readonly words: Words;
  /** Makes somebody else the client's user. */
  become(who: Who): void;
  /** One chat's side of it. */
  converse(recovery: Recovery): Conversation;
  /** Null where threads cannot be archived. */
  readonly archive: Archive | null;
}
