/** What a client has of its backend: the calls of the core's tables, by the names of the public types. */
import type {
  AssistantCloudClient,
  AssistantCloudProjects,
  AssistantCloudRuns,
  AssistantCloudThreads,
  Assistants,
  AssistantCloudAuth,
  Backend,
  BaseClient,
  CallOptions,
  Client,
  Components,
  LangGraphRuns,
  LangGraphThreads,
  Mcp,
  Run,
  RunBackend,
  RunInput,
  RunOptions,
  Store,
  Suggestions,
  TamboClient,
  TamboThreads,
  TitleStream,
} from "../index.js";
import type { Engine, RunEngine } from "./engine-types.js";
import { pages } from "./pages.js";

/** What is a backend's own, and the tokens that Assistant Cloud's `auth` has. */
type Parts<B extends Backend> = Omit<Client<B>, Exclude<keyof BaseClient<B>, "threads" | "runs">> &
  (B extends "assistant-cloud" ? Pick<AssistantCloudAuth, "tokens"> : unknown);

export function partsOf(
  backend: string,
  use: <T>(run: (engine: Engine) => Promise<T>) => Promise<T>,
  run: (open: (engine: Engine) => Promise<RunEngine>) => Run,
): Pick<Client<Backend>, "threads" | "runs"> & { tokens?: object } {
  /**
   * Calls of one kind, each with the number of its arguments: options come after them, or if negative, within the last. What
   * is called `list`, and the search for assistants, is a list, whose query comes after them.
   */
  const calls = <T>(kind: string, counts: { [M in keyof T]: number }): T =>
    Object.fromEntries(
      Object.entries<number>(counts).map(([method, count]) => [
        method,
        (...args: unknown[]) => {
          const name = `${kind}.${method}`;
          const [length, options] = count < 0 ? [-count, -count - 1] : [count, count];
          const [before, last] = [args.slice(0, length), args[options] as CallOptions];
          return /list|ts\.search/.test(name)
            ? pages(() => use((engine) => engine.list(name, before, last)))
            : use((engine) => engine.call(name, before, last));
        },
      ]),
    ) as T;
  const stream = (threadId: string | null, input: RunInput<RunBackend>, options?: RunOptions<RunBackend>) =>
    run((engine) => engine.run(threadId, input, options));
  const usual = { list: 0, get: 1, create: 1, update: 2, delete: 1 };

  if (backend === "assistant-cloud") {
    const parts = {
      threads: calls<AssistantCloudThreads>("threads", { ...usual, claim: 1 }),
      messages: calls<AssistantCloudClient["messages"]>("messages", { list: 1, create: 2, update: 3, feedback: 3 }),
      runs: {
        title: (...args) => titled(() => use((engine) => engine.title(...args))),
        ...calls<Omit<AssistantCloudRuns, "title">>("runs", { report: 1 }),
      },
      files: calls<AssistantCloudClient["files"]>("files", { pdfToImages: 1, presignUpload: 1, presignDownload: 1 }),
      scores: calls<AssistantCloudClient["scores"]>("scores", { create: 1 }),
      events: calls<AssistantCloudClient["events"]>("events", { create: 1 }),
      projects: {
        threads: calls<AssistantCloudProjects["threads"]>("projects.threads", { list: 0 }),
        messages: calls<AssistantCloudProjects["messages"]>("projects.messages", { list: 1 }),
      },
      tokens: calls<AssistantCloudAuth["tokens"]>("auth.tokens", { create: 0 }),
    } satisfies Parts<"assistant-cloud">;
    return parts;
  }
  if (backend === "langgraph") {
    const parts = {
      threads: calls<LangGraphThreads>("threads", {
        ...usual,
        ...{ count: -1, copy: 1, state: -2, updateState: 2, history: -2 },
      }),
      runs: {
        ...calls<Omit<LangGraphRuns, "stream" | "joinStream">>("runs", {
          ...{ list: 1, create: 2, wait: 2, join: 2, get: 2, cancel: -3, delete: 2 },
        }),
        stream,
        joinStream: (threadId, runId, options) => run((engine) => engine.join(threadId, runId, options)),
      },
      assistants: calls<Assistants>("assistants", { search: 0, get: 1, schemas: 1 }),
      store: calls<Store>("store", { get: 2, put: 3, delete: 2, search: -2, namespaces: -1 }),
    } satisfies Parts<"langgraph">;
    return parts;
  }
  const parts = {
    threads: calls<TamboThreads>("threads", { ...usual, generateName: 1 }),
    messages: {
      ...calls<Omit<TamboClient["messages"], "suggestions">>("messages", { list: 1, get: 2 }),
      suggestions: calls<Suggestions>("suggestions", { list: 2, create: 3 }),
    },
    components: calls<Components>("components", { setState: 3, patchState: 3 }),
    mcp: calls<Mcp>("mcp", { createToken: 1 }),
    runs: { stream, ...calls<Pick<TamboClient["runs"], "cancel">>("runs", { cancel: 2 }) },
  } satisfies Parts<"tambo">;
  return parts;
}

/** A title, which is asked for when somebody wants it. */
function titled(open: () => Promise<TitleStream>): TitleStream {
  let opened: Promise<TitleStream> | undefined;
  const start = () => (opened ??= open());
  return {
    text: async () => (await start()).text(),
    async *[Symbol.asyncIterator]() {
      yield* await start();
    },
  };
}
