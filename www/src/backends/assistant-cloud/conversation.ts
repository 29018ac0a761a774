/** One chat at Assistant Cloud, which keeps what is said and runs no model. */
import type { Client } from "threadpass";
import { generateThreadTitle, type History, openHistory, type UIMessage } from "threadpass/assistant-cloud";
import type { Conversation, Opinion, Transcript } from "../../chat/conversation";
import type { Recovery } from "../../chat/recovery";
import type { ChatThread } from "../../chat/threads";
import { kept, noted } from "./message";
import { AssistantCloudReply } from "./reply";

export class AssistantCloudConversation implements Conversation {
  readonly #client: Client<"assistant-cloud">;
  readonly #recovery: Recovery;
  #history: History<UIMessage> | null = null;
  #messages: readonly UIMessage[] = [];
  /** The message that the next one comes after. */
  #last: string | null = null;

  constructor(client: Client<"assistant-cloud">, recovery: Recovery) {
    this.#client = client;
    this.#recovery = recovery;
  }

  async read(threadId: string): Promise<Transcript> {
    const before = this.#last;
    const [thread, { messages }] = await Promise.all([this.#client.threads.get(threadId), this.#open(threadId).load()]);
    this.#messages = messages.map(({ message }) => message);
    // Unless something has been said meanwhile.
    if (this.#last === before) this.#last = this.#messages.at(-1)?.id ?? null;
    return { thread, messages: this.#messages.flatMap(kept), running: false };
  }

  say(threadId: string | null, text: string, signal: AbortSignal): AssistantCloudReply {
    const begin = async () => {
      // One that was made for a message that did not arrive is there for the next.
      const id = threadId ?? this.#history?.threadId ?? (await this.#client.threads.create({}, { signal })).id;
      return { threadId: id, history: this.#open(id), after: this.#last };
    };
    const onKept = (id: string, after: string | null) => {
      if (this.#last === after) this.#last = id;
    };
    return new AssistantCloudReply({ begin, onKept, text, recovery: this.#recovery, left: signal });
  }

  async entitle(threadId: string, text: string): Promise<ChatThread | null> {
    const said = [{ role: "user", content: [{ type: "text", text }] }];
    const title = await generateThreadTitle(this.#client, threadId, said);
    return title === null ? null : this.#client.threads.get(threadId);
  }

  readonly rate = async (threadId: string, messageId: string, opinion: Opinion): Promise<void> => {
    await this.#client.messages.feedback(threadId, messageId, { type: opinion });
    const message = this.#messages.find(({ id }) => id === messageId);
    if (!message) return;
    const changed = noted(message, { opinion });
    await this.#open(threadId).update({ message: changed });
    this.#messages = this.#messages.map((other) => (other === message ? changed : other));
  };

  #open(threadId: string): History<UIMessage> {
    this.#history ??= openHistory(this.#client, threadId, { format: "ai-sdk/v6" });
    return this.#history;
  }
}
