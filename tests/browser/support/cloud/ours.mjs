/** Our client, told the same as the recorded one, and what it answers in the form of that one. */
import { createClient } from "threadpass";
import { generateThreadTitle, openHistory } from "threadpass/assistant-cloud";

/** What the server sent for each. */
const raws = ({ items }) => items.map(({ raw }) => raw);
const nothing = () => undefined;

/** @type {Record<string, (client: any, ...args: any[]) => Promise<any>>} by the recorded client's name */
const calls = {
  // Ours may be given its credential later; what is called before that fails.
  constructor: (client) => client.threads.list(),
  "auth.tokens.create": (client) => client.auth.tokens.create(),
  "threads.list": async (client, query) => ({ threads: raws(await client.threads.list(query)) }),
  "threads.get": async (client, id) => (await client.threads.get(id)).raw,
  "threads.create": async (client, init) => ({ thread_id: (await client.threads.create(init)).id }),
  "threads.update": (client, id, patch) => client.threads.update(id, patch).then(nothing),
  "threads.delete": (client, id) => client.threads.delete(id).then(nothing),
  "threads.claim": (client, { refresh_token: token }) => client.threads.claim(token),
  "threads.messages.list": async (client, id, query) => ({ messages: raws(await client.messages.list(id, query)) }),
  "threads.messages.create": async (client, id, init) => ({ message_id: (await client.messages.create(id, init)).id }),
  "threads.messages.update": (client, ...args) => client.messages.update(...args).then(nothing),
  "threads.messages.feedback": (client, ...args) => client.messages.feedback(...args),
  "projects.threads.list": async (client, query) => ({ threads: raws(await client.projects.threads.list(query)) }),
  "projects.threads.messages.list": async (client, id, query) => ({
    messages: raws(await client.projects.messages.list(id, query)),
  }),
  "runs.stream": async (client, { thread_id: id, messages }) => {
    let text = "";
    for await (const piece of client.runs.title(id, messages)) text += piece;
    return { text };
  },
  "runs.report": (client, report) => client.runs.report(report),
  "files.pdfToImages": (client, init) => client.files.pdfToImages(init),
  "files.generatePresignedUploadUrl": (client, init) => client.files.presignUpload(init),
  "files.generatePresignedDownloadUrl": (client, init) => client.files.presignDownload(init),
  "scores.create": (client, init) => client.scores.create(init),
  events: (client, events) => client.events.create(events).then(nothing),
  generateThreadTitle: (client, { threadId, messages }) => generateThreadTitle(client, threadId, messages),
  "CloudMessagePersistence.load": async (client, threadId, format) => {
    const messages = [];
    for await (const { id } of client.messages.list(threadId, { format, limit: 200 })) messages.push(id);
    return { count: messages.length, first: messages[0], last: messages.at(-1) };
  },
  "append and load": async (client, threadId, _format, message) => {
    const history = openHistory(client, threadId, { format: "ai-sdk/v6" });
    await history.append({ parentId: null, message });
    return history.load();
  },
};

export function openOurs(config) {
  const client = createClient({ backend: "assistant-cloud", retries: 0, ...config });
  const call = (method, ...args) => calls[method](client, ...args);
  return { call, tell: tellOurs, close: () => client.dispose() };
}

export const tellOurs = ({ name, message, code, status, details, cause }) => ({
  ...{ name, message, code, status, details },
  cause: cause?.message,
});
