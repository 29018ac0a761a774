/** The parts of messages that `aui/v0` knows. */
import { type Fields, type Role, isObject, isText } from "./read.js";

interface Part {
  /** Members that are written beside the type. */
  readonly members: readonly string[];
  /** Whose messages have it. */
  readonly roles: readonly Role[];
  /** Whether a stored one can be used. */
  isReadable(part: Fields): boolean;
}

const everybody = ["user", "assistant", "system"] as const;
const people = ["user", "assistant"] as const;
const assistant = ["assistant"] as const;

const source = ["sourceType", "id", "providerMetadata", "parentId"];

const texts =
  (...names: string[]) =>
  (part: Fields) =>
    names.every((name) => isText(part[name]));
const optional = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value);

export const parts: ReadonlyMap<unknown, Part> = new Map<unknown, Part>([
  ["text", { members: ["text", "parentId"], roles: everybody, isReadable: texts("text") }],
  [
    "reasoning",
    {
      members: ["text", "unstable_summary", "providerMetadata", "parentId"],
      roles: assistant,
      isReadable: ({ text, unstable_summary: summary }) =>
        optional(text, isText) && optional(summary, isText) && (isText(text) || isText(summary)),
    },
  ],
  [
    "source",
    {
      members: [...source, "url", "title", "mediaType", "filename"],
      roles: assistant,
      isReadable: (part) => isText(part.id) && (part.sourceType === "url" ? isText(part.url) : isDocument(part)),
    },
  ],
  ["image", { members: ["image"], roles: people, isReadable: texts("image") }],
  [
    "file",
    {
      members: ["data", "mimeType", "filename", "sourceType", "parentId"],
      roles: people,
      isReadable: texts("data", "mimeType"),
    },
  ],
  ["data", { members: ["name", "data"], roles: people, isReadable: texts("name") }],
  [
    "audio",
    {
      members: ["audio"],
      roles: ["user"],
      isReadable: ({ audio }) => isObject(audio) && isText(audio.data) && isText(audio.format),
    },
  ],
  [
    "generative-ui",
    { members: ["spec", "id", "parentId"], roles: assistant, isReadable: ({ spec }) => isObject(spec) },
  ],
  [
    "tool-call",
    {
      members: ["toolCallId", "toolName", "timing", "mcp", "approval", "parentId"],
      roles: assistant,
      isReadable: (part) =>
        isText(part.toolCallId) &&
        isText(part.toolName) &&
        optional(part.args, isObject) &&
        optional(part.argsText, isText) &&
        (part.args ?? part.argsText) !== undefined,
    },
  ],
]);

const isDocument = (part: Fields) => part.sourceType === "document" && isText(part.title) && isText(part.mediaType);
