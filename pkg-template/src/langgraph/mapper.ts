/** LangGraph's events as those of AG-UI. Knows nothing of connections but that something was missed between two of them. */
import type { RunEvent } from "../../index.js";
import type { Say } from "./calls.js";
import { interruptsIn } from "./interrupts.js";
import { roleOf } from "./message.js";
import { type Loose, isObject, listIn, objectsIn, textIn } from "./read.js";
import { messagesOf, toolTextOf } from "./snapshot.js";
import { Streamed } from "./streamed.js";
import type { ServerEvent } from "./wire.js";

/** Which run it is, as it becomes known. */
export interface Ids {
  threadId: string | null;
  runId: string | null;
}

export class Mapper {
  /** What the run waits for, as far as it has said. */
  interrupts: readonly Loose[] = [];
  /** It has said that it stops without being asked anything: at a breakpoint, or at its end if that is one. */
  stopped = false;
  /** The stream has modes that would say what the run waits for. */
  tellsInterrupts = false;
  private started = false;
  /** After something was missed: the tasks of the graph whose next message is known to be read from its beginning. */
  private caughtUp: Set<string> | undefined;
  /** The messages that there were before the run said anything; undefined where its beginning is unknown. */
  private before: Set<unknown> | undefined;
  private readonly messages = new Map<string, Streamed>();
  private readonly results = new Set<string>();
  /** The last state, and the last messages, as they were told. */
  private state: Loose | undefined;
  private shown = "";

  /** `goesOn`: the caller has read the beginning before, and knows the messages that go on. */
  constructor(
    private readonly ids: Ids,
    private goesOn: boolean,
  ) {
    if (goesOn) this.caughtUp = new Set();
  }

  /** The events that one of the server's stands for. Its errors are for somebody else. */
  map(sent: ServerEvent): RunEvent[] {
    const bar = sent.event.indexOf("|");
    const base = bar < 0 ? sent.event : sent.event.slice(0, bar);
    const namespace = bar < 0 ? undefined : sent.event.slice(bar + 1);
    const { events, say } = saying(sent, namespace);
    const { data } = sent;
    if (base === "metadata" && isObject(data)) this.ids.runId = textIn(data.run_id) ?? this.ids.runId;
    if (!this.started) {
      this.start(say);
      if (base === "metadata") return events;
    }
    const custom = () => say("CUSTOM", { name: base, value: data ?? null });
    const interrupts = interruptsIn(data);
    this.interrupts = interrupts ?? this.interrupts;
    this.stopped ||= interrupts?.length === 0;
    this.tellsInterrupts ||= base === "values" || base === "updates";
    switch (base) {
      case "messages":
        if (!this.piece(listIn(data), namespace, say)) custom();
        break;
      case "messages/partial":
      case "messages/complete":
        for (const message of objectsIn(data)) this.soFar(message, base === "messages/complete", say);
        break;
      case "values":
        if (namespace === undefined && isObject(data)) this.tellState(data, true, say);
        else custom();
        break;
      case "updates":
        // What a node has written ends what it has streamed.
        if (isObject(data))
          for (const written of objectsIn(Object.values(data).flat()))
            this.completeKnown(objectsIn([written.messages].flat()), say);
        custom();
        break;
      default:
        custom();
    }
    return events;
  }

  /** Something was missed, and cannot be had again as it was. */
  gap(): void {
    this.caughtUp = new Set();
    this.goesOn = false;
    for (const message of this.messages.values()) if (message.open) message.held = true;
  }

  /** What a state that was read says beyond what has been told. */
  fill(values: unknown, raw: unknown): RunEvent[] {
    const { events, say } = saying(raw);
    this.start(say);
    if (isObject(values)) this.tellState(values, false, say);
    return events;
  }

  /** Ends what is open. */
  end(raw: unknown): RunEvent[] {
    const { events, say } = saying(raw);
    this.start(say);
    for (const message of this.messages.values()) message.end(say);
    return events;
  }

  private start(say: Say): void {
    if (this.started) return;
    this.started = true;
    say("RUN_STARTED", { threadId: this.ids.threadId ?? "", runId: this.ids.runId ?? "" });
  }

  /** A message in pieces, with what is known about it; false for what is none. */
  private piece([chunk, about]: readonly unknown[], namespace: string | undefined, say: Say): boolean {
    if (!isObject(chunk)) return false;
    const role = roleOf(chunk);
    if (role === "tool") return this.result(chunk, say);
    if (role !== "assistant") return false;
    const task = isObject(about) ? (textIn(about.langgraph_checkpoint_ns) ?? textIn(about.checkpoint_ns)) : undefined;
    this.streamed(chunk, task ?? namespace ?? "")?.append(chunk, say);
    return true;
  }

  /** All of a message, or all so far. */
  private soFar(message: Loose, complete: boolean, say: Say): void {
    if (roleOf(message) === "tool") this.result(message, say);
    // Nothing of it is missing, whatever was missed.
    else this.streamed(message)?.[complete ? "complete" : "replace"](message, say);
  }

  /** The message as it was streamed so far; undefined for what is not the assistant's. */
  private streamed(message: Loose, task?: string): Streamed | undefined {
    if (roleOf(message) !== "assistant") return undefined;
    const id = textIn(message.id) ?? `${this.ids.runId ?? "run"}-${task ?? ""}`;
    let streamed = this.messages.get(id);
    if (!streamed) {
      const cut = task !== undefined && this.caughtUp !== undefined && !this.caughtUp.has(task);
      if (task !== undefined) this.caughtUp?.add(task);
      streamed = new Streamed(id, !(cut && this.goesOn));
      streamed.held = cut && !this.goesOn;
      this.messages.set(id, streamed);
    }
    return streamed;
  }

  private result(message: Loose, say: Say): boolean {
    const [id, toolCallId] = [textIn(message.id), textIn(message.tool_call_id)];
    if (!id || !toolCallId) return false;
    if (!this.results.has(id))
      say("TOOL_CALL_RESULT", { messageId: id, toolCallId, content: toolTextOf(message.content), role: "tool" });
    this.results.add(id);
    return true;
  }

  /** Messages that are whole now, as far as this run has begun to tell them. Others may be of runs before. */
  private completeKnown(messages: readonly Loose[], say: Say): void {
    for (const message of messages) {
      const called = textIn(message.tool_call_id);
      if (called && this.called(called)) this.result(message, say);
      this.messages.get(textIn(message.id) ?? "")?.complete(message, say);
    }
  }

  /** What has begun and ended where something was missed is told in one piece. */
  private tellMissed(messages: readonly Loose[], before: ReadonlySet<unknown>, say: Say): void {
    for (const message of messages) if (!before.has(message.id)) this.soFar(message, true, say);
  }

  private called(toolCallId: string): boolean {
    return [...this.messages.values()].some((message) => message.hasCall(toolCallId));
  }

  /** What was told already is told again only where the server repeats it. */
  private tellState({ __interrupt__, ...values }: Loose, repeat: boolean, say: Say): void {
    const messages = objectsIn(values.messages);
    if (!this.caughtUp) this.before ??= new Set(messages.map(({ id }) => id));
    else if (this.before) this.tellMissed(messages, this.before, say);
    this.completeKnown(messages, say);
    if (repeat || JSON.stringify(values) !== JSON.stringify(this.state)) say("STATE_SNAPSHOT", { snapshot: values });
    this.state = values;
    // Without those that are being streamed elsewhere in the graph, their next piece would have nowhere to go.
    const known = new Set(messages.map(({ id }) => id));
    const streaming = [...this.messages.values()].filter(({ id, open }) => open && !known.has(id));
    const all = [...messagesOf(messages), ...streaming.flatMap(({ soFar }) => soFar)];
    const shown = JSON.stringify(all);
    if (Array.isArray(values.messages) && shown !== this.shown) say("MESSAGES_SNAPSHOT", { messages: all });
    this.shown = shown;
  }
}

/** Collects events of one origin. A graph within the graph is named in their metadata. */
function saying(raw: unknown, namespace?: string): { events: RunEvent[]; say: Say } {
  const events: RunEvent[] = [];
  const metadata = namespace === undefined ? {} : { metadata: { namespace } };
  return { events, say: (type, fields) => events.push({ type, ...fields, raw, ...metadata } as unknown as RunEvent) };
}
