/** A LangGraph client's type has what the backend has, and nothing of the others'. */
import {
  type Backend,
  type Client,
  type LangGraphAssistant,
  type LangGraphClient,
  type LangGraphItem,
  type LangGraphRun,
  type LangGraphThread,
  type LangGraphThreadState,
  type Page,
  type Run,
  type Thread,
  createClient,
} from "threadpass";
import type { Expect, Same } from "./expect.js";

const common = { backend: "langgraph", baseUrl: "http://localhost:2024" } as const;

const client = createClient({ ...common, authToken: async ({ forceRefresh }) => (forceRefresh ? "a" : null) });
createClient({ ...common, authToken: "token" });
createClient({ ...common, open: true });
createClient({ ...common, open: true, apiKey: "key", assistantId: "agent", timeouts: { streamIdleMs: 1 } });

// @ts-expect-error A forgotten credential.
createClient({ ...common });
// @ts-expect-error There is no server that everybody uses.
createClient({ backend: "langgraph", open: true });
// @ts-expect-error Two credentials.
createClient({ ...common, authToken: "token", open: true });
// @ts-expect-error A server is open, or nothing is said.
createClient({ ...common, open: false });
// @ts-expect-error Another backend's credential.
createClient({ ...common, userToken: "token" });
// @ts-expect-error Another backend's credential.
createClient({ ...common, anonymous: true });
// @ts-expect-error Another backend's option.
createClient({ ...common, authToken: "token", subjectTokenType: "id_token" });
// @ts-expect-error LangGraph's credential.
createClient({ backend: "tambo", apiKey: "x", authToken: "token" });
// @ts-expect-error LangGraph's option.
createClient({ backend: "tambo", apiKey: "x", userToken: "token", assistantId: "agent" });

const { threads, runs, assistants, store } = client;

export type Checks = [
  Expect<Same<typeof client, LangGraphClient>>,
  Expect<Same<Client<"langgraph">, LangGraphClient>>,
  Expect<Same<Client<Backend>["backend"], Backend>>,
  Expect<Same<Awaited<ReturnType<typeof threads.get>>, Thread<"langgraph">>>,
  Expect<Same<Thread<"langgraph">["raw"], LangGraphThread>>,
  Expect<Same<Awaited<ReturnType<typeof threads.list>>, Page<Thread<"langgraph">>>>,
  Expect<Same<Awaited<ReturnType<typeof threads.count>>, number>>,
  Expect<Same<Awaited<ReturnType<typeof threads.state>>, LangGraphThreadState>>,
  Expect<Same<Awaited<ReturnType<typeof threads.history>>, readonly LangGraphThreadState[]>>,
  Expect<Same<Awaited<ReturnType<typeof threads.delete>>, void>>,
  Expect<Same<ReturnType<typeof runs.stream>, Run>>,
  Expect<Same<ReturnType<typeof runs.joinStream>, Run>>,
  Expect<Same<Awaited<ReturnType<typeof runs.create>>, LangGraphRun>>,
  Expect<Same<Awaited<ReturnType<typeof runs.wait>>, unknown>>,
  Expect<Same<Awaited<ReturnType<typeof runs.list>>, Page<LangGraphRun>>>,
  Expect<Same<Awaited<ReturnType<typeof runs.cancel>>, { cancelled: boolean }>>,
  Expect<Same<Awaited<ReturnType<typeof assistants.search>>, Page<LangGraphAssistant>>>,
  Expect<Same<Awaited<ReturnType<typeof store.get>>, LangGraphItem | null>>,
];

export async function calls(signal: AbortSignal): Promise<void> {
  for await (const { title, raw } of threads.list({ limit: 10, offset: 0, status: "busy", ids: ["t"], signal })) {
    const status: "idle" | "busy" | "interrupted" | "error" = raw.status;
    // @ts-expect-error Before the first run there are no values.
    raw.values.messages;
    void [title, status];
  }
  // @ts-expect-error LangGraph's pages have no cursor.
  threads.list({ cursor: "c" });
  // @ts-expect-error There is no such status.
  threads.list({ status: "sleeping" });
  await threads.create({ thread_id: "t", if_exists: "do_nothing", metadata: { title: "Rome" } });
  await threads.update("t", { metadata: { title: "Paris" } });
  // @ts-expect-error A title is metadata here.
  await threads.update("t", { name: "Paris" });
  await threads.updateState("t", { values: null, as_node: "n", checkpoint: { checkpoint_id: "c" } });
  await threads.state("t", { subgraphs: true, checkpoint: { checkpoint_id: "c" }, signal });
  runs.stream(null, "hello", { signal });
  runs.stream("t", { command: { resume: "yes" }, stream_mode: ["values", "messages-tuple"] });
  await runs.create(null, { assistant_id: "agent", input: {}, multitask_strategy: "enqueue" }, { signal });
  await runs.cancel("t", "r", { wait: true, action: "rollback", signal });
  runs.joinStream(null, "r", { lastEventId: "-1", streamMode: "values", cancelOnDisconnect: true });
  await store.put(["users", "ada"], "colour", { is: "red" });
  // @ts-expect-error Tools are the graph's.
  runs.stream(null, "hello", { tools: {} });
  // @ts-expect-error There is no such mode.
  runs.stream(null, { stream_mode: "everything" });
  // @ts-expect-error A run that is waited for by its id has a thread.
  await runs.join(null, "r");
  // @ts-expect-error Messages are part of a thread's state.
  client.messages;
  // @ts-expect-error Components are Tambo's.
  client.components;
  // @ts-expect-error Tambo's server.
  client.mcp;
  // @ts-expect-error A model finds no titles here.
  threads.generateName("t");
  // @ts-expect-error A namespace is a list.
  await store.get("users", "colour");
  // @ts-expect-error A value has members.
  await store.put(["users"], "colour", "red");
}

export function either(client: Client<Backend>): string {
  if (client.backend === "langgraph") return client.store ? "a store" : "";
  return client.messages ? "messages" : "";
}

const tambo = createClient({ backend: "tambo", apiKey: "x", anonymous: true });
// @ts-expect-error LangGraph's.
tambo.store;
// @ts-expect-error LangGraph's.
tambo.assistants;
// @ts-expect-error LangGraph's.
tambo.threads.history("t");
// @ts-expect-error LangGraph's.
tambo.runs.wait("t", "hello");

client.auth.setCredential({ authToken: "token" });
client.auth.setCredential({ open: true });
client.auth.setCredential(null);
// @ts-expect-error Another backend's credential.
client.auth.setCredential({ userKey: "user" });
