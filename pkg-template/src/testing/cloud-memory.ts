/** People's threads and messages, as Assistant Cloud sends them. Refusals are thrown, with their status. */
import type { Message, NativeThread } from "../../index.js";
import type { FakeThread } from "../../testing/index.js";
import { type Loose, isObject } from "../langgraph/read.js";
import { ThreadpassError } from "../face.js";
import { Clock } from "./clock.js";
import type { Mutable } from "./memory.js";

type CloudThread = NativeThread<"assistant-cloud">;
type CloudMessage = Message<"assistant-cloud">["raw"];

export interface Stored {
  readonly thread: Mutable<CloudThread>;
  /** Newest first, as they are listed. */
  readonly messages: Mutable<CloudMessage>[];
}

/** What threads or messages are asked for with, wherever it comes from. */
export interface Asked {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

const notFound = (what: string) => new ThreadpassError("api/not-found", `${what} not found`, { status: 404 });
const invalid = (message: string) => new ThreadpassError("api/bad-request", message, { status: 400 });
const conflict = (message: string) => new ThreadpassError("api/conflict", message, { status: 409 });

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** What follows an item; all of it after one that is not there. */
export const pageAfter = <T>(all: readonly T[], idOf: (item: T) => string, { limit, after }: Asked, usual: number) => {
  const from = all.findIndex((item) => idOf(item) === after) + 1;
  return all.slice(from, from + (limit ?? usual));
};

/** A message as the AI SDK has it. */
const said = ({ role, text }: { readonly role: string; readonly text: string }) => ({
  format: "ai-sdk/v6",
  content: { role, parts: [{ type: "text", text }] },
});

export class Memory {
  readonly #clock = new Clock();
  /** By user, whose workspace is their own. */
  readonly #people = new Map<string, Stored[]>();
  #ids = 0;

  /** An id that nothing else has. */
  id(kind: "thread" | "msg" | "run" | "score" | "usr_anon"): string {
    return `${kind}_0${String((this.#ids += 1)).padStart(23, "0")}`;
  }

  /** In the order of the last message, newest first. */
  of(userId: string): Stored[] {
    const threads = this.#people.get(userId) ?? [];
    this.#people.set(userId, threads);
    const key = ({ thread }: Stored) => `${thread.last_message_at} ${thread.id}`;
    return threads.sort((a, b) => (key(a) < key(b) ? 1 : -1));
  }

  /** Unknown threads and other people's are refused alike. */
  find(userId: string, id: string): Stored {
    const stored = this.of(userId).find(({ thread }) => thread.id === id);
    if (!stored) throw notFound("Thread");
    return stored;
  }

  /** As a test puts it there. */
  add(userId: string, given: FakeThread<"assistant-cloud"> = {}): Stored {
    const { id, name, metadata, archived, messages = [] } = given;
    const { thread } = this.create(userId, { title: name, metadata });
    const stored = this.find(userId, thread.id);
    let parent: string | null = null;
    for (const message of messages) parent = this.say(stored, { parent_id: parent, ...said(message) }).id;
    Object.assign(thread, { ...(id !== undefined && { id }), is_archived: archived ?? false });
    return stored;
  }

  create(userId: string, init: Loose): Stored & { readonly isNew: boolean } {
    const { external_id: external } = init;
    const known = isText(external) && this.of(userId).find(({ thread }) => thread.external_id === external);
    if (known && init.upsert !== true) throw conflict("A thread with this external_id exists");
    if (known) return { ...known, isNew: false };
    const at = this.#clock.now();
    const thread = {
      ...{ id: this.id("thread"), project_id: "proj_fake", workspace_id: userId, created_at: at, updated_at: at },
      ...{ title: init.title ?? null, last_message_at: init.last_message_at ?? at, is_archived: false },
      ...{ external_id: external ?? null, metadata: init.metadata ?? null },
    } as Mutable<CloudThread>;
    const stored: Stored = { thread, messages: [] };
    this.of(userId).push(stored);
    return { ...stored, isNew: true };
  }

  /** Changes what is given; the rest stays. */
  change({ thread }: Stored, patch: Loose): void {
    for (const name of ["title", "last_message_at", "metadata", "is_archived"] as const)
      if (patch[name] !== undefined) Object.assign(thread, { [name]: patch[name] });
    thread.updated_at = this.#clock.now();
  }

  remove(userId: string, { thread }: Stored): void {
    this.#people.set(
      userId,
      this.of(userId).filter((other) => other.thread !== thread),
    );
  }

  /** A page of one side: archived, or not. */
  list(userId: string, query: Asked & { readonly is_archived?: boolean; readonly external_id?: string }): Stored[] {
    const { is_archived: isArchived = false, external_id: external } = query;
    const side = this.of(userId).filter(
      ({ thread }) => thread.is_archived === isArchived && (external === undefined || thread.external_id === external),
    );
    return pageAfter(side, ({ thread }) => thread.id, query, 20);
  }

  /** Gives all that one has to the other one, and answers how much. */
  claim(from: string, to: string): number {
    const moving = from === to ? [] : this.of(from).splice(0);
    for (const { thread } of moving) thread.workspace_id = to;
    this.of(to).push(...moving);
    return moving.length;
  }

  message({ messages }: Stored, id: string): Mutable<CloudMessage> {
    const message = messages.find((message) => message.id === id);
    if (!message) throw notFound("Message");
    return message;
  }

  say({ thread, messages }: Stored, init: Loose): CloudMessage {
    const { format, content, external_id: external } = init;
    if (!isText(format)) throw invalid("Schema validation error: format is required");
    if (!isObject(content)) throw invalid("Schema validation error: content should be an object");
    const known = isText(external) && messages.find((message) => message.external_id === external);
    if (known) {
      if (content.role !== (known.content as Loose).role) throw conflict("Message role cannot change");
      return Object.assign(known, { content });
    }
    const parent = this.#parentOf(messages, init);
    const at = this.#clock.now();
    const message = {
      ...{ id: this.id("msg"), parent_id: parent?.id ?? null, height: parent ? parent.height + 1 : 0 },
      ...{ created_at: at, updated_at: at, format, content, external_id: external ?? null },
    } as Mutable<CloudMessage>;
    const above = messages.findIndex(({ height }) => height <= message.height);
    messages.splice(above < 0 ? messages.length : above, 0, message);
    thread.last_message_at = at;
    return message;
  }

  /** What is no id of the service's counts as none. */
  #parentOf(messages: Stored["messages"], { parent_id: id, parent_external_id: external }: Loose) {
    const isMeant = ({ id: own, external_id }: CloudMessage) =>
      isText(external) ? external_id === external : own === id;
    const parent = messages.find(isMeant);
    if (!parent && isText(id) && id.startsWith("msg_")) throw invalid("Parent message not found");
    return parent;
  }

  rewrite(message: Mutable<CloudMessage>, { content }: Loose): void {
    if (!isObject(content)) throw invalid("Schema validation error: content should be an object");
    Object.assign(message, { content, updated_at: this.#clock.now() });
  }

  /** A title: the one there is, or the beginning of what was said first. */
  title({ thread, messages }: Stored, given: readonly unknown[]): string {
    if (thread.title) return thread.title;
    const texts = [...given, ...[...messages].reverse().map(({ content }) => content)].map(textOf);
    return texts.find(Boolean)?.slice(0, 40) ?? "";
  }
}

/** The text of a message in either format. */
function textOf(message: unknown): string {
  const { content, parts = content } = (message ?? {}) as { content?: unknown; parts?: unknown };
  if (!Array.isArray(parts)) return "";
  return parts.map((part: { text?: unknown }) => (isText(part.text) ? part.text : "")).join("");
}
