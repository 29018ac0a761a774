/** What the client has done for the present person: its activity, and the changes of state in between. */
import type { Activity, AuthState } from "threadpass";
import type { DemoClient } from "../demo/demo";
import { Store } from "../demo/store";
import { describeActivity, describeState } from "./sentences";

export interface Entry {
  readonly id: number;
  readonly atMs: number;
  /** The kind of activity, or "state". */
  readonly kind: string;
  readonly text: string;
  /** How often it happened in a row. */
  readonly times: number;
}

interface Log {
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** How long the present session token lives in all. */
  readonly lifetimeMs: number | null;
}

const most = 100;
const nothing: Log = { entries: [], lifetimeMs: null };

export class ActivityLog extends Store<Log> {
  #next = 1;

  constructor(client: DemoClient) {
    super(nothing);
    client.onActivity((entry) => this.#note(entry));
    client.auth.onChange((state, { previous }) => this.#changed(state, previous));
  }

  #note(activity: Activity): void {
    const text = describeActivity(activity);
    if (activity.kind === "renewed") this.set({ lifetimeMs: Number(activity.lifetimeMs) });
    if (text) this.#add(activity.kind, activity.atMs, text);
  }

  #changed(state: AuthState, previous: AuthState | null): void {
    // The next person is shown nothing of what happened to this one.
    if (generationOf(state) !== generationOf(previous)) this.set(nothing);
    this.#add("state", Date.now(), describeState(state));
  }

  #add(kind: string, atMs: number, text: string): void {
    const [latest, ...older] = this.state.entries;
    const again = latest?.kind === kind && latest.text === text;
    const entry = { id: this.#next++, atMs, kind, text, times: again ? latest.times + 1 : 1 };
    const rest = again ? older : this.state.entries;
    this.set({ entries: [entry, ...rest].slice(0, most) });
  }
}

function generationOf(state: AuthState | null): number | null {
  return state && "generation" in state ? state.generation : null;
}
