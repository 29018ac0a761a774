/** People's threads and messages, as Tambo sends them. */
import type { TamboContent, TamboMessage, TamboThread } from "../../index.js";
import type { FakeThread } from "../../testing/index.js";
import { Clock } from "./clock.js";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface Stored {
  readonly thread: Mutable<TamboThread>;
  readonly messages: TamboMessage[];
}

export const textOf = (content: readonly TamboContent[]): string =>
  content.map((block) => (block.type === "text" ? block.text : "")).join("");

export class Memory {
  readonly #people = new Map<string, Stored[]>();
  readonly #clock = new Clock();
  #ids = 0;

  /** An id that nothing else has. */
  id(kind: "thr" | "msg" | "run"): string {
    return `${kind}_${(this.#ids += 1)}`;
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
    const at = this.#clock.now();
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
    thread.updatedAt = this.#clock.now();
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
    const message = { id: this.id("msg"), role, content, createdAt: this.#clock.now(), ...more };
    messages.push(message);
    return message;
  }
}

/** A copy, which no later change reaches. */
export const copyOf = <T>(value: T): T => structuredClone(value);

interface Query {
  readonly limit: number;
  readonly cursor?: string | null | undefined;
}

/** A page of what is ordered by time. The cursor is where the last one ended, whatever has come and gone since. */
function pageOf<T>(ordered: readonly T[], timeOf: (item: T) => string, isAfter: boolean, { limit, cursor }: Query) {
  const left = cursor ? ordered.filter((item) => (isAfter ? timeOf(item) > cursor : timeOf(item) < cursor)) : ordered;
  const items = left.slice(0, limit);
  const end = items.at(-1);
  const hasMore = left.length > limit;
  return { items: copyOf(items), hasMore, ...(hasMore && end !== undefined && { nextCursor: timeOf(end) }) };
}

/** Newest first. */
export const pageOfThreads = (threads: readonly Stored[], query: Query) =>
  pageOf(threads, ({ thread }) => thread.createdAt, false, query);

/** Oldest first, unless they are wanted the other way round. */
export function pageOfMessages(
  messages: readonly TamboMessage[],
  query: Query & { order?: string | null | undefined },
) {
  const isDescending = query.order === "desc";
  const ordered = isDescending ? [...messages].reverse() : messages;
  return pageOf(ordered, ({ createdAt = "" }) => createdAt, !isDescending, query);
}
