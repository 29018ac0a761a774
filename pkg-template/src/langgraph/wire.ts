/** What a run is driven with: calls and event streams as the user who has asked for it. */
import type { ErrorCode } from "../../index.js";
import type { Begun } from "../engine-types.js";
import type { Extras } from "../errors.js";
import { Lost } from "../tell.js";
import { unlessAborted } from "../transfer.js";

/** What the engine gives. All of it belongs to the generation in which the run was asked for. */
interface Given {
  /** A call of the core's table; one that opens a stream is answered with a `Begun`. */
  call(name: string, args: unknown[]): Promise<unknown>;
  error(code: ErrorCode, message: string, extras?: Extras): unknown;
  /** Aborted by the caller, by `stop`, and at the end of the generation; its reason is what to reject with. */
  readonly signal: AbortSignal;
  /** Nobody reads any more: aborting it ends open streams, calls in flight and `signal`. */
  readonly stop: AbortController;
  /** The client's own, for runs that name none. */
  readonly assistantId: string | undefined;
  /** How long a stream may be silent, in milliseconds. */
  readonly idleMs: number;
}

export interface Wire extends Omit<Given, "call"> {
  /** A call, as the client's own ones are answered. */
  call<T>(name: string, args: unknown[]): Promise<T>;
  /**
   * Opens an event stream, with a token that is good now; a 401 is followed by one more try with a new one. Nothing else is
   * repeated here. Rejects `network/…` if the request may have left, and so a run may have begun; `api/…` for an answer.
   *
   * - `runs.stream`: `[threadId | null, body]`, where a text as body is a user's message
   * - `runs.joinStream`: `[threadId | null, runId, { stream_mode, cancel_on_disconnect }]`
   *
   * Its URL is made of the client's base URL and ids, so that the bearer goes nowhere else.
   */
  open(name: "runs.stream" | "runs.joinStream", args: unknown[], lastEventId?: string): Promise<EventStream>;
}

export interface ServerEvent {
  /** The `event` field, "message" where there is none; of a subgraph as it was sent: `values|node:uuid`. */
  readonly event: string;
  /** The last event id so far; null before the first, "" after an empty one. */
  readonly id: string | null;
  /** The parsed JSON; null without data. */
  readonly data: unknown;
}

export interface EventStream {
  /** Headers of the answer; null where there are none or CORS hides them. */
  readonly contentLocation: string | null;
  readonly location: string | null;
  /**
   * The next piece of the body. It may complete no event, such as a heartbeat: that too says that the connection is alive.
   * `done` is a clean end. Rejects `stream/idle` after `idleMs` without a byte, `stream/interrupted` for a lost connection,
   * `stream/malformed` for what is no event (after those before it), or the signal's reason.
   */
  pull(idleMs?: number): Promise<{ events: readonly ServerEvent[]; done: boolean }>;
  /** Takes the token and keys out of words of the backend, for error messages. */
  scrub(text: string): string;
  /** Stops reading this stream. */
  close(): void;
}

export function makeWire(given: Given): Wire {
  return {
    ...given,
    call: <T>(name: string, args: unknown[]) => given.call(name, args) as Promise<T>,
    async open(name, args, lastEventId) {
      const joining = name === "runs.joinStream";
      const { response, decoder } = (await given.call(
        name,
        joining ? [args[0], args[1], args[2], lastEventId] : args,
      )) as Begun<ServerEvent>;
      const reader = response.body!.getReader();
      const header = (name: string) => response.headers?.get(name) ?? null;
      const close = () => {
        given.signal.removeEventListener("abort", close);
        reader.cancel().catch(() => {});
      };
      // Also while nobody reads.
      given.signal.addEventListener("abort", close);
      let failure: { error: unknown } | undefined;
      const fail = (error: unknown): never => {
        failure = { error };
        close();
        throw error;
      };
      return {
        contentLocation: header("content-location"),
        location: header("location"),
        async pull(idleMs = given.idleMs) {
          if (failure) throw failure.error;
          let timer: unknown;
          const idle = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, idleMs)));
          try {
            const read = await Promise.race([unlessAborted(given.signal, reader.read()), idle]).catch(
              (thrown: unknown) =>
                fail(given.signal.aborted ? given.signal.reason : decoder.broken(Lost.Interrupted, thrown)),
            );
            if (!read) return fail(decoder.broken(Lost.Idle, undefined));
            if (read.done) return { events: [], done: true };
            const { events, broken } = decoder.push(read.value);
            if (!broken) return { events, done: false };
            if (!events.length) return fail(broken);
            failure = { error: broken };
            close();
            return { events, done: false };
          } finally {
            clearTimeout(timer as number);
          }
        },
        scrub: (text) => decoder.scrub(text),
        close,
      };
    },
  };
}
