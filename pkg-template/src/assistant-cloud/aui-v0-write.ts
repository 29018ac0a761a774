/** Writes a message of assistant-ui down as `aui/v0`. */
import { ThreadpassError } from "../face.js";
import { parts } from "./aui-v0-parts.js";
import { type Fields, pick } from "./read.js";

interface Message extends Fields {
  readonly role: string;
  readonly content: readonly Fields[];
  readonly status?: Fields;
  readonly attachments?: readonly (Fields & { readonly content: readonly Fields[] })[];
}

interface Nested extends Message {
  readonly id: string;
  readonly createdAt: Date;
}

/** Without id and date, which the row has. */
export function writeMessage({ role, content, metadata, status, attachments }: Message): Fields {
  return {
    role,
    content: content.map(writePart),
    metadata,
    // Whoever reads it is not who runs it.
    ...(status && { status: status.type === "running" ? { type: "incomplete", reason: "cancelled" } : status }),
    ...(role === "user" && attachments?.length ? { attachments: attachments.map(writeAttachment) } : {}),
  };
}

function writePart(part: Fields): Fields {
  const known = parts.get(part.type);
  if (!known) {
    const message = `aui/v0 has no message part of type ${JSON.stringify(String(part.type).slice(0, 50))}`;
    throw new ThreadpassError("api/invalid-argument", message);
  }
  const written = { type: part.type, ...pick(part, known.members) };
  // A part of data may hold null.
  if (part.type === "data") return { ...written, data: part.data };
  return part.type === "tool-call" ? { ...written, ...writeCall(part) } : written;
}

/** What a tool was called with, and what came of it: also `false`, 0, "" and null. */
function writeCall({ args, argsText, result, isError, interrupt, messages }: Fields): Fields {
  return {
    ...(JSON.stringify(args) === argsText ? { args } : { argsText }),
    ...(result !== undefined && { result }),
    ...(isError ? { isError: true } : {}),
    ...(interrupt !== undefined && { interrupt: pick(interrupt as Fields, ["type", "payload"]) }),
    ...(messages !== undefined && { messages: (messages as readonly Nested[]).map(writeNested) }),
  };
}

/** A message that no row is for keeps what a row would say of it. */
const writeNested = (message: Nested): Fields => ({
  ...writeMessage(message),
  id: message.id,
  createdAt: message.createdAt.toISOString(),
});

const writeAttachment = (attachment: NonNullable<Message["attachments"]>[number]): Fields => ({
  ...pick(attachment, ["id", "type", "name", "contentType", "status"]),
  content: attachment.content.map((part) => ({
    ...writePart(part),
    ...(part.type === "image" && pick(part, ["filename"])),
  })),
});
