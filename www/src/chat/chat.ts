/** One chat: what the backend has of it, and what is being said now. */
import type { Run, TamboMessage, ThreadpassError } from "threadpass";
import type { DemoClient } from "../demo/demo";
import { Store } from "../demo/store";
import { asThreadpassError } from "../demo/words";
import { absorb, type Remains, type Shown, shown } from "./record";
import type { Recovery } from "./recovery";
import type { ChatThread } from "./threads";
import { answerAfter, isUnderWay, newTurn, phaseAfter, type Turn } from "./turn";

/** What a chat lives in. */
export interface ChatHost {
  readonly client: DemoClient;
  readonly recovery: Recovery;
  /** Told of the thread when it comes into being and when it is read again. */
  onThread(thread: ChatThread): void;
}

interface ChatState {
  /** Null until the first message has made it a thread. */
  readonly threadId: string | null;
  readonly messages: readonly Shown[];
  readonly turns: readonly Turn[];
  readonly loading: boolean;
  /** Why the chat cannot be shown, where waiting does not help. */
  readonly error: ThreadpassError | null;
  /** An answer is being written that was asked for in another tab. */
  readonly elsewhere: boolean;
}

/** How often the page changes while an answer comes in. */
const frameMs = 40;
/** How often a chat is looked at that another tab has an answer coming in for. */
const pollMs = 2_000;
const titleLength = 60;

let next = 1;

export class Chat extends Store<ChatState> {
  /** Stays the same when the chat becomes a thread. */
  readonly key = next++;
  /** What the composer holds. */
  draft = "";
  readonly #host: ChatHost;
  readonly #known = new Set<string>();
  #remains: Remains = new Map();
  #run: Run | null = null;
  #reading = new AbortController();
  #poll: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(host: ChatHost, threadId: string | null) {
    super({ threadId, messages: [], turns: [], loading: threadId !== null, error: null, elsewhere: false });
    this.#host = host;
  }

  get isBusy(): boolean {
    return this.state.turns.some(isUnderWay);
  }

  /** Whether nobody has written in it yet. */
  get isUntouched(): boolean {
    return !this.state.threadId && this.state.turns.length === 0 && !this.draft;
  }

  /** Reads what the backend has, and puts it in the place of what this page had shown meanwhile. */
  async load(): Promise<void> {
    const { threadId } = this.state;
    if (!threadId || this.isBusy || this.#closed) return;
    const error = await this.#host.recovery.attempt(`chat ${this.key}`, async () => {
      const thread = await this.#host.client.threads.get(threadId);
      if (!this.isBusy && !this.#closed) this.#show(thread);
    });
    if (error) this.set({ loading: false, error });
  }

  #show(thread: ChatThread): void {
    const messages: readonly TamboMessage[] = thread.raw.messages ?? [];
    const elsewhere = thread.raw.runStatus !== "idle";
    const { turns, remains } = absorb(this.state.turns, messages, this.#known, this.#remains);
    this.#remains = remains;
    for (const { id } of messages) this.#known.add(id);
    this.set({ messages: shown(messages, remains, elsewhere), turns, loading: false, error: null, elsewhere });
    this.#host.onThread(thread);
    clearTimeout(this.#poll);
    if (elsewhere) this.#poll = setTimeout(() => void this.load(), pollMs);
  }

  /** Sends a message. The answer comes in as a turn of the state. */
  send(text: string): void {
    if (this.isBusy) return;
    const turn = newTurn(text.trim());
    this.set({ turns: [...this.state.turns, turn] });
    void this.#carryOut(turn);
  }

  /** Sends once more what did not arrive. */
  sendAgain({ id, text }: Turn): void {
    if (this.isBusy) return;
    this.discard(id);
    this.send(text);
  }

  discard(turnId: number): void {
    this.set({ turns: this.state.turns.filter(({ id }) => id !== turnId) });
  }

  async stop(): Promise<void> {
    const turn = this.state.turns.find(isUnderWay);
    if (!turn || !this.#run) return;
    this.#change(turn.id, { phase: "stopping" });
    try {
      await this.#run.cancel();
    } catch {
      // The backend could not be told; it also stops when nobody reads the answer any more.
      this.#reading.abort();
    }
  }

  close(): void {
    this.#closed = true;
    this.#reading.abort();
    clearTimeout(this.#poll);
  }

  async #carryOut({ id, text }: Turn): Promise<void> {
    this.#reading = new AbortController();
    const run = this.#host.client.runs.stream(this.state.threadId, text, { signal: this.#reading.signal });
    this.#run = run;
    try {
      await this.#read(id, run);
      await run.result();
      this.#change(id, { phase: "done" });
    } catch (thrown) {
      if (this.#closed) return;
      const turn = this.state.turns.find((turn) => turn.id === id)!;
      const error = this.#reading.signal.aborted ? null : asThreadpassError(thrown);
      this.#change(id, { phase: error ? phaseAfter(turn, error) : "stopped", error });
    }
    await this.load();
  }

  /** Takes the events as they come, and shows them a little less often. */
  async #read(id: number, run: Run): Promise<void> {
    let turn = this.state.turns.find((turn) => turn.id === id)!;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      timer = undefined;
      this.#change(id, { answerId: turn.answerId, answer: turn.answer });
    };
    try {
      for await (const event of run) {
        if (event.type === "RUN_STARTED") this.#started(id, event.threadId);
        turn = { ...turn, ...answerAfter(turn, event) };
        timer ??= setTimeout(show, frameMs);
      }
    } finally {
      clearTimeout(timer);
      show();
    }
  }

  #started(id: number, threadId: string): void {
    const turn = this.state.turns.find((turn) => turn.id === id)!;
    if (turn.phase === "sending") this.#change(id, { phase: "streaming" });
    if (this.state.threadId) return;
    this.set({ threadId });
    void this.#name(threadId, turn.text);
  }

  /** A new thread is called like its first message. */
  async #name(threadId: string, text: string): Promise<void> {
    const [line = text] = text.split("\n");
    const name = line.length > titleLength ? `${line.slice(0, titleLength - 1).trimEnd()}…` : line;
    try {
      this.#host.onThread(await this.#host.client.threads.update(threadId, { name }));
    } catch {
      // It stays untitled; the list shows it all the same when it is read again.
    }
  }

  #change(id: number, change: Partial<Turn>): void {
    this.set({ turns: this.state.turns.map((turn) => (turn.id === id ? { ...turn, ...change } : turn)) });
  }
}
