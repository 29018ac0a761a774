/** The calls of a fake client. */
import type { CallOptions, ErrorCode, Backend } from "../../index.js";
import type { FakeCall, FakeCallName } from "../../testing/index.js";
import { ThreadpassError } from "../face.js";
import { unlessAborted } from "../transfer.js";
import type { FakeAuth } from "./fake-auth.js";

export class Calls<B extends Backend> {
  /** Oldest first. */
  readonly made: FakeCall<B>[] = [];
  readonly #who: FakeAuth<B>;
  readonly #failures: { name: FakeCallName<B>; error: ThreadpassError }[] = [];

  constructor(who: FakeAuth<B>) {
    this.#who = who;
  }

  /** Does a call as whoever is signed in, in a turn of its own. */
  async do<T>(
    name: FakeCallName<B>,
    args: readonly unknown[],
    options: CallOptions | undefined,
    act: (userId: string) => T | PromiseLike<T>,
  ): Promise<T> {
    this.made.push({ name, args });
    let forget = () => {};
    const ended = new Promise<never>((_, reject) => (forget = this.#who.onEnd(reject)));
    const work = async () => {
      const { user } = await this.#who.user(options?.signal);
      const failing = this.#failures.findIndex((failure) => failure.name === name);
      if (failing >= 0) throw this.#failures.splice(failing, 1)[0]!.error;
      return act(user?.id ?? "");
    };
    try {
      const done = Promise.race([work(), ended]);
      return await (options?.signal ? unlessAborted(options.signal, done) : done);
    } finally {
      forget();
    }
  }

  failNext(name: FakeCallName<B>, error: ErrorCode | ThreadpassError): void {
    const asked = typeof error === "string" ? new ThreadpassError(error, `the test has let ${name} fail`) : error;
    this.#failures.push({ name, error: asked });
  }
}
