/** What the client has done for the present person: its activity, and the changes of state in between. */
import type { Activity, AuthState } from "threadpass";
import type { DemoClient } from "../backends/backend";
import { Store } from "../demo/store";
import { describeActivity, describeState, type SomebodyHere } from "./sentences";

export interface Entry {
  readonly id: number;
  readonly atMs: number;
  /** The kind of activity, or "state". */
  readonly kind: string;
  readonly text: string;
  /** How often it happened in a row. */
  readonly times: number;
}

export interface Log {
  /** Whose session it is about. */
  readonly generation: number | null;
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** How long the present session token lives in all. */
  readonly lifetimeMs: number | null;
}

const most = 100;
const nothing: Log = { generation: null, entries: [], lifetimeMs: null };

export class ActivityLog extends Store<Log> {
  #next = 1;
  readonly #isVisitor: () => boolean;

  constructor(client: DemoClient, isVisitor: () => boolean) {
    super(nothing);
    this.#isVisitor = isVisitor;
    client.onActivity((entry) => this.#note(entry));
    client.auth.onChange((state) => {
      if (isSomebodyHere(state)) this.#changed(state);
    });
  }

  #note(activity: Activity): void {
    this.#enter(activity.generation);
    const text = describeActivity(activity, {
      isRenewal: this.state.lifetimeMs !== null,
      isVisitor: this.#isVisitor(),
    });
    if (["renewed", "rotated"].includes(activity.kind)) this.set({ lifetimeMs: Number(activity.lifetimeMs) });
    if (text) this.#add(activity.kind, activity.atMs, text);
  }

  #changed(state: SomebodyHere): void {
    this.#enter(state.generation);
    const text = describeState(state);
    const before = this.state.entries.find(({ kind }) => kind === "state");
    if (text !== before?.text) this.#add("state", Date.now(), text);
  }

  /** The next person is shown nothing of what happened to this one. */
  #enter(generation: number): void {
    if (generation !== this.state.generation) this.set({ ...nothing, generation });
  }

  #add(kind: string, atMs: number, text: string): void {
    const [latest, ...older] = this.state.entries;
    const again = latest?.kind === kind && latest.text === text;
    const entry = { id: this.#next++, atMs, kind, text, times: again ? latest.times + 1 : 1 };
    const rest = again ? older : this.state.entries;
    this.set({ entries: [entry, ...rest].slice(0, most) });
  }
}

/** The log as far as it is about this generation: it may learn of a change later than the page. */
export const logOf = (log: Log, generation: number): Log => (log.generation === generation ? log : nothing);

const isSomebodyHere = (state: AuthState): state is SomebodyHere => "generation" in state;
