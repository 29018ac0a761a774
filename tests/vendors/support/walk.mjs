/** One walk through everything, by the vendor's client and by ours, told in the same words. */

/** A run's own body. */
export const say = (text, more = {}) => ({ message: { role: "user", content: [{ type: "text", text }] }, ...more });

/** What the vendor's client does. `who` is empty, or the `userKey` that it has to pass everywhere by itself. */
export const bySdk = (sdk, who = {}) => ({
  create: (metadata) => sdk.threads.create({ ...who, metadata }),
  get: (id) => sdk.threads.retrieve(id, who),
  rename: (id, name) => sdk.threads.update(id, { ...who, name }),
  async list(limit) {
    const threads = [];
    let query = { ...who, limit };
    for (;;) {
      const page = await sdk.threads.list(query);
      threads.push(...page.threads);
      if (!page.hasMore) return threads;
      query = { ...query, cursor: page.nextCursor };
    }
  },
  remove: (id) => sdk.threads.delete(id, who),
  async messages(id, order) {
    return (await sdk.threads.messages.list(id, { ...who, order })).messages;
  },
  message: (id, messageId) => sdk.threads.messages.get(messageId, { ...who, threadId: id }),
  async *run(id, text, previousRunId) {
    const body = say(text, { previousRunId });
    const key = who.userKey ? { thread: who } : {};
    yield* await (id ? sdk.threads.runs.run(id, { ...who, ...body }) : sdk.threads.runs.create({ ...key, ...body }));
  },
  cancel: async (id, runId) => (await sdk.threads.runs.delete(runId, { ...who, threadId: id })).status === "cancelled",
});

/** What our client does. Which run is continued is its own business. */
export const byUs = (client) => ({
  create: async (metadata) => (await client.threads.create({ metadata })).raw,
  get: async (id) => (await client.threads.get(id)).raw,
  rename: async (id, name) => (await client.threads.update(id, { name })).raw,
  async list(limit) {
    const threads = [];
    for await (const { raw } of client.threads.list({ limit })) threads.push(raw);
    return threads;
  },
  remove: (id) => client.threads.delete(id),
  messages: async (id, order) => (await client.messages.list(id, { order })).items.map(({ raw }) => raw),
  message: async (id, messageId) => (await client.messages.get(id, messageId)).raw,
  async *run(id, text) {
    for await (const { raw } of client.runs.stream(id, text)) yield raw;
  },
  cancel: async (id, runId) => (await client.runs.cancel(id, runId)).cancelled,
});

/** The status of a refusal. */
export const statusOf = (call) =>
  call.then(
    () => "fulfilled",
    ({ status }) => status,
  );

/** Does everything once and tells what came of it. */
export async function walk(by) {
  const told = {};
  const created = await by.create({ topic: "walk" });
  told.created = created;
  told.renamed = await by.rename(created.id, "A walk");
  told.got = await by.get(created.id);

  const first = await collect(by.run(null, "hello"));
  const { threadId, runId } = first[0];
  told.first = first;
  told.second = await collect(by.run(threadId, "unicode", runId));
  told.failed = await collect(by.run(threadId, "err401", told.second[0].runId));

  told.thread = await by.get(threadId);
  told.messages = await by.messages(threadId);
  told.newestFirst = (await by.messages(threadId, "desc")).map(({ id }) => id);
  told.message = await by.message(threadId, told.messages[0].id);
  told.list = await by.list(1);

  told.cancelled = await cancelling(by, told.failed[0].runId, threadId);
  await by.remove(created.id);
  told.gone = await statusOf(by.get(created.id));
  told.goneAgain = await statusOf(by.remove(created.id));
  told.unknown = await statusOf(by.get("thr_unknown"));
  told.noMessage = await statusOf(by.message(threadId, "msg_unknown"));
  told.left = await by.list(50);
  return told;
}

async function cancelling(by, previousRunId, threadId) {
  const types = [];
  let cancelled;
  for await (const { type, runId } of by.run(threadId, "slow 60", previousRunId)) {
    if (runId && !cancelled) cancelled = await by.cancel(threadId, runId);
    if (types.at(-1) !== type) types.push(type);
  }
  return { cancelled, last: types.at(-1) };
}

/** Tambo says the last event of a failed run twice, which only our client keeps to itself. */
export async function collect(run) {
  const events = [];
  for await (const event of run) if (events.at(-1)?.type !== "RUN_ERROR") events.push(event);
  return events;
}

/** Names instead of ids and times, in the order of their first appearance. */
export function normalised(told) {
  const names = new Map();
  const nameOf = (text) => {
    if (!names.has(text)) names.set(text, `${text.split("_")[0]}-${names.size}`);
    return names.get(text);
  };
  const replace = (key, value) => {
    if (key === "timestamp" || key === "createdAt" || key === "updatedAt") return typeof value;
    return typeof value === "string" && /^(thr|msg|run)_[\w.-]+$/.test(value) ? nameOf(value) : value;
  };
  return JSON.parse(JSON.stringify(told, replace));
}
