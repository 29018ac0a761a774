/** One chat: what the backend has of it, and what is being said now. */
import type { ThreadpassError } from "threadpass";
import type { ChatBackend } from "../backends/backend";
import { Store } from "../demo/store";
import { asFailure } from "../demo/words";
import type { Conversation, Opinion, Reply, Transcript } from "./conversation";
import { absorb, type Remains, type Shown, shown } from "./record";
import type { Recovery } from "./recovery";
import type { ChatThread } from "./threads";
import { answerAfter, isUnderWay, newTurn, phaseAfter, type Turn } from "./turn";

/** What a chat lives in. */
export interface ChatHost {
  readonly backend: ChatBackend;
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

let next = 1;

export class Chat extends Store<ChatState> {
  /** Stays the same when the chat becomes a thread. */
  readonly key = next++;
  /** What the composer holds. */
  draft = "";
  readonly #host: ChatHost;
  readonly #conversation: Conversation;
  readonly #known = new Set<string>();
  #remains: Remains = new Map();
  #reply: Reply | null = null;
  /** While the thread gets its title, what is read of it may be older than that. */
  #naming: Promise<void> | null = null;
  #reading = new AbortController();
  #poll: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(host: ChatHost, threadId: string | null) {
    super({ threadId, messages: [], turns: [], loading: threadId !== null, error: null, elsewhere: false });
    this.#host = host;
    this.#conversation = host.backend.converse(host.recovery);
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
      const transcript = await this.#conversation.read(threadId);
      if (!this.isBusy && !this.#closed) this.#show(transcript);
    });
    if (error) this.set({ loading: false, error });
  }

  #show({ thread, messages, running }: Transcript): void {
    const { turns, remains } = absorb(this.state.turns, messages, this.#known, this.#remains);
    this.#remains = remains;
    for (const { id } of messages) this.#known.add(id);
    const shownNow = shown(messages, remains, running);
    this.set({ messages: shownNow, turns, loading: false, error: null, elsewhere: running });
    this.#host.onThread(thread);
    clearTimeout(this.#poll);
    if (running) this.#poll = setTimeout(() => void this.load(), pollMs);
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
    if (!turn || !this.#reply) return;
    this.#change(turn.id, { phase: "stopping" });
    try {
      await this.#reply.stop();
    } catch {
      // The backend could not be told; it also stops when nobody reads the answer any more.
      this.#reading.abort();
    }
  }

  /** Whether it can be said what one thinks of an answer. */
  get canRate(): boolean {
    return this.#conversation.rate !== null;
  }

  /** Says what the user thinks of an answer. It shows at once, and is taken back if that fails, which rejects. */
  async rate(messageId: string, opinion: Opinion): Promise<void> {
    const { threadId, messages } = this.state;
    const before = messages.find(({ id }) => id === messageId)?.opinion ?? null;
    if (!threadId || !this.#conversation.rate) return;
    this.#opine(messageId, opinion);
    try {
      await this.#conversation.rate(threadId, messageId, opinion);
    } catch (thrown) {
      this.#opine(messageId, before);
      throw thrown;
    }
  }

  #opine(messageId: string, opinion: Opinion | null): void {
    const { messages } = this.state;
    this.set({ messages: messages.map((message) => (message.id === messageId ? { ...message, opinion } : message)) });
  }

  close(): void {
    this.#closed = true;
    this.#reading.abort();
    clearTimeout(this.#poll);
  }

  async #carryOut({ id, text }: Turn): Promise<void> {
    this.#reading = new AbortController();
    const reply = this.#conversation.say(this.state.threadId, text, this.#reading.signal);
    this.#reply = reply;
    try {
      await this.#read(id, reply);
      this.#change(id, { phase: "done" });
    } catch (thrown) {
      if (this.#closed) return;
      const turn = this.state.turns.find((turn) => turn.id === id)!;
      const error = this.#reading.signal.aborted ? null : asFailure(thrown);
      this.#change(id, { phase: error ? phaseAfter(turn, error) : "stopped", error });
    }
    await this.#naming;
    await this.load();
  }

  /** Takes the pieces as they come, and shows them a little less often. */
  async #read(id: number, reply: Reply): Promise<void> {
    let turn = this.state.turns.find((turn) => turn.id === id)!;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      timer = undefined;
      this.#change(id, { answerId: turn.answerId, answer: turn.answer });
    };
    try {
      for await (const piece of reply) {
        if ("threadId" in piece) this.#started(id, piece.threadId);
        turn = { ...turn, ...answerAfter(turn, piece) };
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
    this.#naming = this.#name(threadId, turn.text);
  }

  async #name(threadId: string, text: string): Promise<void> {
    try {
      const thread = await this.#conversation.entitle(threadId, text);
      if (thread) this.#host.onThread(thread);
    } catch {
      // It stays untitled; the list shows it all the same when it is read again.
    }
  }

  #change(id: number, change: Partial<Turn>): void {
    this.set({ turns: this.state.turns.map((turn) => (turn.id === id ? { ...turn, ...change } : turn)) });
  }
}
