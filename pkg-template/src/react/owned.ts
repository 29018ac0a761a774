/** A client that a provider has made of its props, and how it follows them. */
import type { Backend, Client, ClientOptions, ThreadpassError } from "../../index.js";
import { credentialNames, credentialsIn } from "../credentials.js";
import { warnConsole } from "../warn-console.js";

/** The props that are options of the client. */
export type Options = Record<string, unknown>;

/** Options that are called and not kept: the newest one is called, whichever was there when the client was made. */
const callbacks = ["fetch", "logger"];

/** What goes with a credential. */
const companions = ["userId", "workspaceId", "claimAnonymous"];

/** The names of the credential that is given, and of what goes with it. */
const namesIn = (options: Options): string[] => [
  ...credentialsIn(options, String(options.backend)),
  ...companions.filter((name) => options[name] !== undefined),
];

/** What a client keeps for good. Other values make another client. */
export function lastingIn(options: Options): string {
  const { backend, apiKey, baseUrl, timeouts, retries, subjectTokenType, assistantId } = options;
  const called = callbacks.map((name) => typeof options[name]);
  return JSON.stringify([backend, apiKey, baseUrl, timeouts, retries, subjectTokenType, assistantId, called]);
}

/** Whether two props are the same credential. Callbacks are: the newest one is asked. */
export function isSameCredential(a: Options, b: Options): boolean {
  const [before, after] = [namesIn(a), namesIn(b)];
  const same = (name: string) => {
    const [one, other] = [a[name], b[name]];
    if (typeof one === "function" || typeof other === "function") return typeof one === typeof other;
    return JSON.stringify(one) === JSON.stringify(other);
  };
  return before.join() === after.join() && before.every(same);
}

export class Owned {
  readonly client: Client<Backend>;
  readonly lasting: string;
  #options: Options;
  #users = 0;
  #disposed = false;

  constructor(create: (options: ClientOptions) => Client<Backend>, options: Options) {
    this.#options = options;
    this.lasting = lastingIn(options);
    const followed = { ...this.#following(options, callbacks), ...this.#credential() };
    const onWarning = (error: ThreadpassError) => this.#warn(error);
    this.client = create({ ...options, ...followed, onWarning } as unknown as ClientOptions);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Takes over the newest props. */
  follow(options: Options): void {
    this.#options = options;
  }

  /** Makes the credential of the newest props the client's. */
  applyCredential(): void {
    const credential = this.#credential();
    const isNone = Object.keys(credential).length === 0;
    this.client.auth.setCredential(isNone ? null : (credential as never));
  }

  /** Keeps the client until the answer is called, and a moment longer: StrictMode leaves and comes back at once. */
  keep(): () => void {
    this.#users += 1;
    return () => {
      this.#users -= 1;
      queueMicrotask(() => {
        if (this.#users > 0) return;
        this.#disposed = true;
        this.client.dispose();
      });
    };
  }

  #warn(error: ThreadpassError): void {
    // A credential that is there but null says on purpose that nobody is signed in.
    const isMeant = credentialNames(String(this.#options.backend)).some((name) => name in this.#options);
    if (error.code === "config/missing-credential" && isMeant) return;
    const { onWarning = warnConsole } = this.#options as { onWarning?: (error: ThreadpassError) => void };
    onWarning(error);
  }

  #credential(): Options {
    const names = namesIn(this.#options);
    const given = Object.fromEntries(names.map((name) => [name, this.#options[name]]));
    return { ...given, ...this.#following(given, names) };
  }

  /** The functions among these options, as ones that call what stands there by then. */
  #following(options: Options, names: string[]): Options {
    const functions = names.filter((name) => typeof options[name] === "function");
    const call = (name: string) => {
      const newest = (...args: unknown[]) =>
        (this.#options[name] as ((...args: unknown[]) => unknown) | undefined)?.(...args);
      // What else a callback has, such as the events of a provider.
      return Object.assign(newest, options[name]);
    };
    return Object.fromEntries(functions.map((name) => [name, call(name)]));
  }
}
