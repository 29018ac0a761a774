import type { MessageFormat, ThreadMessage } from "../../assistant-cloud/index.js";
import { readMessage } from "./aui-v0-read.js";
import { writeMessage } from "./aui-v0-write.js";

export const auiV0: MessageFormat<ThreadMessage> = {
  format: "aui/v0",
  encode: (message) => writeMessage(message as never),
  decode: ({ id, createdAt, content }) => readMessage(content, id, new Date(createdAt), 0) as ThreadMessage | undefined,
  getId: ({ id }) => id,
};
