/** A run of LangGraph whose events come from a test. It goes on when nobody reads it any more, and can be joined. */
import type { LangGraphRun, LangGraphRunInput, RunEvent, RunInput } from "../../index.js";
import type { FakeLangGraphRun } from "../../testing/index.js";
import type { RunEngine, RunFacts } from "../engine-types.js";
import { ThreadpassError } from "../face.js";
import { agUi } from "../langgraph/interrupts.js";
import { type Loose, listIn } from "../langgraph/read.js";
import type { Ending, Stored } from "./langgraph-memory.js";

/** Somebody who reads it. */
interface Reader {
  readonly engine: RunEngine;
  /** Stops reading: the iteration throws this. */
  lose(error: unknown): void;
}

export class HeldRun {
  readonly over: Promise<void>;
  readonly control: FakeLangGraphRun;
  readonly #messageId: string;
  readonly #ids: { readonly threadId: string; readonly runId: string };
  readonly #settle: (ending: Ending) => void;
  readonly #events: RunEvent[] = [];
  readonly #readers = new Set<Reader>();
  #facts: RunFacts;
  #text = "";
  #isWriting = false;
  #isOver = false;
  #waiting: (() => void)[] = [];
  #end = () => {};

  constructor(
    readonly stored: Stored,
    readonly run: LangGraphRun,
    input: RunInput<"langgraph">,
    settle: (ending: Ending) => void,
  ) {
    const ids = { threadId: run.thread_id, runId: run.run_id };
    this.#facts = this.#ids = ids;
    this.#messageId = `run--${ids.runId}`;
    this.#settle = settle;
    this.over = new Promise((resolve) => (this.#end = resolve));
    const isOver = () => this.#isOver;
    this.control = {
      ...{ ...ids, input },
      get isOver() {
        return isOver();
      },
      push: (event) => this.#push(event),
      text: (delta) => this.#write(delta),
      finish: (values = {}) => this.#finish({ type: "success" }, { outcome: "finished" }, this.#left(values)),
      interrupt: (value) => {
        const interrupts = [{ id: crypto.randomUUID(), value }];
        const outcome = { type: "interrupt", interrupts: agUi(interrupts) };
        this.#finish(outcome, { outcome: "awaiting-input" }, { ...this.#left({}), interrupts });
      },
      fail: (message = "the test has let it fail") => this.#fail(message),
      cut: () => {
        const words = "the connection was lost; the run may go on: join its stream to read the rest";
        for (const reader of [...this.#readers])
          reader.lose(new ThreadpassError("stream/interrupted", words, { retryable: true }));
      },
    };
    this.#push({ type: "RUN_STARTED", ...ids });
  }

  get error(): unknown {
    return this.#facts.error;
  }

  /** Ends it as the server does when it is asked to. False if it was over. */
  cancel(): boolean {
    if (this.#isOver) return false;
    const error = new ThreadpassError("run/cancelled", "the run was cancelled");
    this.#finish({ type: "cancelled" }, { error }, { status: "interrupted" });
    return true;
  }

  /** Reads all of it, from its beginning. */
  read(left: () => void): Reader {
    let at = 0;
    let lost: { error: unknown } | undefined;
    const engine: RunEngine = {
      pull: async () => {
        while (at === this.#events.length && !this.#isOver && !lost)
          await new Promise<void>((resolve) => void this.#waiting.push(resolve));
        if (lost) throw lost.error;
        const events = this.#events.slice(at);
        at += events.length;
        return { events, done: this.#isOver };
      },
      facts: () => this.#facts,
      close: () => {
        if (this.#readers.delete(reader)) left();
      },
    };
    const reader: Reader = {
      engine,
      lose: (error) => {
        lost ??= { error };
        this.#wake();
        engine.close();
      },
    };
    this.#readers.add(reader);
    return reader;
  }

  #push(event: { readonly type: string }): void {
    if (this.#isOver) return;
    // Whatever a test sends, also what no server would.
    this.#events.push({ ...event, raw: event } as RunEvent);
    this.#wake();
  }

  #write(delta: string): void {
    if (this.#isOver) return;
    const messageId = this.#messageId;
    if (!this.#isWriting) this.#push({ type: "TEXT_MESSAGE_START", ...{ messageId, role: "assistant" } });
    this.#isWriting = true;
    this.#text += delta;
    this.#push({ type: "TEXT_MESSAGE_CONTENT", ...{ messageId, delta } });
  }

  /** What a run that has come to its end leaves: its answer, and what else it says. */
  #left(update: Loose): Ending {
    if (!this.#text) return { status: "success", update };
    const answer = { type: "ai", content: this.#text, id: this.#messageId };
    return { status: "success", update: { ...update, messages: [...listIn(update.messages), answer] } };
  }

  #finish(outcome: Loose, facts: RunFacts, ending: Ending): void {
    if (this.#isOver) return;
    if (this.#isWriting) this.#push({ type: "TEXT_MESSAGE_END", ...{ messageId: this.#messageId } });
    this.#push({ type: "RUN_FINISHED", ...{ ...this.#ids, outcome } });
    this.#close(facts, ending);
  }

  #fail(message: string): void {
    if (this.#isOver) return;
    this.#push({ type: "RUN_ERROR", ...{ message, code: "Error" } });
    const error = new ThreadpassError("run/failed", `the run failed: ${message}`, { details: { code: "Error" } });
    this.#close({ error }, { status: "error", error: message });
  }

  #close(facts: RunFacts, ending: Ending): void {
    this.#isOver = true;
    this.#facts = { ...this.#facts, ...facts };
    this.#settle(ending);
    this.#end();
    this.#wake();
  }

  #wake(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** The body of a run; a text is a user's message. */
export const bodyOf = (input: RunInput<"langgraph">): LangGraphRunInput =>
  typeof input === "string" ? { input: { messages: [{ role: "user", content: input }] } } : input;
