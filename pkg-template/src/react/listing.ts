/** The threads of one generation: what is loaded, and what is being changed. */
import type { Backend, Client, NativeThreadInit, Page, Thread } from "../../index.js";
import type { ThreadsState } from "../../react/index.js";
import { ThreadpassError } from "../index.js";
import { createThread, renameThread } from "./changing.js";
import { type Patch, type Row, type Rows, isSame, newRow, put, putFirst, remove, retitle, rowOf } from "./edits.js";

export type State = ThreadsState<Backend>;

const empty = { threads: [], hasMore: false, isLoadingMore: false, isRefreshing: false, error: null } as const;
export const loadingState: State = { ...empty, status: "loading" };
export const idleState: State = { ...empty, status: "idle" };

let created = 0;

/** Where a listing is shown. */
interface Host {
  /** Whether it is the present user's: nothing of it is sent as anybody else. */
  isPresent(listing: Listing): boolean;
  changed(listing: Listing): void;
}

export class Listing {
  state: State;
  readonly #client: Client<Backend>;
  readonly #host: Host;
  /** What the backend has confirmed. */
  #rows: Rows = [];
  /** What it has not, in order. */
  #edits: Patch[] = [];
  /** What it has confirmed while a list was under way that may not have it yet. */
  #since: Patch[] = [];
  /** The last change of each row: the next one waits for it. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Keys that are no ids: rows that were created here keep theirs. */
  readonly #keys = new Map<string, string>();
  readonly #created = new Map<string, Promise<Thread<Backend>>>();
  #last: Page<Thread<Backend>> | undefined;
  #refreshing: Promise<void> | undefined;
  #more: Promise<void> | undefined;
  #failed: ThreadpassError | null = null;

  constructor(client: Client<Backend>, isSomebody: boolean, host: Host) {
    this.#client = client;
    this.#host = host;
    this.state = isSomebody ? loadingState : idleState;
  }

  /** Loads as many threads as there are already, and at least a page. */
  refresh(limit: number): Promise<void> {
    this.#refreshing ??= this.#load(async () => {
      if (this.#more) await this.#more.catch(() => {});
      // Asked for at once: `await` alone would ask a moment later, when another user may have come.
      let page = await this.#present()
        .threads.list({ limit })
        .then((page) => page);
      const threads = [...page.items];
      while (page.hasMore && threads.length < this.#rows.length) {
        this.#present();
        page = (await page.next()) ?? page;
        threads.push(...page.items);
      }
      this.#last = page;
      this.#rows = threads.map((thread) => this.#rowOf(thread));
    }).finally(() => this.#settled(() => (this.#refreshing = undefined)));
    this.#publish();
    return handled(this.#refreshing);
  }

  loadMore(): Promise<void> {
    if (!this.#more && !this.#last?.hasMore) return Promise.resolve();
    this.#more ??= this.#load(async () => {
      if (this.#refreshing) await this.#refreshing.catch(() => {});
      this.#present();
      const page = await this.#last?.next();
      if (!page) return;
      this.#last = page;
      const have = new Set(this.#rows.map(({ id }) => id));
      const rows = page.items.filter(({ id }) => !have.has(id)).map((thread) => this.#rowOf(thread));
      this.#rows = [...this.#rows, ...rows];
    }).finally(() => this.#settled(() => (this.#more = undefined)));
    this.#publish();
    return handled(this.#more);
  }

  create(init: NativeThreadInit<Backend> = {}): Promise<Thread<Backend>> {
    const key = `pending-${++created}`;
    const creating = this.#change<Thread<Backend>>(
      key,
      putFirst(newRow(key, init.metadata)),
      () => createThread(this.#present(), init),
      (thread) => {
        this.#keys.set(thread.id, key);
        return putFirst(this.#rowOf(thread));
      },
    );
    this.#created.set(key, creating);
    return creating;
  }

  rename(id: string, title: string): Promise<Thread<Backend>> {
    const key = this.#keyOf(id);
    const send = (id: string): Promise<Thread<Backend>> =>
      renameThread(
        this.#present(),
        id,
        title,
        this.#rows.find((row) => row.id === id),
      );
    return this.#change(
      key,
      retitle(key, title),
      () => this.#withId(id, send),
      (thread) => put(this.#rowOf(thread)),
    );
  }

  remove(id: string): Promise<void> {
    const key = this.#keyOf(id);
    const send = (id: string) => this.#present().threads.delete(id);
    return this.#change(
      key,
      remove(key),
      () => this.#withId(id, send),
      () => remove(key),
    );
  }

  /** Takes over a thread that is known from elsewhere. One that is further down than what is loaded stays out. */
  put(thread: Thread<Backend>): void {
    const isNew = !this.#rows.some(({ id }) => id === thread.id);
    const oldest = this.#rows.at(-1);
    if (isNew && this.#last?.hasMore && oldest && thread.createdAt < oldest.createdAt) return;
    this.#confirm(put(this.#rowOf(thread)));
    this.#publish();
  }

  /** Shows a change, sends it when the row's earlier ones are done, and keeps it or takes it back. */
  #change<T>(key: string, edit: Patch, send: () => Promise<T>, confirmed: (result: T) => Patch): Promise<T> {
    this.#edits.push(edit);
    const before = this.#turns.get(key);
    const turn = before ? before.catch(() => {}).then(send) : (async () => send())();
    this.#turns.set(key, turn);
    const done = turn
      .then(
        (result) => {
          this.#confirm(confirmed(result));
          this.#failed = null;
          return result;
        },
        (error: unknown) => this.#fail(error),
      )
      .finally(() => {
        this.#edits = this.#edits.filter((other) => other !== edit);
        if (this.#turns.get(key) === turn) this.#turns.delete(key);
        this.#publish();
      });
    this.#publish();
    return handled(done);
  }

  #confirm(patch: Patch): void {
    this.#rows = patch(this.#rows);
    if (this.#refreshing || this.#more) this.#since.push(patch);
  }

  async #load(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.#fail(error);
    }
    this.#rows = this.#since.reduce((rows, patch) => patch(rows), this.#rows);
    this.#failed = null;
  }

  #settled(forget: () => void): void {
    forget();
    if (!this.#refreshing && !this.#more) this.#since = [];
    this.#publish();
  }

  #fail(error: unknown): never {
    this.#failed = error as ThreadpassError;
    throw error;
  }

  #rowOf(thread: Thread<Backend>): Row {
    const key = this.#keys.get(thread.id) ?? thread.id;
    const known = this.#rows.find((row) => row.key === key);
    return known && isSame(known, thread) ? known : rowOf(thread, key);
  }

  #keyOf(id: string): string {
    return this.#keys.get(id) ?? id;
  }

  /** A row that is being created has its id when it is there. */
  #withId<T>(id: string, send: (id: string) => Promise<T>): Promise<T> {
    const creating = this.#created.get(id);
    return creating ? creating.then((thread) => send(thread.id)) : send(id);
  }

  #present(): Client<Backend> {
    if (this.#host.isPresent(this)) return this.#client;
    throw new ThreadpassError("auth/identity-changed", "another user took over before this was sent; nothing was");
  }

  #publish(): void {
    const rows = this.#edits.reduce((rows, patch) => patch(rows), this.#rows);
    const old = this.state.threads;
    const isSameRows = rows.length === old.length && rows.every((row, index) => row === old[index]);
    const isLoaded = this.#last !== undefined;
    const next: State = {
      threads: isSameRows ? old : rows,
      status: isLoaded ? "ready" : this.#refreshing ? "loading" : this.#failed ? "error" : this.state.status,
      hasMore: this.#last?.hasMore ?? false,
      isLoadingMore: this.#more !== undefined,
      isRefreshing: isLoaded && this.#refreshing !== undefined,
      error: this.#failed,
    };
    if ((Object.keys(next) as (keyof State)[]).every((name) => next[name] === this.state[name])) return;
    this.state = next;
    this.#host.changed(this);
  }
}

/** A failure shows in the state, so nobody has to handle the promise. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
