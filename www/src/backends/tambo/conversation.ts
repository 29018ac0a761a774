/** One chat at Tambo, which runs the model itself and keeps what is said. */
import type { Client, Run, RunEvent, TamboMessage } from "threadpass";
import type { Conversation, Kept, Piece, Reply, Transcript } from "../../chat/conversation";
import { titleFrom, type ChatThread } from "../../chat/threads";

export class TamboConversation implements Conversation {
  readonly rate = null;
  readonly #client: Client<"tambo">;

  constructor(client: Client<"tambo">) {
    this.#client = client;
  }

  async read(threadId: string): Promise<Transcript> {
    const thread = await this.#client.threads.get(threadId);
    const { messages = [], runStatus } = thread.raw;
    return { thread, messages: messages.flatMap(kept), running: runStatus !== "idle" };
  }

  say(threadId: string | null, text: string, signal: AbortSignal): Reply {
    return new TamboReply(this.#client.runs.stream(threadId, text, { signal }));
  }

  entitle(threadId: string, text: string): Promise<ChatThread> {
    return this.#client.threads.update(threadId, { name: titleFrom(text) });
  }
}

class TamboReply implements Reply {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Piece> {
    for await (const event of this.#run) yield* pieces(event);
    await this.#run.result();
  }

  async stop(): Promise<void> {
    await this.#run.cancel();
  }
}

/** Events of other kinds change nothing here. */
function pieces(event: RunEvent): Piece[] {
  switch (event.type) {
    case "RUN_STARTED":
      return [{ threadId: event.threadId }];
    case "TEXT_MESSAGE_START":
      return [{ answerId: event.messageId }];
    case "TEXT_MESSAGE_CONTENT":
      return [{ text: event.delta }];
    default:
      return [];
  }
}

function kept({ id, role, content, isCancelled }: TamboMessage): Kept[] {
  if (role === "system") return [];
  const text = content
    .map((block) => (block.type === "text" ? block.text : ""))
    .join("")
    .trim();
  // What was streamed of an answer that did not come to its end is not kept.
  const isBlank = role === "assistant" && !text && content.every(({ type }) => type === "text");
  return [{ id, role, text, end: isBlank ? (isCancelled ? "stopped" : "failed") : null, opinion: null }];
}
