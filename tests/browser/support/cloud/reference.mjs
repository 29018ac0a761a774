/** Assistant Cloud's own client, as it was recorded. */
import {
  AssistantCloud,
  CloudMessagePersistence,
  createFormattedPersistence,
  generateThreadTitle,
} from "assistant-cloud";
import { aiSDKV6FormatAdapter } from "assistant-cloud/ai-sdk";

/** Answers the client, or throws what its constructor threw. */
export function openReference(config) {
  const cloud = new AssistantCloud(config);
  const described = {
    constructor: async () => undefined,
    events: async (events) => {
      for (const event of events) cloud.events.track(event);
      await cloud.events.dispose();
    },
    "runs.stream": async (body) => {
      const stream = await cloud.runs.stream(body);
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      const types = chunks.map(({ type }) => type);
      return {
        chunk_types_collapsed: types.filter((type, index) => type !== types[index - 1]),
        text: chunks.map(({ textDelta = "" }) => textDelta).join(""),
        first: chunks[0],
        last: chunks.at(-1),
      };
    },
    generateThreadTitle: (init) => generateThreadTitle(cloud, init),
    "CloudMessagePersistence.load": async (threadId, format) => {
      const messages = await new CloudMessagePersistence(cloud).load(threadId, format);
      return { count: messages.length, first: messages[0].id, last: messages.at(-1).id };
    },
    "append and load": async (threadId, _format, message) => {
      const formatted = createFormattedPersistence(new CloudMessagePersistence(cloud), aiSDKV6FormatAdapter);
      await formatted.append(threadId, { parentId: null, message });
      return formatted.load(threadId);
    },
  };
  const call = async (method, ...args) => {
    if (Object.hasOwn(described, method)) return described[method](...args);
    const path = method.split(".");
    const name = path.pop() ?? "";
    const part = path.reduce((part, name) => part[name], cloud);
    return part[name](...args);
  };
  return { call, tell: tellReference, close: () => {} };
}

export const tellReference = ({ name, message, status, code, details }) => ({ name, message, status, code, details });
