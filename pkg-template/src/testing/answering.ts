/** A run of the fake backend: what the reply gives, as events on the wire. */
import type { FakePrompt, FakeReply } from "../../testing/index.js";
import { type Memory, type Stored, textOf } from "./memory.js";
import { piecesOf } from "./pieces.js";

export type Reply = (prompt: FakePrompt) => FakeReply | PromiseLike<FakeReply>;

/** A run that is on. */
export interface Answering {
  readonly runId: string;
  readonly body: ReadableStream<Uint8Array>;
  /** Ends it as a `DELETE` of the run does. */
  cancel(): void;
}

export function answer(memory: Memory, userId: string, stored: Stored, reply: Reply, ended: () => void): Answering {
  const { thread, messages } = stored;
  const [threadId, runId, messageId] = [thread.id, memory.id("run"), memory.id("msg")];
  const prompt = { userId, threadId, messages: messages.slice(0, -1), text: textOf(messages.at(-1)?.content ?? []) };
  Object.assign(thread, { runStatus: "streaming", currentRunId: runId });
  let text = "";
  let isCancelled = false;
  let isOver = false;
  let cancel = () => {};
  /** A reply that never ends can be cancelled, too. */
  const cancelled = new Promise<undefined>((resolve) => {
    cancel = () => {
      isCancelled = true;
      resolve(undefined);
    };
  });

  const over = (more: object) => {
    if (isOver) return;
    isOver = true;
    Object.assign(thread, { runStatus: "idle", currentRunId: undefined, lastCompletedRunId: runId, ...more });
    const cut = "lastRunCancelled" in more;
    // Of an answer that was cut the service keeps a blank.
    const content = [{ type: "text", text: cut ? " " : text } as const];
    if (text || cut) memory.say(stored, "assistant", content, { id: messageId, ...(cut && { isCancelled: true }) });
    ended();
  };

  async function* events(): AsyncGenerator<object> {
    yield { type: "RUN_STARTED", threadId, runId };
    let isWriting = false;
    const pieces = piecesOf(reply, prompt);
    for (;;) {
      const next = await Promise.race([pieces.next(), cancelled]);
      if (!next || next.done) break;
      const piece = next.value;
      if (typeof piece === "object") {
        yield piece;
        continue;
      }
      if (!isWriting) yield { type: "TEXT_MESSAGE_START", messageId, role: "assistant" };
      isWriting = true;
      text += piece;
      yield { type: "TEXT_MESSAGE_CONTENT", messageId, delta: piece };
    }
    if (isCancelled) {
      over({ lastRunCancelled: true });
      yield { type: "RUN_ERROR", message: "Run cancelled", code: "CANCELLED" };
      return;
    }
    if (isWriting) yield { type: "TEXT_MESSAGE_END", messageId };
    over({});
    yield { type: "RUN_FINISHED", threadId, runId };
  }

  async function* wire(): AsyncGenerator<object> {
    try {
      yield* events();
    } catch (error) {
      const message = error instanceof Error ? error.message : "An internal error occurred";
      over({ lastRunError: { code: "INTERNAL_ERROR", message } });
      const failure = { type: "RUN_ERROR", message, code: "INTERNAL_ERROR", category: "server_error", status: 500 };
      // The service says it twice.
      yield failure;
      yield failure;
    }
  }

  const encoder = new TextEncoder();
  const written = wire();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await written.next();
        if (done) return controller.close();
        controller.enqueue(encoder.encode(`data: ${JSON.stringify({ ...value, timestamp: Date.now() })}\n\n`));
      },
      // Whoever stops reading cancels the run.
      cancel: () => over({ lastRunCancelled: true }),
    },
    { highWaterMark: 0 },
  );
  return { runId, body, cancel };
}
