import type { Run, RunEvent, RunResult } from "../index.js";
import type { RunEngine } from "./engine-types.js";
import { ThreadpassError } from "./errors.js";

/** A run: one consumer takes its events; the methods read along or wait. */
export function makeRun(
  opening: Promise<RunEngine>,
  cancel: (threadId: string, runId: string) => Promise<{ cancelled: boolean }>,
): Run {
  const buffer: RunEvent[] = [];
  let engine: RunEngine | undefined;
  let taken = false;
  let over = false;
  /** What `result()` rejects with, and whether the iteration throws it too: a lost transport, not a failed run. */
  let failure: { error: unknown; thrown: boolean } | undefined;
  let pulling: Promise<void> | undefined;
  let ended = () => {};
  const end = new Promise<void>((resolve) => (ended = resolve));

  const finish = (error: unknown, thrown: boolean) => {
    if (over) return;
    over = true;
    if (error !== undefined) failure = { error, thrown };
    ended();
  };
  const opened = opening.then(
    (opened) => {
      engine = opened;
      if (over) engine.close();
    },
    (error: unknown) => finish(error, true),
  );

  const read = async () => {
    await opened;
    if (!engine || over) return;
    try {
      const { events, done } = await engine.pull();
      buffer.push(...events);
      if (done) finish(engine.facts().error, false);
    } catch (error) {
      finish(error, true);
    }
  };
  /** Reads the next events; whoever asks meanwhile waits for the same ones. */
  const pull = () => (pulling ??= read().finally(() => (pulling = undefined)));

  const fact = async (name: "threadId" | "runId"): Promise<string> => {
    for (;;) {
      const known = engine?.facts()[name];
      if (known) return known;
      if (over)
        throw failure ? failure.error : new ThreadpassError("stream/malformed", `the stream did not name its ${name}`);
      await pull();
    }
  };

  const iterator: AsyncIterator<RunEvent> = {
    async next() {
      while (!buffer.length && !over) await pull();
      const value = buffer.shift();
      if (value) return { done: false, value };
      if (failure?.thrown) {
        failure.thrown = false;
        throw failure.error;
      }
      return { done: true, value: undefined };
    },
    async return() {
      buffer.length = 0;
      finish(new ThreadpassError("stream/interrupted", "the caller has stopped reading this run"), false);
      engine?.close();
      return { done: true, value: undefined };
    },
  };

  return {
    [Symbol.asyncIterator]() {
      if (taken) throw new ThreadpassError("api/invalid-argument", "a run has one consumer, and it has begun already");
      taken = true;
      return iterator;
    },
    threadId: () => fact("threadId"),
    runId: () => fact("runId"),
    async result() {
      await opened;
      // Nobody wants the events unless somebody has begun to take them by now.
      while (!taken && !over) {
        await pull();
        if (!taken) buffer.length = 0;
      }
      await end;
      if (failure) throw failure.error;
      const { threadId, runId, outcome } = engine!.facts();
      return { threadId, runId, outcome } as RunResult;
    },
    async cancel() {
      // Between two rounds of tools there is no run to stop; the next one can be, which says so of the calls.
      if (!over && engine?.interrupt?.()) await pull();
      return over ? { cancelled: false } : cancel(await fact("threadId"), await fact("runId"));
    },
  };
}
