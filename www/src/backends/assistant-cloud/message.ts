/** Messages in the form in which they are kept: the AI SDK's, with what this page notes of them. */
import type { UIMessage } from "threadpass/assistant-cloud";
import { type End, ends, type Kept, type Opinion, opinions } from "../../chat/conversation";

/** What this page notes in a message's metadata. */
interface Notes {
  readonly end?: End;
  /** The service takes feedback and does not give it back, so that the message itself has to say what it was. */
  readonly opinion?: Opinion;
}

export function newMessage(role: "user" | "assistant", text: string, notes?: Notes): UIMessage {
  const parts = [{ type: "text", text }];
  return { id: crypto.randomUUID(), role, parts, ...(notes && { metadata: notes }) };
}

export const noted = (message: UIMessage, notes: Notes): UIMessage => ({
  ...message,
  metadata: { ...notesOf(message), ...notes },
});

export function kept(message: UIMessage): Kept[] {
  const { id, role, parts } = message;
  if (role === "system") return [];
  const notes = notesOf(message);
  const end = ends.find((end) => end === notes.end) ?? null;
  const opinion = opinions.find((opinion) => opinion === notes.opinion) ?? null;
  return [{ id, role, text: parts.map(textOf).join("").trim(), end, opinion }];
}

/** What others have put there is not ours. */
const notesOf = ({ metadata }: UIMessage): { end?: unknown; opinion?: unknown } => metadata ?? {};

function textOf(part: UIMessage["parts"][number]): string {
  return part.type === "text" && "text" in part && typeof part.text === "string" ? part.text : "";
}
