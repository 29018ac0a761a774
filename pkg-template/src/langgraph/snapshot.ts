/** The messages of a state, as AG-UI has them. */
import { callsOf, reasoningOf, roleOf, textOf } from "./message.js";
import { type Loose, isObject, objectsIn, textIn } from "./read.js";

/** The reasoning of a message is a message of its own. */
export const reasoningId = (messageId: string) => `${messageId}-reasoning`;

export function messagesOf(messages: readonly Loose[]): readonly Loose[] {
  return messages.flatMap((message, index): readonly Loose[] => {
    const id = textIn(message.id) ?? `message-${index}`;
    const name = textIn(message.name);
    const named = name ? { id, name } : { id };
    const text = textOf(message.content);
    switch (roleOf(message)) {
      case "assistant": {
        const calls = callsOf(message).map(({ id, name, written }) => ({
          ...{ id, type: "function" },
          function: { name, arguments: written[0] },
        }));
        const thoughts = reasoningOf(message);
        const thought = thoughts ? [{ id: reasoningId(id), role: "reasoning", content: thoughts }] : [];
        return [...thought, { ...named, role: "assistant", content: text, ...(calls.length && { toolCalls: calls }) }];
      }
      case "user":
        return [{ ...named, role: "user", content: partsOf(message.content) ?? text }];
      case "tool": {
        const toolCallId = textIn(message.tool_call_id);
        if (!toolCallId) return [];
        const answered = toolTextOf(message.content);
        return [
          { id, role: "tool", content: answered, toolCallId, ...(message.status === "error" && { error: answered }) },
        ];
      }
      case "system":
        return [{ ...named, role: "system", content: text }];
      case "developer":
        return [{ ...named, role: "developer", content: text }];
      default:
        return [];
    }
  });
}

/** What a tool has answered: its text, and what has none as JSON. */
export function toolTextOf(content: unknown): string {
  return textOf(content) || (content && typeof content !== "string" ? JSON.stringify(content) : "");
}

/** A user's text and pictures; undefined where a text says it all. */
function partsOf(content: unknown): readonly Loose[] | undefined {
  const given = objectsIn(content);
  if (!given.some(({ type }) => type === "image_url")) return undefined;
  return given.flatMap((part): readonly Loose[] => {
    if (part.type === "text") return [{ type: "text", text: textOf([part]) }];
    const url = textIn(isObject(part.image_url) ? part.image_url.url : part.image_url);
    if (part.type !== "image_url" || !url) return [];
    const [, mimeType, value] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
    const source = mimeType ? { type: "data", mimeType, value } : { type: "url", value: url };
    return [{ type: "image", source }];
  });
}
