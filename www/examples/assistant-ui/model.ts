/** What answers. It runs in the page and knows nothing, but it shows that a chat's history is all there. */
import type { ChatModelAdapter, ThreadMessage } from "@assistant-ui/react";

const wordMs = 40;

const textOf = ({ content }: ThreadMessage) =>
  content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");

function answerTo(messages: readonly ThreadMessage[]): string {
  const asked = messages.filter(({ role }) => role === "user").map(textOf);
  const [first, last] = [asked[0], asked.at(-1)];
  if (asked.length === 1) return `You said “${last}”. This chat has begun, and it will still be here after a reload.`;
  return `You said “${last}”. That was message ${asked.length} of yours here; the first was “${first}”.`;
}

export const model: ChatModelAdapter = {
  async *run({ messages, abortSignal }) {
    let text = "";
    for (const word of answerTo(messages).split(/(?<= )/)) {
      await new Promise((resolve) => setTimeout(resolve, wordMs));
      if (abortSignal.aborted) return;
      text += word;
      yield { content: [{ type: "text", text }] };
    }
  },
};
