/** Carrying out a run: from the model's pieces to events and to the stored message. */
import { internal, script, type Failure } from "../src/model/script";
import { sleep } from "../src/model/sleep";
import type { Row } from "./row";
import type { Store } from "./store";
import { answering, cancelled, completed, failed } from "./transitions";

/** A run to be carried out. */
export interface Started {
  readonly userKey: string;
  readonly threadId: string;
  readonly runId: string;
  /** Null when the message cannot be put to a model. */
  readonly prompt: string | null;
}

/** What the model says that there is behind it. */
const behind = "no AI and no server behind me, only a service worker in your browser";

/** Why a run ends before its time. */
type Stop = "cancelled" | "abandoned";

export class Runs {
  readonly #store: Store;
  readonly #active = new Map<string, AbortController>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Tells a run that it was cancelled. The store knows already. */
  cancel(runId: string): void {
    this.#active.get(runId)?.abort("cancelled" satisfies Stop);
  }

  /** The stream of a run, and when it is over. */
  open(started: Started): { body: ReadableStream<Uint8Array>; over: Promise<void> } {
    const stop = new AbortController();
    this.#active.set(started.runId, stop);
    let over = Promise.resolve();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        over = this.#drive(started, controller, stop.signal).finally(() => this.#active.delete(started.runId));
      },
      // Nobody reads any more, which ends a run on the service too.
      cancel: () => stop.abort("abandoned" satisfies Stop),
    });
    return { body, over };
  }

  async #drive(run: Started, stream: ReadableStreamDefaultController<Uint8Array>, stop: AbortSignal): Promise<void> {
    const encoder = new TextEncoder();
    const send = (type: string, members: object) => {
      if (stop.reason === ("abandoned" satisfies Stop)) return;
      const event = { type, ...members, timestamp: Date.now() };
      stream.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
    };
    try {
      const end = await this.#answer(run, send, stop);
      if (stop.reason === ("abandoned" satisfies Stop)) return;
      if (end === "cut") stream.error(new Error("cut on request"));
      else stream.close();
    } catch (error) {
      stream.error(error);
    }
  }

  async #answer(
    run: Started,
    send: (type: string, members: object) => void,
    stop: AbortSignal,
  ): Promise<"said" | "cut"> {
    const ids = { threadId: run.threadId, runId: run.runId };
    send("RUN_STARTED", ids);
    const row = await this.#change(run, answering);
    if (!row) return said(send, null);
    const messageId = row.answerId!;
    const beats = run.prompt === null ? [{ afterMs: 0, failure: unanswerable }] : script(run.prompt, behind);
    let text = "";
    for (const beat of beats) {
      await sleep(beat.afterMs, stop);
      if (stop.aborted) {
        await this.#change(run, cancelled);
        return said(send, null);
      }
      if ("failure" in beat) {
        const { code, stored: message } = beat.failure;
        const stored = await this.#change(run, (row, now) => failed(row, { code, message }, now));
        return said(send, stored && beat.failure);
      }
      if ("cut" in beat) {
        await this.#change(run, cancelled);
        return "cut";
      }
      if (!text) send("TEXT_MESSAGE_START", { messageId, role: "assistant" });
      send("TEXT_MESSAGE_CONTENT", { messageId, delta: beat.text });
      text += beat.text;
    }
    send("TEXT_MESSAGE_END", { messageId });
    // Stored first: a client that reacts to the last event finds it true.
    if (!(await this.#change(run, (row, now) => completed(row, text, now)))) return said(send, null);
    send("RUN_FINISHED", ids);
    return "said";
  }

  /** Changes the thread as long as this run has it. Null when it is over, or its thread is gone. */
  async #change({ userKey, threadId, runId }: Started, change: (row: Row, now: number) => Row): Promise<Row | null> {
    try {
      return await this.#store.update(userKey, threadId, (row) => {
        if (row.currentRunId !== runId) throw new Over();
        return change(row, this.#store.now());
      });
    } catch {
      return null;
    }
  }
}

class Over extends Error {}

const unanswerable = internal("the message's content cannot be put to a model");

/** Says how a run ended that has no answer: with a failure, or because it was cancelled. */
function said(send: (type: string, members: object) => void, failure: Failure | null): "said" {
  if (!failure) {
    send("RUN_ERROR", { message: "Run cancelled", code: "CANCELLED" });
    return "said";
  }
  const { message, code, category, status } = failure;
  // Twice, as on the service: once by the run, once by its transport.
  for (let times = 0; times < 2; times++) send("RUN_ERROR", { message, code, category, isRetryable: false, status });
  return "said";
}
