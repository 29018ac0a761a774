/**
 * `threadpass/assistant-cloud`: keeps a chat's history in Assistant Cloud, with a client of `backend: "assistant-cloud"`.
 *
 * Message ids of the app are local: a message may be appended while its parent is still on its way, and one whose answer was
 * lost may be appended again without being stored twice.
 */
import type { AssistantCloudClient, AssistantCloudTitleMessage, CallOptions, ThreadpassError } from "../index.js";

/** A row as the backend keeps it. */
export interface StoredMessage {
  readonly id: string;
  readonly parentId: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly content: unknown;
}

/** How an app's messages are written down. */
export interface MessageFormat<M> {
  /** The label that is stored beside the content, of 1 to 255 characters. */
  readonly format: string;
  /** The content, without the message's own id. Throws what cannot be written down. */
  encode(message: M): object;
  /** The message, with the row's id. Undefined: unreadable; the row and what follows it are left out. */
  decode(row: StoredMessage): M | undefined;
  /** The local id. */
  getId(message: M): string;
}

/** A message and what it answers. */
export interface HistoryItem<M> {
  /** Local or remote; null begins a thread. */
  readonly parentId: string | null;
  readonly message: M;
}

/** Options of `openHistory`. */
export interface HistoryOptions<F> {
  readonly format: F;
  /** Told of an update of a message that was never appended, instead of the console. */
  readonly onWarning?: (error: ThreadpassError) => void;
}

/** The messages of a thread, stored as they come. It belongs to whoever is signed in when it is first used. */
export interface History<M> {
  readonly threadId: string;
  /**
   * All of them, oldest first, however many. Rows of other formats are left out, and rows that cannot be read with what follows
   * them. A message whose parent is not there begins a branch. Rejects as `messages.list` does.
   */
  load(options?: CallOptions): Promise<{ messages: HistoryItem<M>[] }>;
  /**
   * Stores a message, after its parent if that is on its way, and answers its remote id. While the same message is on its
   * way, that is waited for and nothing is sent; one that is stored already is stored again in its place. Rejects as
   * `messages.create` does, and may then be called again.
   */
  append(item: HistoryItem<M>): Promise<string>;
  /**
   * Stores what has become of a message, after the message itself and earlier updates of it. A message that was neither
   * appended nor loaded is not sent, and `onWarning` told. Rejects as `messages.update` does.
   */
  update(item: { readonly message: M }): Promise<void>;
  /** Under which id the backend knows a message: waits while it is on its way. Undefined if it was never stored. */
  remoteId(localId: string): Promise<string | undefined>;
  /** Whether a message is stored or on its way, so that it is to be updated rather than appended. */
  isPersisted(localId: string): boolean;
  /** Forgets all ids. What is on its way still gets there. */
  reset(): void;
}

/**
 * Keeps a thread's messages.
 *
 * `M` is the app's own type of messages, such as the AI SDK's `UIMessage<MyMetadata>`.
 *
 * After a change of user all methods reject `auth/identity-changed`: open the history of the new user then. Where the app
 * replaces its client (of the same user), pass a function that gives the current one; ids stay known.
 *
 * @example
 * ```ts
 * import { type Client } from "threadpass";
 * import { type UIMessage, openHistory } from "threadpass/assistant-cloud";
 *
 * declare const client: Client<"assistant-cloud">, message: UIMessage;
 * const history = openHistory(client, threadId, { format: "ai-sdk/v6" });
 * const { messages } = await history.load();
 * await history.append({ parentId: messages.at(-1)?.message.id ?? null, message });
 * ```
 */
export function openHistory<M extends UIMessage = UIMessage>(
  client: AssistantCloudClient | (() => AssistantCloudClient),
  threadId: string,
  options: HistoryOptions<"ai-sdk/v6">,
): History<M>;
export function openHistory<M extends ThreadMessage = ThreadMessage>(
  client: AssistantCloudClient | (() => AssistantCloudClient),
  threadId: string,
  options: HistoryOptions<"aui/v0">,
): History<M>;
export function openHistory<M>(
  client: AssistantCloudClient | (() => AssistantCloudClient),
  threadId: string,
  options: HistoryOptions<MessageFormat<M>>,
): History<M>;

/**
 * Has the backend make a title of a conversation's beginning, stores it and answers it. Null: there is none yet, keep what you
 * have. `messages` need a `role` and a `content` array whose parts have a `type`. Rejects as `runs.title` and `threads.update`.
 *
 * @example
 * ```ts
 * import { type Client } from "threadpass";
 * import { generateThreadTitle } from "threadpass/assistant-cloud";
 *
 * declare const client: Client<"assistant-cloud">;
 * const title = await generateThreadTitle(client, threadId, [{ role: "user", content: [{ type: "text", text: "Hi" }] }]);
 * ```
 */
export function generateThreadTitle(
  client: AssistantCloudClient,
  threadId: string,
  messages: readonly AssistantCloudTitleMessage[],
  options?: CallOptions,
): Promise<string | null>;

/** Vercel AI SDK 5 and 6: a `UIMessage` without its id. */
export const aiSdkV6: MessageFormat<UIMessage>;

/** A message of the AI SDK, as far as the format has to know it. */
export interface UIMessage {
  readonly id: string;
  readonly role: "system" | "user" | "assistant";
  readonly parts: readonly { readonly type: string }[];
  readonly metadata?: unknown;
}

/** assistant-ui: its `ThreadMessage`. */
export const auiV0: MessageFormat<ThreadMessage>;

/** A message of assistant-ui, as far as the format has to know it. */
export interface ThreadMessage {
  readonly id: string;
  readonly createdAt: Date;
  readonly role: "system" | "user" | "assistant";
  readonly content: readonly { readonly type: string }[];
  /** Of assistants. One that is `running` is stored as cancelled. */
  readonly status?: { readonly type: string };
  /** Of users. */
  readonly attachments?: readonly { readonly id: string; readonly content: readonly { readonly type: string }[] }[];
  readonly metadata: object;
}
