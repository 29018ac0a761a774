import type {
  Client,
  Message,
  RunInput,
  Suggestion,
  TamboContent,
  TamboMessage,
  TamboThread,
  Thread,
} from "../../index.js";
import type { FakeClient, FakeClientOptions, FakeRun } from "../../testing/index.js";
import { ThreadpassError } from "../face.js";
import { listed } from "./listed.js";
import { Calls } from "./calls.js";
import { FakeAuth } from "./fake-auth.js";
import { type Running, runOf, startRun } from "./fake-run.js";
import { Memory, type Stored, copyOf, pageOfMessages, pageOfThreads, textOf } from "./memory.js";

const lifted = (raw: TamboThread): Thread<"tambo"> => {
  const { id, name = null, createdAt, updatedAt, metadata } = raw;
  return { id, title: name, createdAt, updatedAt, archived: false, metadata, raw };
};

const liftedMessage = (raw: TamboMessage): Message<"tambo"> => {
  const { id, parentMessageId = null, role, createdAt = null } = raw;
  return { id, parentId: parentMessageId, role, createdAt, raw };
};

const suggestion = (messageId: string, number: number): Suggestion => {
  const [id, title, description] = [`sug_${number}`, `Suggestion ${number}`, `What about suggestion ${number}?`];
  return { id, title, description, createdAt: null, raw: { id, messageId, title, description } };
};

const contentOf = (input: RunInput<"tambo">): readonly TamboContent[] =>
  typeof input === "string" ? [{ type: "text", text: input }] : input.message.content;

export function fakeTamboClient({ state, threads = {} }: FakeClientOptions): FakeClient {
  const memory = new Memory();
  for (const [userId, list] of Object.entries(threads))
    for (const thread of [...list].reverse()) memory.add(userId, thread);
  const who = new FakeAuth<"tambo">(state, "tokenExchange", { "x-api-key": "tambo_fake" });
  const calls = new Calls(who);
  const runs: FakeRun[] = [];
  const running = new Map<string, Running>();
  /** By message. */
  const suggestions = new Map<string, readonly Suggestion[]>();
  const call = calls.do.bind(calls) as typeof calls.do;
  const found = (userId: string, id: string): Stored => {
    const stored = memory.find(userId, id);
    if (!stored) throw new ThreadpassError("api/forbidden", `there is no thread ${id} of this user`, { status: 403 });
    return stored;
  };

  const message = (userId: string, threadId: string, id: string): TamboMessage => {
    const message = found(userId, threadId).messages.find((message) => message.id === id);
    if (!message) throw new ThreadpassError("api/not-found", `there is no message ${id}`, { status: 404 });
    return message;
  };

  const begin = (userId: string, threadId: string | null, input: RunInput<"tambo">): Running => {
    const stored = threadId === null ? memory.add(userId) : found(userId, threadId);
    const { thread } = stored;
    if (thread.currentRunId)
      throw new ThreadpassError("api/conflict", `thread ${thread.id} has a run already`, { status: 409 });
    memory.say(stored, "user", contentOf(input));
    const ids = { threadId: thread.id, runId: memory.id("run"), messageId: memory.id("msg") };
    const started = startRun(ids, input, ({ text, isCancelled }) => {
      forget();
      running.delete(ids.runId);
      Object.assign(thread, { runStatus: "idle", currentRunId: undefined, lastCompletedRunId: ids.runId });
      const more = { id: ids.messageId, ...(isCancelled && { isCancelled }) };
      if (text) memory.say(stored, "assistant", [{ type: "text", text }], more);
    });
    const forget = who.onEnd(started.end);
    Object.assign(thread, { runStatus: "streaming", currentRunId: ids.runId });
    running.set(ids.runId, started);
    runs.push(started.control);
    return started;
  };

  const client: Client<"tambo"> = {
    backend: "tambo",
    auth: who.auth,
    threads: {
      list: (query = {}) => {
        const list = ({ limit = 20, cursor }: { limit?: number; cursor?: string }) =>
          call("threads.list", [query], query, (userId) => {
            const { items, hasMore, nextCursor } = pageOfThreads(memory.of(userId), { limit, cursor });
            return { items: items.map(({ thread }) => lifted(thread)), hasMore, cursor: nextCursor };
          });
        return listed<Thread<"tambo">, typeof query>(list, query);
      },
      get: (id, options) =>
        call("threads.get", [id], options, (userId) => {
          const { thread, messages } = copyOf(found(userId, id));
          return lifted({ ...thread, messages });
        }),
      create: (init, options) =>
        call("threads.create", [init], options, (userId) => {
          const stored = memory.add(userId, init?.metadata ? { metadata: init.metadata } : {});
          for (const { role, content } of init?.initialMessages ?? []) memory.say(stored, role, content);
          return lifted(copyOf(stored.thread));
        }),
      update: (id, patch, options) =>
        call("threads.update", [id, patch], options, (userId) => {
          const stored = found(userId, id);
          memory.change(stored, patch);
          return lifted(copyOf(stored.thread));
        }),
      delete: (id, options) =>
        call("threads.delete", [id], options, (userId) => void memory.remove(userId, found(userId, id).thread.id)),
      generateName: (id, options) =>
        call("threads.generateName", [id], options, (userId) => {
          const stored = found(userId, id);
          const said = stored.messages.find(({ role }) => role === "user");
          const name = textOf(said?.content ?? []).slice(0, 40) || "A chat";
          memory.change(stored, { name });
          return { title: name, raw: copyOf(stored.thread) };
        }),
    },
    messages: {
      list: (threadId, query = {}) => {
        const list = ({ limit = 50, cursor, order }: { limit?: number; cursor?: string; order?: string }) =>
          call("messages.list", [threadId, query], query, (userId) => {
            const { messages } = found(userId, threadId);
            const page = pageOfMessages(messages, { limit, cursor, order });
            return { items: page.items.map(liftedMessage), hasMore: page.hasMore, cursor: page.nextCursor };
          });
        return listed<Message<"tambo">, typeof query>(list, query);
      },
      get: (threadId, id, options) =>
        call("messages.get", [threadId, id], options, (userId) => liftedMessage(copyOf(message(userId, threadId, id)))),
      suggestions: {
        list: (threadId, id, query = {}) => {
          const list = ({ limit = 10, cursor }: { limit?: number; cursor?: string }) =>
            call("suggestions.list", [threadId, id, query], query, (userId) => {
              const all = suggestions.get(message(userId, threadId, id).id) ?? [];
              const begin = Number(cursor ?? 0);
              const end = begin + limit;
              return { items: all.slice(begin, end), hasMore: end < all.length, cursor: String(end) };
            });
          return listed<Suggestion, typeof query>(list, query);
        },
        create: (threadId, id, init = {}, options) =>
          call("suggestions.create", [threadId, id, init], options, (userId) => {
            const made = Array.from({ length: init.maxSuggestions ?? 3 }, (_, index) => suggestion(id, index + 1));
            suggestions.set(message(userId, threadId, id).id, made);
            return made;
          }),
      },
    },
    components: {
      setState: (threadId, id, state, options) =>
        call("components.setState", [threadId, id, state], options, (userId) => {
          found(userId, threadId);
          return copyOf(state);
        }),
      patchState: (threadId, id, patch, options) =>
        call("components.patchState", [threadId, id, patch], options, () => {
          throw new ThreadpassError("api/unsupported", "a fake client applies no JSON Patch; use setState");
        }),
    },
    mcp: { createToken: (init, options) => call("mcp.createToken", [init], options, () => null) },
    runs: {
      stream: (threadId, input, options) =>
        runOf(
          call("runs.stream", [threadId, input], options, (userId) => {
            const started = begin(userId, threadId, input);
            const { signal } = options ?? {};
            signal?.addEventListener("abort", () => started.end(signal.reason), { once: true });
            return started;
          }),
          (threadId, runId) => client.runs.cancel(threadId, runId),
        ),
      cancel: (threadId, runId, options) =>
        call("runs.cancel", [threadId, runId], options, () => ({ cancelled: running.get(runId)?.cancel() ?? false })),
    },
    fetch: (input, init) =>
      call("fetch", [input, init], undefined, () => {
        throw new ThreadpassError(
          "api/unsupported",
          "a fake client sends nothing; test with createFakeBackend instead",
        );
      }),
    init: async () => {},
    inspect: () => who.inspect(),
    onActivity: (listener) => who.activities.add(listener).off,
    dispose: () => who.dispose(),
  };
  const fake: FakeClient["fake"] = {
    calls: calls.made,
    runs,
    addThread: (userId, thread) => copyOf(memory.add(userId, thread).thread),
    setState: (state, cause = "fake") => who.set(state, cause),
    signIn: (user) => who.signIn(user),
    failNext: (name, error) => calls.failNext(name, error),
  };
  return { ...client, fake };
}
