import type { generateThreadTitle as Generate } from "../../assistant-cloud/index.js";

/** What the backend takes. */
const longest = 255;

export const generateThreadTitle: typeof Generate = async (client, threadId, messages, options) => {
  const text = await client.runs.title(threadId, messages, options).text();
  if (text === null) return null;
  // Not half a character at the end, which no server can read.
  const title = text.slice(0, longest).replace(/[\ud800-\udbff]$/, "");
  await client.threads.update(threadId, { title }, options);
  return title;
};
