/** The chats that somebody has put out of the way. They are loaded once they are looked at. */
import type { Page } from "threadpass";
import type { Archive } from "../backends/backend";
import { Store } from "../demo/store";
import type { Recovery } from "./recovery";
import { type ChatThread, pageSize } from "./threads";

interface Archived {
  /** Null until they are loaded. */
  readonly threads: readonly ChatThread[] | null;
  readonly hasMore: boolean;
}

export class ArchivedList extends Store<Archived> {
  readonly #archive: Archive;
  readonly #recovery: Recovery;
  #last: Page<ChatThread> | null = null;

  constructor(archive: Archive, recovery: Recovery) {
    super({ threads: null, hasMore: false });
    this.#archive = archive;
    this.#recovery = recovery;
  }

  /** Loads them anew, from the newest on. */
  async load(): Promise<void> {
    await this.#recovery.attempt("archived threads", async () => {
      this.#show([], await this.#archive.list({ limit: pageSize }));
    });
  }

  async loadOlder(): Promise<void> {
    await this.#recovery.attempt("older archived threads", async () => {
      const next = await this.#last?.next();
      if (next) this.#show(this.state.threads ?? [], next);
    });
  }

  /** Puts a thread into the archive, or takes it out. Rejects with what went wrong. */
  async put(threadId: string, archived: boolean): Promise<ChatThread> {
    const changed = await this.#archive.put(threadId, archived);
    const others = this.state.threads?.filter(({ id }) => id !== threadId) ?? null;
    this.set({ threads: others && (archived ? [changed, ...others] : others) });
    return changed;
  }

  /** Takes note that a thread is no more. */
  forget(id: string): void {
    this.set({ threads: this.state.threads?.filter((thread) => thread.id !== id) ?? null });
  }

  #show(before: readonly ChatThread[], page: Page<ChatThread>): void {
    this.#last = page;
    const known = new Set(before.map(({ id }) => id));
    this.set({ threads: [...before, ...page.items.filter(({ id }) => !known.has(id))], hasMore: page.hasMore });
  }
}
