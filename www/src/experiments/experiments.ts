/** What can be done to the session, to see what becomes of it. Each does the real thing and says what came of it. */
import type { Demo } from "../demo/demo";
import { Store } from "../demo/store";
import { asThreadpassError, explain } from "../demo/words";
import { tell } from "../network/sentences";
import type { PageClock } from "./page-clock";

interface Report {
  /** Whose session it is about. */
  readonly generation: number;
  readonly text: string;
}

interface Experimenting {
  readonly report: Report | null;
  /** Ends the page's sleep before its time. */
  readonly wake: (() => void) | null;
}

/** How to reach the local backend's control routes. */
export interface Control {
  readonly backend: string;
  readonly key: string;
}

/** How long the page sleeps, and how long it believes that it has slept. */
const sleepMs = 5_000;
const sleptMs = 15 * 60_000;

export class Experiments extends Store<Experimenting> {
  readonly #demo: Demo;
  readonly #clock: PageClock;
  readonly #control: Control | null;

  constructor(demo: Demo, clock: PageClock, control: Control | null) {
    super({ report: null, wake: null });
    this.#demo = demo;
    this.#clock = clock;
    this.#control = control;
  }

  get canRevoke(): boolean {
    return this.#control !== null;
  }

  /** Sets the page's clock to the end of the session token, then asks for something. */
  async expire(): Promise<void> {
    const { deadlineMs } = this.#demo.client.inspect();
    if (deadlineMs === null) return;
    this.#clock.skip(deadlineMs - Date.now() + 1);
    await this.#observe("The page’s clock was set to the end of the session token, and the chats were asked for.");
  }

  /** Has the backend refuse every session token that it has issued, then asks for something. */
  async revoke(): Promise<void> {
    if (!this.#control) return;
    const { backend, key } = this.#control;
    try {
      const response = await fetch(`${backend}/__dev/revoke`, { method: "POST", headers: { "x-dev-key": key } });
      if (!response.ok) return this.#say(`The backend did not revoke anything: it answered ${response.status}.`);
    } catch {
      return this.#say("The backend could not be told to revoke anything: it cannot be reached.");
    }
    await this.#observe("The backend has revoked every session token, and the chats were asked for.");
  }

  /** Takes the network away from the client, or gives it back. */
  setOffline(offline: boolean): void {
    const { network } = this.#demo;
    network.setOffline(offline);
    if (offline) return this.#say("The client has no network: answers that were coming in are cut, new requests fail.");
    void this.#observe("The network is back, and the page was told so.");
    // What a browser tells a page whose network is back.
    dispatchEvent(new Event("online"));
  }

  /** Stops time for the page, then lets it find out that it is much later and that every connection is gone. */
  async sleep(): Promise<void> {
    const { network, client } = this.#demo;
    const thaw = this.#clock.freeze();
    const goOn = network.hold();
    this.#say("The page is asleep.");
    await Promise.race([
      this.#clock.realTimeout(sleepMs),
      new Promise<void>((resolve) => this.set({ wake: () => resolve() })),
    ]);
    this.set({ wake: null });
    const { deadlineMs } = client.inspect();
    this.#clock.skip(Math.max(sleptMs, (deadlineMs ?? 0) - Date.now() + 1));
    network.break();
    goOn();
    thaw();
    const slept = deadlineMs === null ? "for a quarter of an hour" : "past the end of its session token";
    const observed = this.#observe(`The page has slept ${slept}, and its connections are gone.`);
    // What a browser tells a page that is seen again.
    document.dispatchEvent(new Event("visibilitychange"));
    await observed;
  }

  /** Makes a call, as any part of an app would, and says what was done and what came of it. */
  async #observe(done: string): Promise<void> {
    const { client, network } = this.#demo;
    const followed = network.divide();
    let failure = "";
    try {
      await client.threads.list({ limit: 1 });
    } catch (thrown) {
      failure = ` ${explain(asThreadpassError(thrown))}`;
    }
    const who = client.inspect().deadlineMs === null ? "visitor" : "token";
    this.#say(`${done} ${tell(followed(), who)}${failure}`);
  }

  #say(text: string): void {
    this.set({ report: { generation: this.#demo.client.inspect().generation, text } });
  }
}
