/** assistant-ui's list of chats, from Assistant Cloud. */
import type { RemoteThreadListAdapter } from "@assistant-ui/react";
import { createAssistantStream } from "assistant-stream";
import type { Thread } from "threadpass";
import { generateThreadTitle } from "threadpass/assistant-cloud";
import { client } from "./client.js";
import { HistoryProvider } from "./history.js";

/** How many of each kind at once. */
const pageSize = 20;

/** Both kinds are one list here and two on the server: where to go on in each; null where one is at its end. */
interface Cursor {
  readonly active: string | null;
  readonly archived: string | null;
}

const told = ({ id, title, archived, raw }: Thread<"assistant-cloud">) => ({
  remoteId: id,
  status: archived ? ("archived" as const) : ("regular" as const),
  ...(title ? { title } : {}),
  lastMessageAt: new Date(raw.last_message_at),
});

/** One page of one kind, from the start with undefined. */
async function read(archived: boolean, after: string | null | undefined) {
  if (after === null) return { threads: [], next: null };
  const { items, hasMore } = await client.threads.list({
    is_archived: archived,
    limit: pageSize,
    ...(after ? { after } : {}),
  });
  return { threads: items.map(told), next: hasMore ? (items.at(-1)?.id ?? null) : null };
}

export const threads: RemoteThreadListAdapter = {
  async list({ after } = {}) {
    const cursor = after ? (JSON.parse(after) as Cursor) : undefined;
    const [active, archived] = await Promise.all([read(false, cursor?.active), read(true, cursor?.archived)]);
    const next: Cursor = { active: active.next, archived: archived.next };
    const isOver = next.active === null && next.archived === null;
    return {
      threads: [...active.threads, ...archived.threads],
      ...(isOver ? {} : { nextCursor: JSON.stringify(next) }),
    };
  },
  fetch: async (id) => told(await client.threads.get(id)),
  initialize: async () => ({ remoteId: (await client.threads.create()).id }),
  rename: async (id, title) => void (await client.threads.update(id, { title })),
  archive: async (id) => void (await client.threads.update(id, { is_archived: true })),
  unarchive: async (id) => void (await client.threads.update(id, { is_archived: false })),
  delete: (id) => client.threads.delete(id),
  generateTitle: async (id, messages) =>
    createAssistantStream(async (controller) => {
      const title = await generateThreadTitle(client, id, messages);
      if (title) controller.appendText(title);
    }),
  unstable_Provider: HistoryProvider,
};
