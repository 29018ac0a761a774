/** The list of somebody's chats. */
import type { Page, Thread, ThreadpassError } from "threadpass";
import type { DemoClient } from "../demo/demo";
import { Store } from "../demo/store";
import type { Recovery } from "./recovery";

export type ChatThread = Thread<"tambo">;

interface List {
  /** Newest first. */
  readonly threads: readonly ChatThread[];
  readonly hasOlder: boolean;
  /** What is being loaded. */
  readonly loading: "first" | "older" | null;
  /** What will not heal by itself. */
  readonly error: ThreadpassError | null;
}

const pageSize = 20;

export class Threads extends Store<List> {
  readonly #client: DemoClient;
  readonly #recovery: Recovery;
  #last: Page<ChatThread> | null = null;

  constructor(client: DemoClient, recovery: Recovery) {
    super({ threads: [], hasOlder: false, loading: "first", error: null });
    this.#client = client;
    this.#recovery = recovery;
  }

  /** Loads as much as there is already, and at least a page. */
  async load(): Promise<void> {
    const error = await this.#recovery.attempt("threads", async () => {
      let page = await this.#client.threads.list({ limit: pageSize });
      const threads = [...page.items];
      while (page.hasMore && threads.length < this.state.threads.length) {
        page = (await page.next()) ?? page;
        threads.push(...page.items);
      }
      this.#show(threads, page);
    });
    if (error) this.set({ loading: null, error });
  }

  async loadOlder(): Promise<void> {
    if (this.state.loading) return;
    this.set({ loading: "older" });
    const error = await this.#recovery.attempt("older threads", async () => {
      const page = (await this.#last?.next()) ?? null;
      if (page) this.#show([...this.state.threads, ...page.items], page);
    });
    if (error) this.set({ loading: null, error });
  }

  #show(threads: readonly ChatThread[], last: Page<ChatThread>): void {
    this.#last = last;
    this.set({ threads, hasOlder: last.hasMore, loading: null, error: null });
  }

  /** Puts in a new thread, or the newer version of one. One that is further down than what is loaded stays out. */
  put(thread: ChatThread): void {
    const others = this.state.threads.filter(({ id }) => id !== thread.id);
    const isNew = others.length === this.state.threads.length;
    const oldest = others.at(-1);
    if (isNew && this.state.hasOlder && oldest && thread.createdAt < oldest.createdAt) return;
    const after = others.findIndex(({ createdAt }) => createdAt < thread.createdAt);
    this.set({ threads: others.toSpliced(after < 0 ? others.length : after, 0, thread) });
  }

  /** Rejects with what went wrong, for whoever asked to say so. */
  async rename(id: string, name: string): Promise<void> {
    this.put(await this.#client.threads.update(id, { name }));
  }

  /** Rejects with what went wrong, for whoever asked to say so. */
  async delete(id: string): Promise<void> {
    await this.#client.threads.delete(id);
    this.set({ threads: this.state.threads.filter((thread) => thread.id !== id) });
  }
}

export const titleOf = (thread: ChatThread): string => thread.title ?? "Untitled chat";
