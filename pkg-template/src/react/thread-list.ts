/** The threads of a client's user, whoever that is: one list for all components. */
import type { Backend, Client } from "../../index.js";
import type { ThreadsActions } from "../../react/index.js";
import { generationOf } from "./contexts.js";
import { Listing, type State, idleState, loadingState } from "./listing.js";

class ThreadList {
  readonly #client: Client<Backend>;
  readonly #listeners = new Set<() => void>();
  #generation: number | null = null;
  #listing: Listing;
  /** The one that was asked to load. */
  #begun: Listing | undefined;
  #off = () => {};
  #limit = 20;

  constructor(client: Client<Backend>) {
    this.#client = client;
    this.#listing = this.#open();
  }

  /** The present user's: another one's is gone as soon as the client says so. */
  get listing(): Listing {
    if (generationOf(this.#client.auth.getSnapshot()) !== this.#generation) this.#listing = this.#open();
    return this.#listing;
  }

  readonly getSnapshot = (): State => this.listing.state;

  readonly getServerSnapshot = (): State =>
    generationOf(this.#client.auth.getServerSnapshot()) === null ? idleState : loadingState;

  /** What components are handed: the same functions as long as the client is the same. */
  readonly actions: ThreadsActions<Backend> = {
    refresh: () => this.listing.refresh(this.#limit),
    loadMore: () => this.listing.loadMore(),
    create: (init) => this.listing.create(init),
    rename: (id, title) => this.listing.rename(id, title),
    remove: (id) => this.listing.remove(id),
    put: (thread) => this.listing.put(thread),
  };

  /** Loads while somebody looks: at first, when somebody looks again, and for another user. */
  subscribe(listener: () => void, limit: number): () => void {
    this.#limit = limit;
    const isFirst = this.#listeners.size === 0;
    this.#listeners.add(listener);
    if (isFirst) {
      this.#off = this.#client.auth.subscribe(this.#onAuth);
      this.#begin();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#off();
    };
  }

  #open(): Listing {
    this.#generation = generationOf(this.#client.auth.getSnapshot());
    return new Listing(this.#client, this.#generation !== null, {
      isPresent: (listing) => listing === this.listing,
      changed: (listing) => listing === this.#listing && this.#tell(),
    });
  }

  #begin(): void {
    this.#begun = this.listing;
    if (this.#generation !== null) void this.actions.refresh();
  }

  readonly #onAuth = (): void => {
    const { listing } = this;
    const isNew = listing !== this.#begun;
    const isBack = this.#client.auth.getSnapshot().status === "identified" && listing.state.status === "error";
    if (isNew || isBack) this.#begin();
    if (isNew) this.#tell();
  };

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const lists = new WeakMap<Client<Backend>, ThreadList>();

export function threadListOf(client: Client<Backend>): ThreadList {
  const list = lists.get(client) ?? new ThreadList(client);
  lists.set(client, list);
  return list;
}
