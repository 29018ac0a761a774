/** Loads again what could not be loaded: after a while, when the network is back, and when the session is. */
import type { ThreadpassError } from "threadpass";
import type { DemoClient } from "../backends/backend";
import { Store } from "../demo/store";
import { asThreadpassError, isTemporary } from "../demo/words";

interface Recovering {
  /** Why something could not be loaded, until it could. */
  readonly error: ThreadpassError | null;
  readonly retryAtMs: number | null;
}

type Job = () => Promise<void>;

const pauses = [1_000, 2_000, 4_000, 8_000, 15_000];

export class Recovery extends Store<Recovering> {
  readonly #client: DemoClient;
  readonly #onBack: () => void;
  /** What has failed, by name. */
  readonly #failed = new Map<string, Job>();
  readonly #running = new Set<string>();
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #off: (() => void) | undefined;

  /** `onBack` is called when everything that had failed has worked again. */
  constructor(client: DemoClient, onBack: () => void) {
    super({ error: null, retryAtMs: null });
    this.#client = client;
    this.#onBack = onBack;
  }

  start(): void {
    addEventListener("online", this.now);
    this.#off = this.#client.auth.subscribe(() => {
      if (this.#client.auth.getSnapshot().status === "identified") this.now();
    });
  }

  stop(): void {
    removeEventListener("online", this.now);
    this.#off?.();
    this.#off = undefined;
    this.#failed.clear();
    clearTimeout(this.#timer);
  }

  /** Does a job. What fails and may heal is done again under this name; the error of what may not is the answer. */
  async attempt(name: string, job: Job): Promise<ThreadpassError | null> {
    this.#running.add(name);
    try {
      await job();
      return this.#settled(name, null);
    } catch (thrown) {
      // Whoever stopped all this wants no answers.
      if (!this.#off) return null;
      const error = asThreadpassError(thrown);
      if (!isTemporary(error)) return this.#settled(name, error);
      this.#failed.set(name, job);
      this.#plan(error);
      return null;
    } finally {
      this.#running.delete(name);
    }
  }

  /** Tries at once. */
  readonly now = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [name, job] of this.#failed) if (!this.#running.has(name)) void this.attempt(name, job);
  };

  #plan(error: ThreadpassError): void {
    if (this.#timer !== undefined) return this.set({ error });
    const pause = pauses[Math.min(this.#tries++, pauses.length - 1)]!;
    this.#timer = setTimeout(this.now, pause);
    this.set({ error, retryAtMs: Date.now() + pause });
  }

  #settled(name: string, error: ThreadpassError | null): ThreadpassError | null {
    this.#failed.delete(name);
    if (this.#failed.size === 0 && this.state.error) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#tries = 0;
      this.set({ error: null, retryAtMs: null });
      this.#onBack();
    }
    return error;
  }
}
