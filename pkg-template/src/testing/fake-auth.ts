/** Who is signed in, as a test says it. */
import type { Activity, Auth, AuthState, ErrorCode, Inspection, Backend, UserHint } from "../../index.js";
import { Listeners, ThreadpassError } from "../face.js";

const generationOf = (state: AuthState): number | null => ("generation" in state ? state.generation : null);

/** What proves who somebody is. */
type Source = (AuthState & { status: "identified" })["source"];

export class FakeAuth<B extends Backend> {
  readonly activities = new Listeners<[Activity]>();
  #state: AuthState;
  /** The highest generation so far. */
  #generation: number;
  #isDisposed = false;
  readonly #server: AuthState;
  readonly #stores = new Listeners<[]>();
  readonly #changes = new Listeners<[AuthState, { previous: AuthState | null; cause: string }]>();
  /** Whoever waits for another state. */
  #waiting: (() => void)[] = [];
  /** What a generation's end ends. */
  readonly #endings = new Set<(error: ThreadpassError) => void>();

  readonly #source: Source;
  readonly #headers: Readonly<Record<string, string>>;

  /** Whoever signs in proves it with `source`. The headers are sent beside the token. */
  constructor(given: AuthState | undefined, source: Source, headers: Readonly<Record<string, string>>) {
    const state = given ?? identified({ id: "user" }, 1, source);
    this.#source = source;
    this.#headers = headers;
    this.#state = state;
    this.#server = state;
    this.#generation = generationOf(state) ?? 0;
  }

  get state(): AuthState {
    return this.#state;
  }

  inspect(): Inspection {
    return { status: this.#state.status, generation: this.#generation, deadlineMs: null, refreshing: false };
  }

  set(state: AuthState, cause: string): void {
    if (this.#isDisposed) return;
    const previous = this.#state;
    this.#state = state;
    this.#generation = Math.max(this.#generation, generationOf(state) ?? 0);
    if (generationOf(previous) !== generationOf(state)) {
      const isGone = state.status === "unauthenticated";
      this.#end(isGone ? "auth/signed-out" : "auth/identity-changed", "another user took over, or nobody is here now");
    }
    this.#stores.tell();
    this.#changes.tell(state, { previous, cause });
    for (const go of this.#waiting.splice(0)) go();
  }

  signIn(user: string | UserHint): void {
    const hint = typeof user === "string" ? { id: user } : user;
    this.set(identified(hint, this.#generation + 1, this.#source), "fake");
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#end("client/disposed", "the client was disposed; create a new one");
    for (const go of this.#waiting.splice(0)) go();
    for (const listeners of [this.#stores, this.#changes, this.activities]) listeners.clear();
  }

  /** Called with the error when the present generation ends; answers how to forget that. */
  onEnd(end: (error: ThreadpassError) => void): () => void {
    this.#endings.add(end);
    return () => this.#endings.delete(end);
  }

  /** Waits for a user. Rejects where a real client would. */
  async user(signal?: AbortSignal): Promise<AuthState & { status: "identified" }> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#isDisposed) throw new ThreadpassError("client/disposed", "the client was disposed; create a new one");
      const state = this.#state;
      if (state.status === "identified") return state;
      if (state.status === "error" || state.status === "invalid") throw state.error;
      if (state.status === "unauthenticated")
        throw new ThreadpassError("auth/not-signed-in", "nobody is signed in; sign somebody in with fake.signIn");
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  readonly auth: Auth<B> = {
    getSnapshot: () => this.#state,
    getServerSnapshot: () => this.#server,
    subscribe: (listener) => this.#stores.add(listener).off,
    onChange: (listen) => {
      const { listener, off } = this.#changes.add(listen);
      this.#changes.tellOne(listener, this.#state, { previous: null, cause: "current" });
      return off;
    },
    ready: (options) => this.user(options?.signal),
    getToken: async (options) => tokenOf(await this.user(options?.signal)),
    peekToken: () => (this.#state.status === "identified" ? tokenOf(this.#state) : null),
    headers: async () => {
      const token = tokenOf(await this.user());
      return { ...this.#headers, ...(token && { authorization: `Bearer ${token}` }) };
    },
    invalidate: () => this.#begin("invalidate"),
    signOut: async () => this.set({ status: "unauthenticated", reason: "signed-out" }, "sign-out"),
    setCredential: (credential) => {
      if (credential) this.#begin("credential");
      else this.set({ status: "unauthenticated", reason: "no-credential" }, "credential");
    },
  };

  #begin(cause: string): void {
    this.set({ status: "exchanging", attempt: 0, user: null, generation: this.#generation + 1 }, cause);
  }

  #end(code: ErrorCode, message: string): void {
    const endings = [...this.#endings];
    this.#endings.clear();
    for (const end of endings) end(new ThreadpassError(code, message));
  }
}

const identified = (user: UserHint, generation: number, source: Source): AuthState => ({
  ...{ status: "identified", source, user, generation, refreshError: null },
});

/** Where the proof is a token. */
const withToken: readonly Source[] = ["tokenExchange", "sessionToken", "authToken"];

const tokenOf = ({ source, generation }: AuthState & { status: "identified" }): string | null =>
  withToken.includes(source) ? `fake-session-${generation}` : null;
