/** People's threads and messages, as Tambo sends them. */
import type { TamboContent, TamboMessage, TamboThread } from "../../index.js";
import type { FakeThread } from "../../testing/index.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface Stored {
  readonly thread: Mutable<TamboThread>;
  readonly messages: TamboMessage[];
}

export const textOf = (content: readonly TamboContent[]): string =>
  content.map((block) => (block.type === "text" ? block.text : "")).join("");

export class Memory {
  readonly #people = new Map<string, Stored[]>();
  #ids = 0;
  #now = 0;

  /** An id that nothing else has. */
  id(kind: "thr" | "msg" | "run"): string {
    return `${kind}_${(this.#ids += 1)}`;
  }

  /** The time, later each time, so that it says what came first. */
  now(): string {
    this.#now = Math.max(Date.now(), this.#now + 1);
    return new Date(this.#now).toISOString();
  }

  /** Newest first. */
  of(userId: string): Stored[] {
    const threads = this.#people.get(userId) ?? [];
    this.#people.set(userId, threads);
    return threads;
  }

  find(userId: string, id: string): Stored | undefined {
    return this.of(userId).find(({ thread }) => thread.id === id);
  }

  add(userId: string, { id = this.id("thr"), name, metadata, messages = [] }: FakeThread = {}): Stored {
    const at = this.now();
    const thread: Mutable<TamboThread> = { id, userKey: userId, runStatus: "idle", createdAt: at, updatedAt: at };
    const stored: Stored = { thread, messages: [] };
    this.change(stored, { name, metadata });
    for (const { role, text } of messages) this.say(stored, role, [{ type: "text", text }]);
    this.of(userId).unshift(stored);
    return stored;
  }

  /** Changes what is given; the rest stays. */
  change({ thread }: Stored, { name, metadata }: Pick<FakeThread, "name" | "metadata">): void {
    if (name !== undefined) thread.name = name;
    if (metadata !== undefined) thread.metadata = metadata;
    thread.updatedAt = this.now();
  }

  /** Whether it was there. */
  remove(userId: string, id: string): boolean {
    const threads = this.of(userId);
    const index = threads.findIndex(({ thread }) => thread.id === id);
    if (index >= 0) threads.splice(index, 1);
    return index >= 0;
  }

  say(
    { messages }: Stored,
    role: TamboMessage["role"],
    content: readonly TamboContent[],
    more: Partial<TamboMessage> = {},
  ): TamboMessage {
    const message = { id: this.id("msg"), role, content, createdAt: this.now(), ...more };
    messages.push(message);
    return message;
  }
}

/** A copy, which no later change reaches. */
export const copyOf = <T>(value: T): T => structuredClone(value);

/** A page of a list: the cursor is where the next one begins. */
export function pageOf<T>(all: readonly T[], limit: number, cursor: string | undefined) {
  const begin = cursor === undefined ? 0 : Number(cursor);
  const end = begin + limit;
  const hasMore = end < all.length;
  return { items: copyOf(all.slice(begin, end)), hasMore, ...(hasMore && { nextCursor: String(end) }) };
}
