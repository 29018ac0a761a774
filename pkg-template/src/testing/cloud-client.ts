/** A client of Assistant Cloud that talks to nobody. */
import type { CallOptions, Client, CreatedMessage, CreatedThread, Message, Thread, TitleStream } from "../../index.js";
import type { FakeCallName, FakeClient, FakeClientOptions } from "../../testing/index.js";
import { ThreadpassError } from "../face.js";
import type { Loose } from "../langgraph/read.js";
import { Calls } from "./calls.js";
import { type Asked, Memory, type Stored, pageAfter } from "./cloud-memory.js";
import { FakeAuth } from "./fake-auth.js";
import { listed } from "./listed.js";
import { copyOf } from "./memory.js";

const lifted = ({ thread }: Stored): Thread<"assistant-cloud"> => {
  const raw = copyOf(thread);
  const { id, title, created_at: createdAt, updated_at: updatedAt, is_archived: archived, metadata } = raw;
  return { id, title, createdAt, updatedAt, archived, metadata: metadata ?? null, raw };
};

const roleOf = ({ role }: { readonly role?: unknown }) => (typeof role === "string" ? role : null);

const liftedMessage = (message: Stored["messages"][number]): Message<"assistant-cloud"> => {
  const raw = copyOf(message);
  const { id, parent_id: parentId, created_at: createdAt, content } = raw;
  return { id, parentId, role: roleOf(content), createdAt, raw };
};

/** What is known of a thread that was just made: what was sent, and its id. */
function createdThread(id: string, sent: Loose): CreatedThread {
  const { title = null, last_message_at: at, metadata = null } = sent as { [name: string]: never };
  return { id, title, createdAt: at!, updatedAt: at!, archived: false, metadata, raw: { thread_id: id } };
}

const createdMessage = (id: string, { parent_id: parent, content }: Loose): CreatedMessage => ({
  ...{ id, parentId: parent as string | null, role: roleOf(content as object), createdAt: null },
  raw: { message_id: id },
});

export function fakeCloudClient(options: FakeClientOptions<"assistant-cloud">): FakeClient<"assistant-cloud"> {
  const { state, threads = {} } = options;
  const memory = new Memory();
  for (const [userId, list] of Object.entries(threads))
    for (const thread of [...list].reverse()) memory.add(userId, thread);
  const who = new FakeAuth<"assistant-cloud">(state, "authToken", {});
  const calls = new Calls(who);
  const call = calls.do.bind(calls) as typeof calls.do;

  /** A list, of which pages are asked for. */
  const list = <T extends { id: string }, Q extends Asked & CallOptions>(
    name: FakeCallName<"assistant-cloud">,
    before: readonly unknown[],
    query: Q,
    usual: number,
    page: (userId: string, query: Q) => readonly T[],
  ) =>
    listed<T, Q>(
      (query) =>
        call(name, [...before, query], query, (userId) => {
          const items = page(userId, query);
          return { items, hasMore: items.length >= (query.limit ?? usual), after: items.at(-1)?.id };
        }),
      query,
    );

  /** What a fake does not have. */
  const absent = (name: FakeCallName<"assistant-cloud">, args: readonly unknown[]) =>
    call<never>(name, args, undefined, () => {
      throw new ThreadpassError("api/unsupported", `a fake client has no ${name}`);
    });

  const client: Client<"assistant-cloud"> = {
    backend: "assistant-cloud",
    auth: {
      ...who.auth,
      tokens: {
        create: (options) => call("auth.tokens.create", [], options, (userId) => ({ token: `fake-${userId}` })),
      },
    },
    threads: {
      list: (query = {}) =>
        list("threads.list", [], query, 20, (userId, query) => memory.list(userId, query).map(lifted)),
      get: (id, options) => call("threads.get", [id], options, (userId) => lifted(memory.find(userId, id))),
      create: (init, options) =>
        call("threads.create", [init], options, (userId) => {
          const sent = { last_message_at: new Date(), ...init };
          return createdThread(memory.create(userId, asSent(sent)).thread.id, asSent(sent));
        }),
      update: (id, patch, options) =>
        call("threads.update", [id, patch], options, (userId) => memory.change(memory.find(userId, id), asSent(patch))),
      delete: (id, options) =>
        call("threads.delete", [id], options, (userId) => memory.remove(userId, memory.find(userId, id))),
      claim: (token, options) =>
        call("threads.claim", [token], options, (userId) => ({ moved: memory.claim(token, userId) })),
    },
    messages: {
      list: (threadId, query = {}) =>
        list("messages.list", [threadId], query, 200, (userId, query) => {
          const { messages } = memory.find(userId, threadId);
          return pageAfter(messages, ({ id }) => id, query, 200).map(liftedMessage);
        }),
      create: (threadId, init, options) =>
        call("messages.create", [threadId, init], options, (userId) =>
          createdMessage(memory.say(memory.find(userId, threadId), asSent(init)).id, asSent(init)),
        ),
      update: (threadId, id, patch, options) =>
        call("messages.update", [threadId, id, patch], options, (userId) =>
          memory.rewrite(memory.message(memory.find(userId, threadId), id), asSent(patch)),
        ),
      feedback: (threadId, id, feedback, options) =>
        call("messages.feedback", [threadId, id, feedback], options, (userId) => {
          memory.message(memory.find(userId, threadId), id);
          return { feedback_id: memory.id("score"), ...feedback };
        }),
    },
    runs: {
      title: (threadId, messages, options) =>
        titleOf(() =>
          call("runs.title", [threadId, messages], options, (userId) =>
            memory.title(memory.find(userId, threadId), messages),
          ),
        ),
      report: (report, options) => call("runs.report", [report], options, () => ({ run_id: memory.id("run") })),
    },
    files: {
      pdfToImages: (...args) => absent("files.pdfToImages", args),
      presignUpload: (...args) => absent("files.presignUpload", args),
      presignDownload: (...args) => absent("files.presignDownload", args),
    },
    scores: { create: (...args) => absent("scores.create", args) },
    events: { create: (events, options) => call("events.create", [events], options, () => {}) },
    projects: {
      threads: { list: (query = {}) => listed(() => absent("projects.threads.list", [query]), query) },
      messages: { list: (id, query = {}) => listed(() => absent("projects.messages.list", [id, query]), query) },
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
  const fake: FakeClient<"assistant-cloud">["fake"] = {
    calls: calls.made,
    runs: [],
    addThread: (userId, thread) => copyOf(memory.add(userId, thread).thread),
    setState: (state, cause = "fake") => who.set(state, cause),
    signIn: (user) => who.signIn(user),
    failNext: (name, error) => calls.failNext(name, error),
  };
  return { ...client, fake };
}

/** As it would arrive: dates are texts. */
const asSent = (given: object): Loose => JSON.parse(JSON.stringify(given));

/** A title that is asked for once, by whoever reads first. */
function titleOf(ask: () => Promise<string>): TitleStream {
  let asked: Promise<string> | undefined;
  const title = () => (asked ??= ask());
  return {
    text: async () => (await title()).trim() || null,
    async *[Symbol.asyncIterator]() {
      yield* (await title()).match(/\S+\s*/g) ?? [];
    },
  };
}
