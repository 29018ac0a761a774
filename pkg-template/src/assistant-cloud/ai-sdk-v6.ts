import type { MessageFormat, UIMessage } from "../../assistant-cloud/index.js";
import { isArray, isObject, isRole } from "./read.js";

export const aiSdkV6: MessageFormat<UIMessage> = {
  format: "ai-sdk/v6",
  encode: ({ id: _, ...content }) => content,
  decode: ({ id, content }) =>
    isObject(content) && isRole(content.role) && isArray(content.parts)
      ? ({ ...content, id, parts: content.parts.filter(isTyped) } as unknown as UIMessage)
      : undefined,
  getId: ({ id }) => id,
};

const isTyped = (part: unknown) => isObject(part) && typeof part.type === "string";
