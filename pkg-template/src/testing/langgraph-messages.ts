/** Messages in a graph's state, as LangChain writes them. */
import { type Role, roleOf, textOf } from "../langgraph/message.js";
import { type Loose, isObject, listIn, objectsIn, textIn } from "../langgraph/read.js";

const types: Readonly<Record<Role, string>> = {
  assistant: "ai",
  user: "human",
  system: "system",
  developer: "developer",
  tool: "tool",
};

/** A message as the state has it, of what a run may be given: a text is the user's. */
function messageOf(given: unknown): Loose {
  const { role: _, ...more } = isObject(given) ? given : { content: given, type: "human" };
  const role = isObject(given) ? roleOf(given) : undefined;
  return { ...more, ...(role && { type: types[role] }), id: textIn(more.id) ?? crypto.randomUUID() };
}

/** A state with an update written into it: messages are added, or replaced by their ids; other members are replaced. */
export function merged(values: Loose, update: unknown): Loose {
  if (!isObject(update)) return values;
  const { messages: written, ...rest } = update;
  if (written === undefined) return { ...values, ...rest };
  const messages = [...listIn(values.messages)];
  for (const message of [written].flat().map(messageOf)) {
    const index = messages.findIndex((known) => isObject(known) && known.id === message.id);
    messages.splice(index < 0 ? messages.length : index, 1, message);
  }
  return { ...values, ...rest, messages };
}

/** What the user has said last. */
export function lastText({ messages }: Loose): string {
  const [said] = objectsIn(messages)
    .filter((message) => roleOf(message) === "user")
    .slice(-1);
  return textOf(said?.content);
}
