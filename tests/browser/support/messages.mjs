/** A backend that keeps messages as Assistant Cloud does, as far as a history needs it. */

/** @typedef {{ id: string, parent_id: string | null, height: number, format: string, content: object, external_id: string | null }} Row */

/** The place of messages, and what is done with them before they are answered. */
export function messagesOf(threadId, { rows = [], before = async () => {} } = {}) {
  /** @type {Row[]} oldest first */
  const kept = rows;
  const path = `/v1/threads/${threadId}/messages`;
  const made = ({ parent_id, format, content, external_id = null }) => {
    const height = parent_id === null ? 0 : (kept.find(({ id }) => id === parent_id)?.height ?? -1) + 1;
    const date = new Date(Date.UTC(2026, 0, 1) + kept.length * 1000).toISOString();
    const row = {
      id: `msg_${kept.length + 1}`,
      parent_id,
      height,
      created_at: date,
      updated_at: date,
      format,
      content,
    };
    kept.push({ ...row, external_id });
    return kept.at(-1);
  };
  /** One handler for all methods: ids are in paths. */
  const handler = async (exchange) => {
    const { call, json } = exchange;
    if (!call.path.startsWith(path)) return json(404, { error: "Not Found" });
    const body = call.body ? JSON.parse(call.body) : undefined;
    if ((await before({ ...exchange, body })) === "answered") return;
    if (call.method === "GET") return json(200, { messages: page(new URL(call.path, "http://x").searchParams) });
    if (call.method === "PUT") {
      const row = kept.find(({ id }) => call.path.endsWith(`/${id}`));
      if (!row) return json(404, { error: "Message not found" });
      row.content = body.content;
      return json(200, {});
    }
    const known = body.external_id && kept.find(({ external_id }) => external_id === body.external_id);
    if (known) known.content = body.content;
    json(known ? 200 : 201, { message_id: (known || made(body)).id });
  };
  const page = (query) => {
    const newest = kept.map((_, index) => kept[kept.length - 1 - index]);
    // An id that is not there any more is no cursor: the first page comes again.
    const start = newest.findIndex(({ id }) => id === query.get("after")) + 1;
    return newest.slice(start, start + Number(query.get("limit") ?? 200));
  };
  return { kept, made, handler };
}
