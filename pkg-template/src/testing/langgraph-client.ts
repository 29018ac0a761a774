/** A client of a LangGraph server that talks to nobody. */
import type { CallOptions, Client, LangGraphAssistant, RunInput, Thread } from "../../index.js";
import type { FakeCallName, FakeClient, FakeClientOptions, FakeLangGraphRun } from "../../testing/index.js";
import type { RunEngine } from "../engine-types.js";
import { ThreadpassError, makeRun } from "../face.js";
import { listed } from "./listed.js";
import { Calls } from "./calls.js";
import { FakeAuth } from "./fake-auth.js";
import { copyOf } from "./memory.js";
import { HeldRun, bodyOf } from "./langgraph-run.js";
import { Memory, type Stored, notFound } from "./langgraph-memory.js";
import { merged } from "./langgraph-messages.js";

interface Span extends CallOptions {
  limit?: number;
  offset?: number;
}

const lifted = ({ thread }: Stored): Thread<"langgraph"> => {
  const raw = copyOf(thread);
  const { thread_id: id, created_at: createdAt, updated_at: updatedAt, metadata } = raw;
  const title = typeof metadata?.title === "string" ? metadata.title : null;
  return { id, title, createdAt, updatedAt, archived: false, metadata, raw };
};

export function fakeLangGraphClient(options: FakeClientOptions<"langgraph">): FakeClient<"langgraph"> {
  const { state, threads = {} } = options;
  const memory = new Memory();
  for (const [userId, list] of Object.entries(threads))
    for (const thread of [...list].reverse()) memory.add(userId, thread);
  const who = new FakeAuth<"langgraph">(state, "authToken", {});
  const calls = new Calls(who);
  const runs: FakeLangGraphRun[] = [];
  const held = new Map<string, HeldRun>();
  const call = calls.do.bind(calls) as typeof calls.do;

  /** A list, of which pages are asked for. */
  const list = <T, Q extends Span>(
    name: FakeCallName<"langgraph">,
    before: readonly unknown[],
    query: Q,
    all: (userId: string, query: Q) => readonly T[],
  ) =>
    listed<T & { id?: string }, Q>(
      (query) =>
        call(name, [...before, query], query, (userId) => {
          const { limit = 10, offset = 0 } = query;
          const found = all(userId, query);
          const end = offset + limit;
          return { items: found.slice(offset, end), hasMore: end < found.length, offset: end };
        }),
      query,
    );

  const begin = (userId: string, threadId: string | null, input: RunInput<"langgraph">): HeldRun => {
    const body = bodyOf(input);
    const [stored, run] = memory.begin(userId, threadId, body);
    const strategy = body.multitask_strategy;
    if (strategy === "interrupt" || strategy === "rollback")
      for (const { run_id: id } of stored.runs) held.get(id)?.cancel();
    memory.start(stored, run, body);
    const started = new HeldRun(stored, run, input, (ending) => memory.settle(stored, run, ending));
    held.set(run.run_id, started);
    runs.push(started.control);
    return started;
  };

  const found = (userId: string, threadId: string | null, runId: string): HeldRun => {
    if (threadId !== null) memory.run(memory.find(userId, threadId), runId);
    const run = held.get(runId);
    if (run?.stored.userId !== userId) throw notFound("Run");
    return run;
  };

  /** A run as the app reads it, until it leaves or somebody else is here. */
  const read = (run: HeldRun, isItsOwn: boolean, signal: AbortSignal | undefined): RunEngine => {
    const reader = run.read(() => {
      forget();
      if (isItsOwn) run.cancel();
    });
    const forget = who.onEnd(reader.lose);
    void run.over.then(forget);
    signal?.addEventListener("abort", () => reader.lose(signal.reason), { once: true });
    return reader.engine;
  };

  /** What a run has left when it is over. */
  const values = async (run: HeldRun): Promise<unknown> => {
    await run.over;
    const { code } = (run.error ?? {}) as { code?: string };
    if (code === "run/failed") throw run.error;
    const { values, interrupts } = copyOf(memory.state(run.stored));
    return interrupts?.length ? { ...values, __interrupt__: interrupts } : values;
  };

  /** What a fake does not have. */
  const absent = (name: FakeCallName<"langgraph">, args: readonly unknown[]) =>
    call<never>(name, args, undefined, () => {
      throw new ThreadpassError("api/unsupported", `a fake client has no ${name}`);
    });

  const client: Client<"langgraph"> = {
    backend: "langgraph",
    auth: who.auth,
    threads: {
      list: (query = {}) =>
        list("threads.list", [], query, (userId, query) => memory.search(userId, query).map(lifted)),
      get: (id, options) => call("threads.get", [id], options, (userId) => lifted(memory.find(userId, id))),
      create: (init, options) =>
        call("threads.create", [init], options, (userId) => lifted(memory.create(userId, init ?? {}))),
      update: (id, patch, options) =>
        call("threads.update", [id, patch], options, (userId) => {
          const stored = memory.find(userId, id);
          memory.patch(stored, patch);
          return lifted(stored);
        }),
      delete: (id, options) =>
        call("threads.delete", [id], options, (userId) => {
          const stored = memory.find(userId, id);
          for (const { run_id: run } of stored.runs) held.get(run)?.cancel();
          memory.remove(stored);
        }),
      count: (query = {}) => call("threads.count", [query], query, (userId) => memory.search(userId, query).length),
      copy: (id, options) =>
        call("threads.copy", [id], options, (userId) => lifted(memory.copy(memory.find(userId, id)))),
      state: (id, query = {}) =>
        call("threads.state", [id, query], query, (userId) =>
          copyOf(memory.state(memory.find(userId, id), query.checkpoint)),
        ),
      updateState: (id, update, options) =>
        call("threads.updateState", [id, update], options, (userId) =>
          copyOf(memory.updateState(memory.find(userId, id), update)),
        ),
      history: (id, query = {}) =>
        call("threads.history", [id, query], query, (userId) => copyOf(memory.history(memory.find(userId, id), query))),
    },
    runs: {
      stream: (threadId, input, options) =>
        runOf(
          call("runs.stream", [threadId, input], options, (userId) => {
            // A new thread is one that stays.
            const id = threadId ?? memory.create(userId, {}).thread.thread_id;
            return read(begin(userId, id, input), bodyOf(input).on_disconnect === "cancel", options?.signal);
          }),
        ),
      joinStream: (threadId, runId, options = {}) =>
        runOf(
          call("runs.joinStream", [threadId, runId, options], options, (userId) =>
            read(found(userId, threadId, runId), options.cancelOnDisconnect === true, options.signal),
          ),
        ),
      create: (threadId, input, options) =>
        call("runs.create", [threadId, input], options, (userId) => copyOf(begin(userId, threadId, input).run)),
      wait: (threadId, input, options) =>
        call("runs.wait", [threadId, input], options, (userId) => values(begin(userId, threadId, input))),
      join: (threadId, runId, options) =>
        call("runs.join", [threadId, runId], options, (userId) => values(found(userId, threadId, runId))),
      list: (threadId, query = {}) =>
        list("runs.list", [threadId], query, (userId, query) =>
          copyOf(memory.runs(memory.find(userId, threadId), query)),
        ),
      get: (threadId, runId, options) =>
        call("runs.get", [threadId, runId], options, (userId) =>
          copyOf(memory.run(memory.find(userId, threadId), runId)),
        ),
      cancel: (threadId, runId, options = {}) =>
        call("runs.cancel", [threadId, runId, options], options, (userId) => {
          const { stored, run } = found(userId, threadId, runId);
          const cancelled = held.get(runId)?.cancel() ?? false;
          if (cancelled && options.action === "rollback") memory.removeRun(stored, run);
          return { cancelled };
        }),
      delete: (threadId, runId, options) =>
        call("runs.delete", [threadId, runId], options, (userId) => {
          const stored = memory.find(userId, threadId);
          memory.removeRun(stored, memory.run(stored, runId));
        }),
    },
    assistants: {
      search: (query = {}) =>
        listed<LangGraphAssistant & { id?: string }, typeof query>(
          (query) => absent("assistants.search", [query]),
          query,
        ),
      get: (...args) => absent("assistants.get", args),
      schemas: (...args) => absent("assistants.schemas", args),
    },
    store: {
      get: (...args) => absent("store.get", args),
      put: (...args) => absent("store.put", args),
      delete: (...args) => absent("store.delete", args),
      search: (...args) => absent("store.search", args),
      namespaces: (...args) => absent("store.namespaces", args),
    },
    fetch: (...args) => absent("fetch", args),
    init: async () => {},
    inspect: () => who.inspect(),
    onActivity: (listener) => who.activities.add(listener).off,
    dispose: () => who.dispose(),
  };
  const runOf = (opening: Promise<RunEngine>) =>
    makeRun(opening, (threadId, runId) => client.runs.cancel(threadId, runId));
  const fake: FakeClient<"langgraph">["fake"] = {
    calls: calls.made,
    runs,
    addThread: (userId, thread) => copyOf(memory.add(userId, thread).thread),
    setState: (state, cause = "fake") => who.set(state, cause),
    signIn: (user) => who.signIn(user),
    failNext: (name, error) => calls.failNext(name, error),
  };
  return { ...client, fake };
}
