import type {
  Activity,
  AuthState,
  Backend,
  BaseClient,
  Client,
  ClientOptions,
  ErrorCode,
  Inspection,
  Unsubscribe,
} from "../index.js";
import type { Engine, Face, MakeEngine, RunEngine } from "./engine-types.js";
import { type Extras, ThreadpassError, isThreadpassError } from "./errors.js";
import { Listeners, guarded } from "./listeners.js";
import { type Given, checkOptions, credentialOf, resting } from "./options.js";
import { partsOf } from "./parts.js";
import { makeRun } from "./run.js";

export { ThreadpassError, isThreadpassError } from "./errors.js";
// For `threadpass/testing`, whose fake client behaves like this one where it can.
export { Listeners } from "./listeners.js";
export { pages } from "./pages.js";
export { makeRun } from "./run.js";

/** Shares one load, and forgets it if it fails, so that it can be tried again. */
export function once(load: () => Promise<MakeEngine>): () => Promise<MakeEngine> {
  let loading: Promise<MakeEngine> | undefined;
  return () =>
    (loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      if (isThreadpassError(cause)) throw cause;
      const blocked = /unsafe-eval|Content.Security|CSP/i.test(String(cause));
      throw new ThreadpassError(
        "client/core-load-failed",
        blocked
          ? "the page's Content-Security-Policy forbids WebAssembly; add 'wasm-unsafe-eval' to script-src"
          : "the WebAssembly core could not be loaded; call init() to try again",
        { cause, retryable: !blocked },
      );
    }));
}

/** A `createClient` that gets its core from `load`, which is shared by its clients. */
export function withCore(load: () => Promise<MakeEngine>) {
  return <B extends Backend>(options: ClientOptions<B>): Client<B> =>
    makeClient(options as ClientOptions, load) as Client<B>;
}

/** The one state that is published before the core is there and then again by it. */
const isSignedOut = (state: AuthState) => state.status === "unauthenticated" && state.reason === "signed-out";

function makeClient(options: ClientOptions, load: () => Promise<MakeEngine>): Client<Backend> {
  const settings = checkOptions(options);
  const { backend } = settings;
  let given = credentialOf(options, backend);
  const server = resting(given);
  let snapshot = server;
  let engine: Engine | undefined;
  let starting: Promise<void> | undefined;
  let disposed = false;
  /** What was asked for before the core was there, in order. */
  let queue: { run: (engine: Engine) => void; fail: (error: unknown) => void }[] = [];

  const stores = new Listeners<[]>();
  const changes = new Listeners<[AuthState, { previous: AuthState | null; cause: string }]>();
  const activities = new Listeners<[Activity]>();

  /** What the core says while it takes over; subscribers are told where it ends up. */
  let settling: [state: AuthState, cause: string][] | undefined;

  const publish = (state: AuthState, cause: string) => {
    if (settling) return void settling.push([state, cause]);
    const previous = snapshot;
    snapshot = state;
    stores.tell();
    changes.tell(state, { previous, cause });
  };
  const face: Face = {
    error: (code, message, extras) => new ThreadpassError(code as ErrorCode, message, extras as Extras),
    publish,
    activity: (entry) => activities.tell(entry as Activity),
    warn: (error, usual) => queueMicrotask(() => guarded(() => (options.onWarning ?? usual)(error as ThreadpassError))),
  };

  const gone = () => new ThreadpassError("client/disposed", "the client was disposed; create a new one");

  /** The first use loads the core and starts it. */
  const start = (): Promise<void> => {
    if (disposed) return Promise.reject(gone());
    starting ??= load().then(
      (makeEngine) => {
        if (disposed) return;
        settling = [];
        engine = makeEngine(settings, given, face);
        engine.watch(activities.size > 0);
        engine.start();
        for (const { run } of queue.splice(0)) run(engine);
        const [last] = settling.splice(-1);
        settling = undefined;
        if (last && !(isSignedOut(last[0]) && isSignedOut(snapshot))) publish(...last);
      },
      (error: unknown) => {
        starting = undefined;
        for (const { fail } of queue.splice(0)) fail(error);
        if (!disposed)
          publish({ status: "error", error, retryAtMs: null, user: null, generation: 0 } as AuthState, "load");
        throw error;
      },
    );
    // Whoever waits is told through the queue; nobody has to handle this one.
    starting.catch(() => {});
    return starting;
  };

  /** Runs with the core: now, or when it is there. */
  const use = <T>(run: (engine: Engine) => T | Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (disposed) return reject(gone());
      if (engine) return resolve(run(engine));
      queue.push({ run: (engine) => resolve(new Promise((resolve) => resolve(run(engine)))), fail: reject });
      void start();
    });

  /** A change that takes effect at once, or in its turn when the core is there. */
  const change = (apply: (engine: Engine) => void, before: () => void) => {
    if (disposed) return;
    if (engine) return apply(engine);
    if (starting) queue.push({ run: apply, fail: () => {} });
    before();
  };

  const { tokens, ...parts } = partsOf(backend, use, (open: (engine: Engine) => Promise<RunEngine>) =>
    makeRun(use(open), (threadId, runId) => use((engine) => engine.call("runs.cancel", [threadId, runId]) as never)),
  );

  const started = <T>(value: T): T => {
    if (!disposed) void start();
    return value;
  };

  const client: Omit<BaseClient<Backend>, "threads" | "runs"> = {
    backend: backend as Backend,
    ...parts,
    auth: {
      ...(tokens && { tokens }),
      getSnapshot: () => snapshot,
      getServerSnapshot: () => server,
      subscribe: (listener) => started(stores.add(listener).off),
      onChange(listen) {
        const { listener, off } = changes.add(listen);
        changes.tellOne(listener, snapshot, { previous: null, cause: "current" });
        return started(off);
      },
      async ready(options) {
        do await use((engine) => engine.ready(options));
        while (snapshot.status !== "identified");
        return snapshot;
      },
      getToken: (options) => use((engine) => engine.getToken(options)),
      peekToken: () => engine?.peekToken() ?? null,
      headers: () => use((engine) => engine.headers()),
      invalidate: () =>
        change(
          (engine) => engine.invalidate(),
          () => {},
        ),
      async signOut() {
        if (disposed) return;
        // Also what is stored has to go, so this needs the core; until it is there, the state says it already.
        if (!engine) publish({ status: "unauthenticated", reason: "signed-out" }, "sign-out");
        await use((engine) => engine.signOut());
      },
      setCredential(credential) {
        const next: Given = credentialOf(credential, backend);
        change(
          (engine) => engine.setCredential(next),
          () => {
            if (!starting) given = next;
            publish(resting(next), "credential");
          },
        );
      },
    },
    fetch: (input, init) => use((engine) => engine.fetch(input, init)),
    init: () => start(),
    inspect: (): Inspection =>
      engine?.inspect() ?? { status: snapshot.status, generation: 0, deadlineMs: null, refreshing: false },
    onActivity(listener): Unsubscribe {
      const { off } = activities.add(listener, () => engine?.watch(activities.size > 0));
      engine?.watch(true);
      return off;
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      engine?.dispose();
      engine = undefined;
      for (const { fail } of queue.splice(0)) fail(gone());
      for (const listeners of [stores, changes, activities]) listeners.clear();
    },
  };
  if (options.logger) client.onActivity(options.logger);
  if (Symbol.dispose) Object.defineProperty(client, Symbol.dispose, { value: client.dispose });
  return client as Client<Backend>;
}
