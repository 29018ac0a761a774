/** The tool calls of one message while it streams. */
import type { WholeCall } from "./message.js";
import { type Loose, textIn } from "./read.js";

/** An event, but for what all of one origin have in common. */
export type Say = (type: string, fields: Loose) => void;

interface Call {
  /** What pieces are numbered with. */
  readonly index: unknown;
  id: string;
  name: string;
  /** The arguments so far. */
  args: string;
  /** It has been told of. */
  begun: boolean;
  over: boolean;
}

export class Calls {
  private readonly all: Call[] = [];

  constructor(private readonly messageId: string) {}

  get open(): boolean {
    return this.all.some(({ over }) => !over);
  }

  /** As a message has them. */
  get soFar(): readonly Loose[] {
    return this.all
      .filter(({ begun }) => begun)
      .map(({ id, name, args }) => ({ id, type: "function", function: { name, arguments: args } }));
  }

  knows(id: string): boolean {
    return this.all.some((call) => call.id === id);
  }

  /** A piece belongs to the last call of its index; another id begins another call, also where all have the same index. */
  append(piece: Loose, say: Say): void {
    const { index } = piece;
    const id = textIn(piece.id);
    const isIt = (call: Call) => !call.over && (index == null ? !id || call.id === id : call.index === index);
    let call = this.all.filter(isIt).at(-1);
    if (!call || (id && call.begun && call.id !== id)) {
      this.end(say);
      call = { index, id: id ?? `${this.messageId}-${this.all.length}`, name: "", args: "", begun: false, over: false };
      this.all.push(call);
    }
    if (!call.begun) {
      if (id) call.id = id;
      call.name += textIn(piece.name) ?? "";
    }
    this.write(call, textIn(piece.args) ?? "", say);
  }

  /** All of a call: says what is missing, and that it is over. */
  complete({ id, name, written }: WholeCall, say: Say): void {
    let call = this.all.find((call) => call.id === id);
    if (call?.over) return;
    if (!call) this.all.push((call = { index: undefined, id, name, args: "", begun: false, over: false }));
    const { args } = call;
    this.write(call, written.find((whole) => whole.startsWith(args))?.slice(args.length) ?? "", say);
    this.endOne(call, say);
  }

  end(say: Say): void {
    for (const call of this.all) this.endOne(call, say);
  }

  private write(call: Call, delta: string, say: Say): void {
    call.args += delta;
    if (!call.name) return;
    const toolCallId = call.id;
    // What came before the name is said with it.
    const said = call.begun ? delta : call.args;
    if (!call.begun) say("TOOL_CALL_START", { toolCallId, toolCallName: call.name, parentMessageId: this.messageId });
    call.begun = true;
    if (said) say("TOOL_CALL_ARGS", { toolCallId, delta: said });
  }

  private endOne(call: Call, say: Say): void {
    if (call.begun && !call.over) say("TOOL_CALL_END", { toolCallId: call.id });
    call.over = true;
  }
}
