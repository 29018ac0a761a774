/** One message of the assistant while it streams: what has been said of it, and what is still missing. */
import { Calls, type Say } from "./calls.js";
import { callsOf, reasoningOf, textOf } from "./message.js";
import { type Loose, objectsIn } from "./read.js";
import { reasoningId } from "./snapshot.js";

export class Streamed {
  /** What was streamed of it has a gap: nothing more is said until the whole message is there. */
  held = false;
  /** It was there as a whole, so that what still comes of it is late. */
  private isComplete = false;
  private text = "";
  private thoughts = "";
  private textOpen = false;
  private thinking = false;
  private readonly calls: Calls;
  /** What `replace` was given last. */
  private latest: Loose | undefined;

  /** `whole` says that it is streamed from its beginning, so that the whole message can be compared with that. */
  constructor(
    readonly id: string,
    private readonly whole: boolean,
  ) {
    this.calls = new Calls(id);
  }

  get open(): boolean {
    return this.held || this.textOpen || this.thinking || this.calls.open;
  }

  /** As much of it as has been said, for a snapshot of the messages. */
  get soFar(): readonly Loose[] {
    const { id, thoughts, text } = this;
    const toolCalls = this.calls.soFar;
    const message = { id, role: "assistant", content: text, ...(toolCalls.length && { toolCalls }) };
    return thoughts ? [{ id: reasoningId(id), role: "reasoning", content: thoughts }, message] : [message];
  }

  hasCall(toolCallId: string): boolean {
    return this.calls.knows(toolCallId);
  }

  /** A piece, to be appended. */
  append(chunk: Loose, say: Say): void {
    if (this.held || this.isComplete) return;
    this.think(reasoningOf(chunk), say);
    this.write(textOf(chunk.content), say);
    const pieces = objectsIn(chunk.tool_call_chunks);
    for (const piece of pieces) this.calls.append(piece, say);
    // Those of a message that comes in one piece.
    if (!pieces.length) for (const call of callsOf(chunk)) this.calls.complete(call, say);
    if (chunk.chunk_position === "last") this.end(say);
  }

  /** All of it so far, in place of what was sent before. Its calls are told when it is complete. */
  replace(message: Loose, say: Say): void {
    if (!this.whole) return;
    this.held = false;
    this.latest = message;
    this.think(missing(this.thoughts, reasoningOf(message)), say);
    this.write(missing(this.text, textOf(message.content)), say);
  }

  /** The whole message: says what is missing of it, and that it is over. */
  complete(message: Loose, say: Say): void {
    this.replace(message, say);
    this.isComplete = true;
    this.end(say);
  }

  /** Nothing more comes. */
  end(say: Say): void {
    this.held = false;
    this.stopThinking(say);
    if (this.textOpen) say("TEXT_MESSAGE_END", { messageId: this.id });
    this.textOpen = false;
    if (this.latest) for (const call of callsOf(this.latest)) this.calls.complete(call, say);
    this.calls.end(say);
  }

  private think(delta: string, say: Say): void {
    if (!delta) return;
    const messageId = reasoningId(this.id);
    if (!this.thinking) {
      say("REASONING_START", { messageId });
      say("REASONING_MESSAGE_START", { messageId, role: "reasoning" });
    }
    this.thinking = true;
    this.thoughts += delta;
    say("REASONING_MESSAGE_CONTENT", { messageId, delta });
  }

  private stopThinking(say: Say): void {
    if (!this.thinking) return;
    this.thinking = false;
    const messageId = reasoningId(this.id);
    say("REASONING_MESSAGE_END", { messageId });
    say("REASONING_END", { messageId });
  }

  private write(delta: string, say: Say): void {
    if (!delta) return;
    this.stopThinking(say);
    const messageId = this.id;
    if (!this.textOpen) say("TEXT_MESSAGE_START", { messageId, role: "assistant" });
    this.textOpen = true;
    this.text += delta;
    say("TEXT_MESSAGE_CONTENT", { messageId, delta });
  }
}

/** What has to be appended; nothing where the text has become another one, which a snapshot says. */
const missing = (said: string, whole: string) => (whole.startsWith(said) ? whole.slice(said.length) : "");
