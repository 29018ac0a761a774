/** Reads a message of assistant-ui from `aui/v0`. What cannot be read is left out, piece by piece. */
import { parts } from "./aui-v0-parts.js";
import { type Fields, type Role, isArray, isObject, isRole, isText } from "./read.js";

/** How deep messages may be inside tool calls of messages. */
const deepest = 100;

/** Undefined: not a message. */
export function readMessage(value: unknown, id: string, createdAt: Date, depth: number): Fields | undefined {
  if (!isObject(value) || !isRole(value.role) || !isArray(value.content)) return undefined;
  const { role, content: stored, status, metadata, attachments, ...rest } = value;
  const content = stored.flatMap((part, index) => readPart(part, role, `${id}-${index}`, createdAt, depth));
  // A system message is one text.
  if (role === "system" && content.length !== 1) return undefined;
  return {
    ...rest,
    id,
    createdAt,
    role,
    content,
    metadata: readMetadata(metadata, role),
    ...(role === "assistant" && { status: isStatus(status) ? status : { type: "complete", reason: "unknown" } }),
    ...(role === "user" && { attachments: isArray(attachments) ? attachments.flatMap(readAttachment) : [] }),
  };
}

const isStatus = (status: unknown) => isObject(status) && isText(status.type);

function readMetadata(value: unknown, role: Role): Fields {
  const { unstable_state, unstable_annotations, unstable_data, steps, custom, ...rest } = isObject(value) ? value : {};
  const list = (value: unknown) => (isArray(value) ? value : []);
  return {
    ...rest,
    ...(role === "assistant" && {
      unstable_state: unstable_state ?? null,
      unstable_annotations: list(unstable_annotations),
      unstable_data: list(unstable_data),
      steps: list(steps).filter(isObject),
    }),
    custom: isObject(custom) ? custom : {},
  };
}

/** One part, or none. */
function readPart(value: unknown, role: Role, id: string, createdAt: Date, depth: number): Fields[] {
  if (!isObject(value)) return [];
  const { type } = value;
  // As newer writers name parts of data.
  const name = isText(type) && role !== "system" ? /^data-(.+)/s.exec(type)?.[1] : undefined;
  if (name !== undefined) return [{ type: "data", name, data: value.data }];
  const known = parts.get(type);
  if (!known?.roles.includes(role) || !known.isReadable(value)) return [];
  return [type === "tool-call" ? readCall(value, id, createdAt, depth) : value];
}

function readCall({ messages, ...call }: Fields, id: string, createdAt: Date, depth: number): Fields {
  const args = call.args ?? objectOf(call.argsText as string);
  const argsText = call.argsText ?? JSON.stringify(args);
  const isDeep = !isArray(messages) || depth >= deepest;
  return {
    ...call,
    args,
    argsText,
    ...(!isDeep && {
      messages: messages.flatMap((message, index) => readNested(message, `${id}-${index}`, createdAt, depth)),
    }),
  };
}

function readNested(value: unknown, otherwise: string, parents: Date, depth: number): Fields[] {
  const { id, createdAt } = isObject(value) ? value : {};
  const own = new Date(isText(createdAt) ? createdAt : NaN);
  const date = Number.isNaN(own.getTime()) ? parents : own;
  const message = readMessage(value, isText(id) ? id : otherwise, date, depth + 1);
  return message ? [message] : [];
}

/** The arguments of a call that was cut off are none. */
function objectOf(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function readAttachment(value: unknown): Fields[] {
  if (!isObject(value)) return [];
  const { id, type, name, status, content } = value;
  const isWhole = isObject(status) && status.type === "complete";
  if (![id, type, name].every(isText) || !isWhole || !isArray(content)) return [];
  return [{ ...value, content: content.flatMap((part) => readPart(part, "user", "", new Date(0), deepest)) }];
}
