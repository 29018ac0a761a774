/** The client's way to the network: everything on it is noted, and it can be interrupted. */
import type { TokenFn } from "threadpass";
import { Store } from "../demo/store";
import { watchBody } from "./body";
import { describeRequest, type End, type Trip } from "./trip";

interface Traffic {
  /** Whose it is. */
  readonly generation: number | null;
  /** Oldest first. */
  readonly trips: readonly Trip[];
  /** Whether nothing gets through. */
  readonly offline: boolean;
}

const most = 60;

export class Network extends Store<Traffic> {
  /** Says whose traffic it is; known once there is a client. */
  generationOf: () => number = () => 0;
  #next = 1;
  #divided = false;
  /** Aborted when the line breaks. */
  #line = new AbortController();
  /** Whoever wants to go on waits for it: settled unless the page is asleep. */
  #awake: Promise<void> = Promise.resolve();

  constructor() {
    super({ generation: null, trips: [], offline: false });
  }

  /** For the client, instead of the platform's. */
  readonly fetch: typeof fetch = async (input, init) => {
    // Threadpass hands over a request, and says beside it how it is to be sent and until when.
    const { method, url } = input as Request;
    const ended = init!.signal!;
    const what = describeRequest(method, new URL(url).pathname);
    const id = this.#begin(what);
    // Of a call that only has to succeed nobody reads the answer, which is no giving up.
    const endOf = (end: End) => (end === "left" && what.kind === "call" && !ended.aborted ? "done" : end);
    try {
      await this.#awake;
      if (this.state.offline) throw new TypeError("the demo's network is switched off");
      const response = await fetch(input, { ...init, signal: AbortSignal.any([ended, this.#line.signal]) });
      this.#change(id, { status: response.status, answeredMs: Date.now() });
      return watchBody(response, { gate: () => this.#awake, onEnd: (end) => this.#end(id, endOf(end)) });
    } catch (thrown) {
      this.#end(id, ended.aborted ? "left" : "failed");
      throw thrown;
    }
  };

  /** A token callback whose calls are noted. */
  watch(ask: TokenFn): TokenFn {
    return async (request) => {
      // The core is at work while it asks; it cannot say yet whose turn it is.
      await undefined;
      const id = this.#begin({
        kind: "callback",
        label: request.forceRefresh ? "fresh sign-in token" : "sign-in token",
      });
      try {
        const token = await ask(request);
        this.#end(id, "done");
        return token;
      } catch (thrown) {
        this.#end(id, "failed");
        throw thrown;
      }
    };
  }

  setOffline(offline: boolean): void {
    this.set({ offline });
    if (offline) this.break();
  }

  /** Cuts what is under way, as a connection that is lost. */
  break(): void {
    this.#line.abort(new TypeError("the demo's network was interrupted"));
    this.#line = new AbortController();
  }

  /** Holds back what comes in and what goes out. The result lets it go on. */
  hold(): () => void {
    let wake = () => {};
    this.#awake = new Promise((resolve) => (wake = resolve));
    return wake;
  }

  /** What follows has nothing to do with what was before. The result tells what has followed. */
  divide(): () => readonly Trip[] {
    const from = this.#next;
    this.#divided = true;
    return () => this.state.trips.filter(({ id }) => id >= from);
  }

  #begin(what: Pick<Trip, "kind" | "label">): number {
    const [id, generation] = [this.#next++, this.generationOf()];
    const isFirst = this.#divided;
    this.#divided = false;
    const trip: Trip = {
      ...what,
      id,
      isFirst,
      startMs: Date.now(),
      answeredMs: null,
      endMs: null,
      status: null,
      end: "open",
    };
    // The next person is shown nothing of this one's traffic.
    const before = generation === this.state.generation ? this.state.trips : [];
    this.set({ generation, trips: [...before, trip].slice(-most) });
    return id;
  }

  #end(id: number, end: End): void {
    this.#change(id, { end, endMs: Date.now() });
  }

  #change(id: number, change: Partial<Trip>): void {
    const { trips } = this.state;
    const isOpen = trips.some((trip) => trip.id === id && trip.end === "open");
    if (isOpen) this.set({ trips: trips.map((trip) => (trip.id === id ? { ...trip, ...change } : trip)) });
  }
}

/** The trips as far as they are of this generation. */
export const tripsOf = ({ generation, trips }: Traffic, of: number): readonly Trip[] =>
  generation === of ? trips : [];
