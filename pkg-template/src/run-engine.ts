/** Reading a run: pieces of the body go to the core's decoder, events come back. */
import { tidyComponent } from "./components.js";
import type { Begun, RunEngine, RunFacts } from "./engine-types.js";
import type { Run as Decoder } from "./glue.js";
import { Lost } from "./tell.js";
import { unlessAborted } from "./transfer.js";

/**
 * How long a stream that has said its last event is read to its end, in milliseconds: the backend takes a connection that
 * is closed at once for a cancelled run.
 */
const tailMs = 5_000;

const idle = Symbol("idle");

export function openRun(
  opening: Promise<Begun>,
  idleMs = 300_000,
  stop: AbortController,
  signalOf: () => AbortSignal,
): RunEngine {
  let facts: RunFacts = {};
  let failure: { error: unknown } | undefined;
  // Whoever pulls is told; nobody has to handle this one.
  opening.catch(() => {});
  const body = opening.then(({ response, decoder }) => {
    const signal = signalOf();
    return { reader: response.body!.getReader(), decoder, signal };
  });
  body.catch(() => {});

  /** One read, which may not take longer than the idle limit. */
  const read = async (reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal) => {
    const timer = setTimeout(() => stop.abort(idle), idleMs);
    try {
      return await unlessAborted(signal, reader.read());
    } finally {
      clearTimeout(timer);
    }
  };

  const readTail = async (reader: ReadableStreamDefaultReader<Uint8Array>) => {
    const timer = setTimeout(() => reader.cancel().catch(() => {}), tailMs);
    try {
      while (!(await reader.read()).done);
    } catch {
      // It was said already how the run has ended.
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async pull() {
      const { reader, decoder, signal } = await body;
      for (;;) {
        if (failure) throw failure.error;
        try {
          const { done, value } = await read(reader, signal);
          if (done) throw decoder.broken(Lost.Interrupted, undefined);
          const { events, broken, ...known } = decoder.push(value);
          facts = known;
          const over = Boolean(known.outcome || known.error);
          if (broken) failure = { error: broken };
          if (over) void readTail(reader);
          events.forEach(tidyComponent);
          if (events.length) return { events, done: over };
        } catch (thrown) {
          failure = { error: explain(thrown, decoder, signal) };
        }
        if (failure) reader.cancel().catch(() => {});
      }
    },
    facts: () => facts,
    close() {
      stop.abort();
      body.then(({ reader }) => reader.cancel()).catch(() => {});
    },
  };
}

/** What the caller is told of a body that cannot be read on. */
function explain(thrown: unknown, decoder: Decoder, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason === idle ? decoder.broken(Lost.Idle, undefined) : signal.reason;
  const ours =
    typeof thrown === "object" && thrown !== null && (thrown as { code?: string }).code?.startsWith("stream/");
  return ours ? thrown : decoder.broken(Lost.Interrupted, thrown);
}
