/** A run whose events come from a test. */
import type { Run, RunEvent, RunInput } from "../../index.js";
import type { FakeRun } from "../../testing/index.js";
import type { RunEngine, RunFacts } from "../engine-types.js";
import { ThreadpassError, makeRun } from "../face.js";

/** How a run leaves its thread. */
interface Ending {
  readonly text: string;
  readonly isCancelled: boolean;
}

export interface Running {
  readonly control: FakeRun;
  readonly engine: RunEngine;
  /** Ends it from outside: the iteration throws this. */
  end(error: unknown): void;
  /** Ends it as the backend does when it is asked to. False if it was over. */
  cancel(): boolean;
}

export function startRun(
  ids: { threadId: string; runId: string; messageId: string },
  input: RunInput<"tambo">,
  ended: (ending: Ending) => void,
): Running {
  const { threadId, runId, messageId } = ids;
  let facts: RunFacts = { threadId, runId };
  let waiting: RunEvent[] = [];
  let text = "";
  let isWriting = false;
  let isOver = false;
  let lost: { error: unknown } | undefined;
  let wake = () => {};

  const push = (event: { readonly type: string }) => {
    if (isOver) return;
    // Whatever a test sends, also what no backend would.
    waiting.push({ ...event, raw: event } as RunEvent);
    wake();
  };
  const close = (more: RunFacts, isCancelled = false) => {
    isOver = true;
    facts = { ...facts, ...more };
    ended({ text, isCancelled });
    wake();
  };
  const fail = (message: string, code: "run/failed" | "run/cancelled") => {
    if (isOver) return;
    push({ type: "RUN_ERROR", ...{ message, code: code === "run/cancelled" ? "CANCELLED" : "INTERNAL_ERROR" } });
    close({ error: new ThreadpassError(code, `the run failed: ${message}`) }, code === "run/cancelled");
  };
  const end = (error: unknown) => {
    if (isOver) return;
    lost = { error };
    close({}, true);
  };
  const stopWriting = () => {
    if (isWriting) push({ type: "TEXT_MESSAGE_END", ...{ messageId } });
    isWriting = false;
  };

  const control: FakeRun = {
    ...{ threadId, runId, input, push },
    get isOver() {
      return isOver;
    },
    text(delta) {
      if (!isWriting) push({ type: "TEXT_MESSAGE_START", ...{ messageId, role: "assistant" } });
      isWriting = true;
      text += delta;
      push({ type: "TEXT_MESSAGE_CONTENT", ...{ messageId, delta } });
    },
    finish(outcome = "finished") {
      if (isOver) return;
      stopWriting();
      push({ type: "RUN_FINISHED", ...{ threadId, runId } });
      close({ outcome });
    },
    fail: (message = "the test has let it fail") => fail(message, "run/failed"),
    cut: () =>
      end(new ThreadpassError("stream/interrupted", "the stream ended before the run did", { retryable: true })),
  };
  const engine: RunEngine = {
    async pull() {
      while (!waiting.length && !isOver) await new Promise<void>((resolve) => (wake = resolve));
      if (!waiting.length && lost) throw lost.error;
      const events = waiting;
      waiting = [];
      return { events, done: isOver && !lost };
    },
    facts: () => facts,
    close: () => {
      if (!isOver) close({}, true);
    },
  };
  push({ type: "RUN_STARTED", ...{ threadId, runId } });
  const cancel = () => {
    const wasOn = !isOver;
    fail("Run cancelled", "run/cancelled");
    return wasOn;
  };
  return { control, engine, end, cancel };
}

/** The run as the app sees it. */
export const runOf = (opening: Promise<Running>, cancel: Parameters<typeof makeRun>[1]): Run =>
  makeRun(
    opening.then(({ engine }) => engine),
    cancel,
  );
