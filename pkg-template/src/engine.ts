/** The awaiting half of the shell: what the core decides is done here, and what came of it goes back by number. */
import type { AuthState, CallOptions, TokenFn } from "../index.js";
import { anonymous } from "./anonymous.js";
import { lazyCloud } from "./cloud/identity.js";
import type { MakeError } from "./cloud/grant.js";
import type { Place } from "./storage.js";
import type { Begun, Engine, Face, MakeEngine, RunEngine } from "./engine-types.js";
import { Core } from "./glue.js";
import { answerOf, nameOf } from "./named.js";
import type { Given, Settings } from "./options.js";
import { openTabs, projectName, watchPage } from "./page.js";
import { openRun } from "./run-engine.js";
import { Lost, Tell } from "./tell.js";
import { lostOf, plainly, readReply, redirect, unlessAborted } from "./transfer.js";
import { walk } from "./walk.js";
import { warnConsole } from "./warn-console.js";
import { watchProvider } from "./watch-provider.js";

interface Pending {
  resolve(value: never): void;
  reject(reason: unknown): void;
  /** Another SDK's request. */
  foreign?: { input: RequestInfo | URL; init: RequestInit };
}

/** A timer of Node; browsers' are numbers. */
interface NodeTimer {
  ref?(): void;
  unref?(): void;
}

/** The reason of an abort that is a deadline. */
const timedOut = Symbol("timed out");

const decoder = new TextDecoder();

export const makeEngine: MakeEngine = (settings: Settings, given: Given, face: Face): Engine => {
  const project = projectName(settings.backend, settings.baseUrl, settings.apiKey);
  const exchangeMs = settings.exchangeMs ?? 30_000;
  const error: MakeError = (code, message, extras = {}) => face.error(code, message, extras);
  const { baseUrl } = settings;
  const loadCloud = () => loaded(face, "Assistant Cloud", () => import("./cloud.js"));
  const cloud = lazyCloud({ baseUrl, fetch: settings.fetch, deadlineMs: exchangeMs, error }, loadCloud);
  const makeAnonymous = () => {
    if (given.kind !== "anonymous") return undefined;
    const { persist } = given.value as { persist?: Place };
    return settings.backend === "assistant-cloud" ? cloud.identity(persist) : anonymous(persist, project);
  };
  let nobody = makeAnonymous();
  /** Callers' promises, by number. */
  const pending = new Map<number, Pending>();
  /** What is in flight: the callback and the exchange have numbers below zero, calls those of their callers. */
  const flights = new Map<number, AbortController>();
  /** Aborted with its generation. */
  let era = new AbortController();
  let next = 1;
  let disposed = false;
  /** What everybody is told once the core has trapped: its memory may be in any state. */
  let broken: unknown;
  let timer: unknown;
  let unwatch = () => {};
  let unheed = () => {};
  /** The claim of this generation: undefined before it begins, null when there is nothing to wait for. */
  let claimed: Promise<void> | null | undefined;
  let tabs: ReturnType<typeof openTabs>;

  const begin = (id: number): AbortController => {
    const flight = new AbortController();
    flights.set(id, flight);
    return flight;
  };
  /** Whoever waits keeps a Node process alive; a renewal alone does not. */
  const hold = () => (timer as NodeTimer | undefined)?.[pending.size ? "ref" : "unref"]?.();
  /** Ends with the flight, with its generation and with what its caller wants. */
  const combined = (flight: AbortController, caller?: AbortSignal | null): AbortSignal => {
    const signals = [flight.signal, era.signal];
    if (caller) signals.push(caller);
    return "any" in AbortSignal ? AbortSignal.any(signals) : flight.signal;
  };

  const shell = {
    ...face,
    warn: (error: unknown) => face.warn(error, warnConsole),
    publish(state: AuthState, cause: string) {
      face.publish(state, cause);
      if (state.status === "identified") queueMicrotask(claim);
    },
    async ask(id: number, reason: "initial", forceRefresh: boolean) {
      const { signal } = flights.get(id) ?? begin(id);
      if (signal.aborted) return void flights.delete(id);
      const callback = nobody?.token ?? (given.value as TokenFn);
      try {
        const value = await unlessAborted(signal, (async () => callback({ reason, forceRefresh, signal }))());
        if (!signal.aborted) tell(Tell.Answered, id, value);
      } catch (thrown) {
        if (!signal.aborted) tell(given.kind === "anonymous" ? Tell.NotGiven : Tell.CouldNotAsk, id, thrown);
      } finally {
        flights.delete(id);
      }
    },
    arm(ms: number) {
      shell.disarm();
      timer = setTimeout(tell, ms, Tell.Timer);
      hold();
    },
    disarm: () => clearTimeout(timer as number),
    prepare(id: number, headers: Record<string, string>) {
      const { input, init } = pending.get(id)?.foreign ?? {};
      try {
        const request = new Request(input!, { ...init, credentials: "omit", redirect, signal: null });
        request.headers.delete("authorization");
        for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
        return request;
      } catch {
        return undefined;
      }
    },
    async send(id: number, request: Request, body: number, deadlineMs: number) {
      const flight = begin(id);
      const foreign = pending.get(id)?.foreign;
      const signal = combined(flight, foreign?.init.signal);
      let timer: unknown;
      const alive = () => {
        clearTimeout(timer as number);
        if (deadlineMs) timer = setTimeout(() => flight.abort(timedOut), deadlineMs);
      };
      alive();
      // Said again, because `fetch(request, init)` forgets what the request says of its referrer.
      const init = foreign ? { referrerPolicy: request.referrerPolicy } : plainly;
      try {
        // The app's own `fetch` is not called while the core is at work.
        await undefined;
        signal.throwIfAborted();
        const reply = await readReply(settings.fetch ?? fetch, request, { ...init, signal }, body, alive);
        flights.delete(id);
        tell(Tell.Replied, id, reply);
      } catch (thrown) {
        flights.delete(id);
        if (flight.signal.reason === timedOut) tell(Tell.Failed, id, { lost: Lost.Timeout });
        else if (!signal.aborted) tell(Tell.Failed, id, { lost: lostOf(thrown), thrown });
      } finally {
        clearTimeout(timer as number);
      }
    },
    // Also what has been decided but has not begun.
    abort: (id: number) => (flights.get(id) ?? begin(id)).abort(),
    settle(id: number, fulfilled: boolean, value: never) {
      const caller = pending.get(id);
      pending.delete(id);
      if (fulfilled) caller?.resolve(value);
      else caller?.reject(value);
    },
    parse(text: Uint8Array) {
      try {
        return JSON.parse(decoder.decode(text));
      } catch {
        return undefined;
      }
    },
    // An anonymous identity of this tab alone is no other tab's business.
    say: (message: string) => (nobody?.shared ?? true) && tabs?.say(message),
    userKey: () => (given.kind === "userKey" ? (given.value as string) : nobody?.key()),
    forget: () => nobody?.forget(),
    ended(error: unknown) {
      claimed = undefined;
      const before = era;
      era = new AbortController();
      before.abort(error);
    },
  };
  const core = new Core({ ...settings, inPage: "document" in globalThis }, given, shell);

  /** Tells the core, and should it ever fail, everybody who waits for it or comes after. */
  const tell = (what: Tell, id = 0, value?: unknown): void => {
    if (disposed) return;
    try {
      if (!broken) core.tell(what, id, value);
    } catch (cause) {
      broken = face.error("client/internal", "the core has failed; create a new client", { cause });
    }
    if (!broken) return;
    for (const { reject } of pending.values()) reject(broken);
    pending.clear();
  };

  const heard = (message: unknown) => {
    if (!(nobody?.shared ?? true)) return;
    if (message === "signed-out") nobody?.drop();
    tell(Tell.Heard, 0, message);
  };

  /** A promise with a number, which the core settles, or the caller's signal. */
  const task = <T>(
    signal: AbortSignal | null | undefined,
    what: Tell,
    value?: unknown,
    foreign?: Pending["foreign"],
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (disposed) return reject(face.error("client/disposed", "the client was disposed", {}));
      const id = next++;
      const leave = () => {
        pending.delete(id);
        hold();
        tell(Tell.Abandon, id);
        flights.get(id)?.abort();
        reject(signal!.reason);
      };
      const done =
        <A>(settle: (value: A) => void) =>
        (value: A) => {
          signal?.removeEventListener("abort", leave);
          settle(value);
          hold();
        };
      signal?.addEventListener("abort", leave);
      pending.set(id, { resolve: done(resolve), reject: done(reject), foreign });
      hold();
      tell(what, id, value);
    });

  /** Claims what the anonymous user of this browser has, once a generation. Answers what has to be waited for. */
  const claim = (): Promise<void> | null => {
    if (claimed !== undefined) return claimed;
    const place = given.claim as Place | undefined;
    if (disposed || !place || !cloud.mayClaim(place)) return (claimed = null);
    const claiming = makeClaim(place);
    claimed = claiming;
    // Where nobody was there to claim for, the next user is asked about.
    const after = (next: null | undefined) => () => {
      if (claimed === claiming) claimed = next;
    };
    claiming.then(after(null), after(undefined));
    return claiming;
  };
  /** Rejects if there is nobody to claim for, or no more; any other failure is only told. */
  const makeClaim = async (place: Place) => {
    await task(null, Tell.Token);
    const [stop, mine] = [new AbortController(), era.signal];
    const signal = combined(stop);
    const late = () => {
      const message = `threads.claim: no answer within ${exchangeMs} ms; it is tried again`;
      stop.abort(face.error("network/timeout", message, { retryable: true }));
    };
    const timer = setTimeout(late, exchangeMs);
    const send = (token: string) => task<{ moved: number }>(signal, Tell.Call, ["threads.claim", token]);
    try {
      const moved = await unlessAborted(signal, cloud.claim(place, send, signal));
      const { generation } = core.inspect();
      if (moved !== undefined) face.activity({ atMs: Date.now(), kind: "claimed", generation, moved });
    } catch (thrown) {
      mine.throwIfAborted();
      if (disposed) throw thrown;
      face.warn(thrown, warnConsole);
    } finally {
      clearTimeout(timer);
    }
  };
  /** As a task, but as the user to whom what was the anonymous user's belongs by then. */
  const admitted = <T>(
    signal: AbortSignal | null | undefined,
    what: Tell,
    value: unknown,
    foreign?: Pending["foreign"],
  ): Promise<T> => {
    const first = claim();
    const begin = () => task<T>(signal, what, value, foreign);
    return first ? (signal ? unlessAborted(signal, first) : first).then(begin) : begin();
  };

  /** What the provider itself says of its user. */
  const heed = (change: string) => {
    if (change === "user" || core.inspect().status === "unauthenticated") tell(Tell.Invalidate);
    else task(null, Tell.FreshToken).catch(() => {});
  };

  const call = (signal: AbortSignal | undefined, name: string, args: unknown[]) =>
    admitted<unknown>(signal, Tell.Call, [name, ...args]);

  /** A chunk, for something that ends with its generation, with its caller's signal and by itself. */
  const prepared = async <T>(options: CallOptions, load: () => Promise<T>) => {
    const stop = new AbortController();
    const signal = combined(stop, options.signal);
    const chunk = await unlessAborted(signal, load());
    // Whoever is signed in by the time the chunk is there is not whom this was meant for.
    signal.throwIfAborted();
    return { chunk, signal, stop };
  };

  /** The chunk that follows LangGraph's runs, and what it does that with. */
  const follow = async (options: CallOptions = {}) => {
    const { chunk, signal, stop } = await prepared(options, () => loaded(face, "runs", () => import("./langgraph.js")));
    const wire = chunk.makeWire({
      call: (name, args) => call(signal, name, args),
      error,
      assistantId: settings.assistantId,
      idleMs: settings.streamIdleMs ?? 30_000,
      signal,
      stop,
    });
    return { chunk, wire };
  };

  return {
    start() {
      unwatch = watchPage(tell);
      unheed = watchProvider(given, heed);
      tabs = openTabs(project, heard);
      tell(Tell.Start);
    },
    watch: (watched) => tell(Tell.Watch, 0, watched),
    setCredential(next) {
      given = next;
      unheed();
      unheed = watchProvider(given, heed);
      nobody = makeAnonymous();
      claimed = undefined;
      tell(Tell.SetCredential, 0, next);
    },
    invalidate: () => tell(Tell.Invalidate),
    signOut: () => tell(Tell.SignOut),
    dispose() {
      tell(Tell.Dispose);
      disposed = true;
      unwatch();
      unheed();
      tabs?.close();
      // What is still on the core's stack may return to it first.
      queueMicrotask(() => core.free());
    },
    peekToken: () => core.peekToken(),
    inspect: () => core.inspect(),
    getToken: (options) => task(options?.signal, options?.forceRefresh ? Tell.FreshToken : Tell.Token),
    ready: (options) => task(options?.signal, Tell.Ready),
    headers: () => task(null, Tell.Headers),
    async call(name, args, options) {
      // A query may have its signal in it, which is not to be sent.
      const sent = options?.signal ? args.map((arg) => (arg === options ? unsigned(options) : arg)) : args;
      return answerOf(name, await call(options?.signal, nameOf(name, args), sent));
    },
    list: (name, args, query) =>
      walk<object, object>(
        (page) => call(query?.signal, name, [...args, page]),
        query?.signal ? unsigned(query) : (query ?? {}),
      ),
    async title(threadId, messages, options = {}) {
      const { chunk, signal, stop } = await prepared(options, loadCloud);
      const opening = call(signal, "runs.title", [
        { thread_id: threadId, assistant_id: "system/thread_title", messages },
      ]) as Promise<Begun>;
      return chunk.readTitle(await opening, settings.streamIdleMs, signal, stop, face);
    },
    async run(threadId, input, options = {}) {
      if (settings.backend === "langgraph") {
        const { chunk, wire } = await follow(options);
        return chunk.streamRun(wire, threadId, input);
      }
      const start = (threadId: string | null, body: unknown): RunEngine => {
        const stop = new AbortController();
        const opening = task<Begun>(options.signal, Tell.Run, [threadId, body]);
        return openRun(opening, settings.streamIdleMs, stop, () => combined(stop, options.signal));
      };
      if (!options.tools) return start(threadId, input);
      const { chunk, signal, stop } = await prepared(options, () => loaded(face, "tools", () => import("./tools.js")));
      return chunk.runWithTools({ start, threadId, input, options, error: face.error, signal, stop });
    },
    async join(threadId, runId, options = {}) {
      const { chunk, wire } = await follow(options);
      return chunk.joinRun(wire, threadId, runId, options);
    },
    fetch(input, init = {}) {
      let url: URL;
      try {
        url = new URL(isRequest(input) ? input.url : input, globalThis.location?.href);
      } catch (cause) {
        const message = "fetch: the URL is not absolute, and there is no page that it could be relative to";
        return Promise.reject(face.error("api/invalid-argument", message, { cause }));
      }
      const { origin, username, password } = url;
      const signal = init.signal ?? (isRequest(input) ? input.signal : null);
      const replayable = isReplayable(input, init.body);
      const foreign = { input, init: { ...init, signal } };
      return admitted(signal, Tell.Fetch, { origin, username, password, replayable }, foreign);
    },
  };
};

/** A chunk that is loaded with its first use. */
async function loaded<T>(face: Face, what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const message = `the package's part for ${what} could not be loaded; run again`;
    throw face.error("client/core-load-failed", message, { cause, retryable: true });
  }
}

const unsigned = (query: object): object => ({ ...query, signal: undefined });

/** A `Request`, of a frame's own global too. */
function isRequest(input: RequestInfo | URL): input is Request {
  return typeof input === "object" && "url" in input;
}

/** Strings, bytes and forms can be sent twice; streams, and whatever is inside a `Request`, cannot. */
function isReplayable(input: RequestInfo | URL, body: BodyInit | null | undefined): boolean {
  // Firefox does not tell whether a request has a body.
  if (!body) return !isRequest(input) || input.body === null || input.method === "GET";
  return !(body instanceof ReadableStream);
}
