/** What a client has of its backend: the calls of the core's tables, by the names of the public types. */
import type {
  Assistants,
  Backend,
  BaseClient,
  CallOptions,
  Client,
  LangGraphClient,
  LangGraphRuns,
  LangGraphThreads,
  McpToken,
  Page,
  PatchOperation,
  Run,
  RunInput,
  RunOptions,
  Store,
  Suggestion,
  TamboClient,
  TamboThreads,
} from "../index.js";
import type { Engine, RunEngine } from "./engine-types.js";
import { pages } from "./pages.js";

type Own<C, B extends Backend> = Omit<C, Exclude<keyof BaseClient<B>, "threads" | "runs">>;

export function partsOf(
  backend: string,
  call: (name: string, args: unknown[], options?: object) => Promise<unknown>,
  run: (open: (engine: Engine) => Promise<RunEngine>) => Run,
): Pick<Client<Backend>, "threads" | "runs"> {
  /** Calls of one kind, each with the number of its arguments: options come after them, or if negative, within the last. */
  const calls = <T>(kind: string, counts: { [M in keyof T]: number }): T =>
    Object.fromEntries(
      Object.entries<number>(counts).map(([method, count]) => [
        method,
        (...args: unknown[]) => {
          const [length, options] = count < 0 ? [-count, -count - 1] : [count, count];
          return call(`${kind}.${method}`, args.slice(0, length), args[options] as object);
        },
      ]),
    ) as T;
  /** A list, with so many arguments before its query. */
  const list =
    (name: string, count = 0) =>
    (...args: unknown[]): never =>
      pages((query) => call(name, [...args.slice(0, count), query], query), (args[count] ?? {}) as object) as never;
  const stream = (threadId: string | null, input: RunInput<Backend>, options?: RunOptions<Backend>) =>
    run((engine) => engine.run(threadId, input, options));

  if (backend === "langgraph") {
    const parts = {
      threads: {
        list: list("threads.list"),
        ...calls<Omit<LangGraphThreads, "list" | "state">>("threads", {
          ...{ get: 1, create: 1, update: 2, delete: 1, count: -1, copy: 1, updateState: 2, history: -2 },
        }),
        state: (id, query) => call(`threads.state${query?.checkpoint ? "At" : ""}`, [id, query], query) as never,
      },
      runs: {
        list: list("runs.list", 1),
        ...calls<Omit<LangGraphRuns, "list" | "stream" | "joinStream">>("runs", {
          ...{ create: 2, wait: 2, join: 2, get: 2, cancel: -3, delete: 2 },
        }),
        stream,
        joinStream: (threadId, runId, options) => run((engine) => engine.join(threadId, runId, options)),
      },
      assistants: {
        search: list("assistants.search"),
        ...calls<Omit<Assistants, "search">>("assistants", { get: 1, schemas: 1 }),
      },
      store: calls<Store>("store", { get: 2, put: 3, delete: 2, search: -2, namespaces: -1 }),
    } satisfies Own<LangGraphClient, "langgraph">;
    return parts;
  }

  const changeState =
    (how: string) =>
    async (threadId: string, id: string, change: object | readonly PatchOperation[], options?: CallOptions) =>
      ((await call(`components.${how}`, [threadId, id, change], options)) as { state: Record<string, unknown> }).state;
  const parts = {
    threads: {
      list: list("threads.list"),
      ...calls<Omit<TamboThreads, "list">>("threads", { get: 1, create: 1, update: 2, delete: 1, generateName: 1 }),
    },
    messages: {
      list: list("messages.list", 1),
      ...calls<Pick<TamboClient["messages"], "get">>("messages", { get: 2 }),
      suggestions: {
        list: list("suggestions.list", 2),
        create: async (threadId, id, init, options) =>
          ((await call("suggestions.create", [threadId, id, init], options)) as Page<Suggestion>).items,
      },
    },
    components: { setState: changeState("setState"), patchState: changeState("patchState") },
    mcp: {
      async createToken(init, options) {
        const token = (await call("mcp.createToken", [init], options)) as McpToken;
        return token.token ? token : null;
      },
    },
    runs: { stream, ...calls<Pick<TamboClient["runs"], "cancel">>("runs", { cancel: 2 }) },
  } satisfies Own<TamboClient, "tambo">;
  return parts;
}
