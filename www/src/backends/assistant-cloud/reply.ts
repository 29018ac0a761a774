/** An answer of the page's own model, and the keeping of what is said. */
import type { History, UIMessage } from "threadpass/assistant-cloud";
import type { End, Piece, Reply } from "../../chat/conversation";
import type { Recovery } from "../../chat/recovery";
import { ModelError, speak } from "../../model/speak";
import { newMessage } from "./message";

interface Place {
  readonly threadId: string;
  readonly history: History<UIMessage>;
  /** The message that it comes after. */
  readonly after: string | null;
}

interface Said {
  /** Makes the thread if there is none. */
  readonly begin: () => Promise<Place>;
  readonly text: string;
  /** Told of what is kept, and of the message that it comes after. */
  readonly onKept: (id: string, after: string | null) => void;
  readonly recovery: Recovery;
  /** Aborted when nobody wants the answer any more. */
  readonly left: AbortSignal;
}

export class AssistantCloudReply implements Reply {
  readonly #said: Said;
  readonly #stopped = new AbortController();

  constructor(said: Said) {
    this.#said = said;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
  }

  /** What the user says is kept before the model is asked, what the model has said afterwards, however that ends. */
  async *[Symbol.asyncIterator](): AsyncIterator<Piece> {
    const { begin, text: asked, onKept, recovery, left } = this.#said;
    const { threadId, history, after } = await begin();
    const keep = async (message: UIMessage, parentId: string | null) => {
      await history.append({ parentId, message });
      onKept(message.id, parentId);
    };
    const question = newMessage("user", asked);
    await keep(question, after);
    yield { threadId };
    const ended = AbortSignal.any([this.#stopped.signal, left]);
    let answer = "";
    let failure: ModelError | null = null;
    try {
      for await (const text of speak(asked, ended)) {
        answer += text;
        yield { text };
      }
    } catch (thrown) {
      if (!(thrown instanceof ModelError)) throw thrown;
      failure = thrown;
    }
    if (ended.aborted) failure = new ModelError("run/cancelled", "the answer was stopped");
    const message = newMessage("assistant", answer, failure ? { end: endOf[failure.code] } : undefined);
    const lost = await recovery.attempt(`answer ${message.id}`, () => keep(message, question.id));
    if (failure ?? lost) throw failure ?? lost;
  }
}

const endOf: Record<ModelError["code"], End> = {
  "run/cancelled": "stopped",
  "run/failed": "failed",
  "stream/interrupted": "interrupted",
};
