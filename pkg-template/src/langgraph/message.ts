/** Messages as LangChain writes them: content is a text or parts, and the same thing stands in several places. */
import { type Loose, isObject, listIn, objectsIn, textIn } from "./read.js";

export type Role = "assistant" | "user" | "system" | "developer" | "tool";

const roles: Readonly<Record<string, Role>> = {
  ai: "assistant",
  assistant: "assistant",
  human: "user",
  user: "user",
  system: "system",
  developer: "developer",
  tool: "tool",
};

/** `ai`, `AIMessage` and `AIMessageChunk` are the same; undefined for what is no message of a conversation. */
export function roleOf(message: Loose): Role | undefined {
  const kind = textIn(message.type) ?? textIn(message.role) ?? "";
  return roles[kind.replace(/Message(Chunk)?$/, "").toLowerCase()];
}

/** The text of a content, without its other parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  const text = (part: unknown) => {
    if (typeof part === "string") return part;
    return isObject(part) && /^(output_)?text(_delta)?$/.test(String(part.type)) ? (textIn(part.text) ?? "") : "";
  };
  return listIn(content).map(text).join("");
}

/** What a model has thought aloud: providers put it into parts of the content or beside it. */
export function reasoningOf({ content, additional_kwargs: more }: Loose): string {
  const inParts = objectsIn(content).map(thoughtOf).join("");
  if (inParts || !isObject(more)) return inParts;
  return textIn(more.reasoning_content) ?? (isObject(more.reasoning) ? summaryOf(more.reasoning) : "");
}

function thoughtOf(part: Loose): string {
  switch (part.type) {
    case "thinking":
      return textIn(part.thinking) ?? "";
    case "reasoning":
      return textIn(part.reasoning) ?? textIn(part.text) ?? summaryOf(part);
    case "reasoning_content":
      return isObject(part.reasoning_content) ? (textIn(part.reasoning_content.text) ?? "") : "";
    default:
      return "";
  }
}

const summaryOf = ({ summary }: Loose) =>
  objectsIn(summary)
    .map(({ text }) => textIn(text) ?? "")
    .join("");

/** A tool call as it stands in a whole message. */
export interface WholeCall {
  readonly id: string;
  readonly name: string;
  /** What its arguments may have been streamed as. */
  readonly written: readonly string[];
}

export function callsOf(message: Loose): readonly WholeCall[] {
  const more = isObject(message.additional_kwargs) ? objectsIn(message.additional_kwargs.tool_calls) : [];
  return objectsIn(message.tool_calls).flatMap((call) => {
    const [id, name] = [textIn(call.id), textIn(call.name)];
    if (!id || !name) return [];
    const native = more.find((other) => other.id === id)?.function;
    const asWritten = isObject(native) ? textIn(native.arguments) : undefined;
    const args = JSON.stringify(call.args ?? {});
    return [{ id, name, written: asWritten === undefined ? [args] : [asWritten, args] }];
  });
}
