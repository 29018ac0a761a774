/** The awaiting half of the shell: what the core decides is done here, and what came of it goes back by number. */
import type { TokenFn } from "../index.js";
import type { Engine, Face, MakeEngine, RunEngine } from "./engine-types.js";
import { Core } from "./glue.js";
import type { Given, Settings } from "./options.js";
import { openRun } from "./run-engine.js";
import { readReply, until } from "./transfer.js";

interface Pending {
  resolve(value: never): void;
  reject(reason: unknown): void;
  /** Another SDK's request. */
  foreign?: { input: RequestInfo | URL; init: RequestInit };
}

/** The reason of an abort that is a deadline. */
const timedOut = Symbol("timed out");

export const makeEngine: MakeEngine = (settings: Settings, given: Given, face: Face): Engine => {
  let callback = given.value as TokenFn;
  /** Callers' promises, by number. */
  const pending = new Map<number, Pending>();
  /** What is in flight: the callback and the exchange have numbers below zero, calls those of their callers. */
  const flights = new Map<number, AbortController>();
  /** Aborted with its generation. */
  let era = new AbortController();
  let next = 1;
  let disposed = false;

  const begin = (id: number): AbortController => {
    const flight = new AbortController();
    flights.set(id, flight);
    return flight;
  };
  /** Ends with the flight, with its generation and with what its caller wants. */
  const combined = (flight: AbortController, caller?: AbortSignal | null): AbortSignal => {
    const signals = [flight.signal, era.signal];
    if (caller) signals.push(caller);
    return "any" in AbortSignal ? AbortSignal.any(signals) : flight.signal;
  };

  const shell = {
    ...face,
    async ask(id: number, reason: "initial", forceRefresh: boolean) {
      const { signal } = begin(id);
      try {
        const value = await Promise.race([(async () => callback({ reason, forceRefresh, signal }))(), until(signal)]);
        if (!signal.aborted) core.answered(id, value);
      } catch (thrown) {
        if (!signal.aborted) core.couldNotAsk(id, thrown);
      } finally {
        flights.delete(id);
      }
    },
    prepare(id: number, headers: Record<string, string>) {
      const { input, init } = pending.get(id)?.foreign ?? {};
      try {
        const request = new Request(input!, { ...init, credentials: "omit", redirect: "error", signal: null });
        request.headers.delete("authorization");
        for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
        return request;
      } catch {
        return undefined;
      }
    },
    async send(id: number, request: Request, body: number, deadlineMs: number) {
      const flight = begin(id);
      const signal = combined(flight, pending.get(id)?.foreign?.init.signal);
      const timer = deadlineMs ? setTimeout(() => flight.abort(timedOut), deadlineMs) : undefined;
      try {
        const reply = await readReply(settings.fetch ?? fetch, request, body, signal);
        flights.delete(id);
        if (!disposed) core.replied(id, ...reply);
      } catch (thrown) {
        flights.delete(id);
        if (flight.signal.reason === timedOut) core.failed(id, "timeout", undefined);
        else if (!signal.aborted && !disposed) core.failed(id, reasonOf(thrown), thrown);
      } finally {
        clearTimeout(timer);
      }
    },
    abort: (id: number) => flights.get(id)?.abort(),
    settle(id: number, fulfilled: boolean, value: never) {
      const caller = pending.get(id);
      pending.delete(id);
      if (fulfilled) caller?.resolve(value);
      else caller?.reject(value);
    },
    ended(error: unknown) {
      const before = era;
      era = new AbortController();
      before.abort(error);
    },
  };
  const core = new Core(settings, given, shell);

  /** A promise with a number, which the core settles, or the caller's signal. */
  const task = <T>(
    signal: AbortSignal | null | undefined,
    run: (id: number) => void,
    foreign?: Pending["foreign"],
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const id = next++;
      const leave = () => {
        pending.delete(id);
        core.abandon(id);
        flights.get(id)?.abort();
        reject(signal!.reason);
      };
      const done =
        <A>(settle: (value: A) => void) =>
        (value: A) => {
          signal?.removeEventListener("abort", leave);
          settle(value);
        };
      signal?.addEventListener("abort", leave);
      pending.set(id, { resolve: done(resolve), reject: done(reject), foreign });
      run(id);
    });

  return {
    start: () => core.start(),
    watch: (watched) => core.watch(watched),
    setCredential(given) {
      callback = given.value as TokenFn;
      core.setCredential(given);
    },
    invalidate: () => core.invalidate(),
    signOut: () => core.signOut(),
    dispose() {
      core.dispose();
      disposed = true;
      // What is still on the core's stack may return to it first.
      queueMicrotask(() => core.free());
    },
    peekToken: () => core.peekToken(),
    inspect: () => core.inspect(),
    getToken: (options) => task(options?.signal, (id) => core.want(id, options?.forceRefresh ? 1 : 0)),
    ready: (options) => task(options?.signal, (id) => core.want(id, 2)),
    headers: () => task(null, (id) => core.want(id, 3)),
    call: (name, args, options) => task(options?.signal, (id) => core.call(id, name, args)),
    run(args, options): RunEngine {
      const stop = new AbortController();
      const opening = task<Response>(options?.signal, (id) => core.run(id, args));
      return openRun(
        opening,
        () => core.decoder(),
        settings.streamIdleMs,
        stop,
        () => combined(stop, options?.signal),
      );
    },
    fetch(input, init = {}) {
      const url = new URL(input instanceof Request ? input.url : input, globalThis.location?.href);
      const signal = init.signal ?? (input instanceof Request ? input.signal : null);
      const replayable = isReplayable(input, init.body);
      const { origin, username, password } = url;
      return task(signal, (id) => core.fetch(id, origin, username, password, replayable), {
        input,
        init: { ...init, signal },
      });
    },
  };
};

/** Strings, bytes and forms can be sent twice; streams, and whatever is inside a `Request`, cannot. */
function isReplayable(input: RequestInfo | URL, body: BodyInit | null | undefined): boolean {
  if (!body) return !(input instanceof Request && input.body);
  return !(body instanceof ReadableStream);
}

function reasonOf(thrown: unknown): string {
  if (globalThis.navigator?.onLine === false) return "offline";
  const name = (thrown as Error | undefined)?.name;
  return name === "SyntaxError" ? "syntax" : name === "NoResponse" ? "shape" : "network";
}
