/** A run of the fake server: what the reply gives, as events that are kept, so that it goes on without a reader. */
import type { LangGraphInterrupt, LangGraphRun, LangGraphRunInput } from "../../index.js";
import type { FakePrompt, FakeReply } from "../../testing/index.js";
import { interruptsIn } from "../langgraph/interrupts.js";
import { type Loose, isObject } from "../langgraph/read.js";
import { piecesOf } from "./pieces.js";
import type { Mutable } from "./memory.js";
import { type Ending, type Memory, type Stored, node } from "./langgraph-memory.js";
import { lastText, merged } from "./langgraph-messages.js";

export type Reply = (prompt: FakePrompt<"langgraph">) => FakeReply<"langgraph"> | PromiseLike<FakeReply<"langgraph">>;

/** How its events are read. */
interface Reading {
  /** The number of the first event. */
  readonly from: number;
  /** Nobody reads any more. */
  readonly left: () => void;
}

export class Answering {
  readonly over: Promise<void>;
  /** How it has failed. */
  failure: { readonly error: string; readonly message: string } | undefined;
  readonly #events: { readonly event: string; readonly data: unknown }[] = [];
  readonly #modes: ReadonlySet<unknown>;
  #isOver = false;
  #waiting: (() => void)[] = [];
  #cancel = () => {};
  #isCancelled = false;

  constructor(
    private readonly memory: Memory,
    readonly stored: Stored,
    readonly run: Mutable<LangGraphRun>,
    private readonly input: LangGraphRunInput,
    reply: Reply,
    turn: Promise<unknown>,
  ) {
    this.#modes = new Set([input.stream_mode ?? "values"].flat());
    this.over = this.#go(reply, turn);
  }

  get count(): number {
    return this.#events.length;
  }

  get isResumable(): boolean {
    return this.input.stream_resumable === true;
  }

  /** False if it is over. */
  cancel(): boolean {
    if (this.#isOver) return false;
    this.#isCancelled = true;
    this.#cancel();
    return true;
  }

  /** The events as they are sent. */
  body({ from, left }: Reading): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let at = from;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      while (at >= this.#events.length && !this.#isOver)
        await new Promise<void>((resolve) => void this.#waiting.push(resolve));
      const sent = this.#events[at++];
      if (!sent) return controller.close();
      const id = this.isResumable ? `id: ${at}\r\n` : "";
      controller.enqueue(encoder.encode(`event: ${sent.event}\r\ndata: ${JSON.stringify(sent.data)}\r\n${id}\r\n`));
    };
    return new ReadableStream<Uint8Array>({ pull, cancel: left }, { highWaterMark: 0 });
  }

  async #go(reply: Reply, turn: Promise<unknown>): Promise<void> {
    /** A reply that never ends can be cancelled, too. */
    const cancelled = new Promise<undefined>((resolve) => (this.#cancel = () => resolve(undefined)));
    await Promise.race([turn, cancelled]);
    let ending: Ending = { status: "interrupted" };
    try {
      if (!this.#isCancelled) ending = await this.#answer(reply, cancelled);
    } catch (thrown) {
      const [error, message] = thrown instanceof Error ? [thrown.name, thrown.message] : ["Error", String(thrown)];
      this.failure = { error, message };
      this.#say("error", this.failure);
      ending = { status: "error", error: message };
    }
    this.memory.settle(this.stored, this.run, ending);
    this.#isOver = true;
    this.#wake();
  }

  async #answer(reply: Reply, cancelled: Promise<undefined>): Promise<Ending> {
    const { stored, run, input } = this;
    let values = this.memory.start(stored, run, input);
    let interrupts: readonly LangGraphInterrupt[] = [];
    this.#say("metadata", { run_id: run.run_id, attempt: 1 });
    this.#tell("values", values);
    const id = `run--${run.run_id}`;
    let text = "";
    const piece = (content: string, more = {}) => {
      const about = { run_id: run.run_id, thread_id: stored.thread.thread_id, langgraph_node: node };
      this.#tell("messages-tuple", [{ content, type: "AIMessageChunk", id, ...more }, about], "messages");
    };
    const { thread_id: threadId } = stored.thread;
    const pieces = piecesOf(reply, { text: lastText(values), userId: stored.userId, threadId, values, input });
    for (;;) {
      const next = await Promise.race([pieces.next(), cancelled]);
      if (!next) return { status: "interrupted" };
      if (next.done) break;
      const { value } = next;
      if (typeof value === "string") {
        text += value;
        piece(value);
        continue;
      }
      const { event, data } = value;
      this.#say(event, data);
      interrupts = (interruptsIn(data) as readonly LangGraphInterrupt[] | undefined) ?? interrupts;
      if (event === "values" && isObject(data)) values = withoutInterrupts(data);
    }
    if (text) {
      const message = { content: text, type: "ai", id };
      piece("", { chunk_position: "last" });
      values = merged(values, { messages: [message] });
      this.#tell("updates", { [node]: { messages: [message] } });
      this.#tell("values", values);
    }
    return { status: "success", values, interrupts };
  }

  /** Says what was asked for. */
  #tell(mode: string, data: unknown, event = mode): void {
    if (this.#modes.has(mode)) this.#say(event, data);
  }

  #say(event: string, data: unknown): void {
    this.#events.push({ event, data });
    this.#wake();
  }

  #wake(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

const withoutInterrupts = ({ __interrupt__: _, ...values }: Loose): Loose => values;
