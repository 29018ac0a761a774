/** Threads, messages and runs, as code that uses them is written. */
import {
  type Client,
  type ClientTool,
  type Message,
  type Page,
  type Run,
  type RunEvent,
  type RunResult,
  type Suggestion,
  type TamboContent,
  type Thread,
  createClient,
} from "threadpass";
import type { Expect, Same } from "./expect.js";

const client = createClient({ backend: "tambo", apiKey: "x", anonymous: true });
const { threads, messages, runs } = client;

export type Checks = [
  Expect<Same<typeof client, Client<"tambo">>>,
  Expect<Same<Awaited<ReturnType<typeof threads.get>>, Thread<"tambo">>>,
  Expect<Same<Awaited<ReturnType<typeof threads.list>>, Page<Thread<"tambo">>>>,
  Expect<Same<Awaited<ReturnType<typeof messages.list>>, Page<Message<"tambo">>>>,
  Expect<Same<Awaited<ReturnType<typeof threads.delete>>, void>>,
  Expect<Same<Awaited<ReturnType<Run["result"]>>, RunResult>>,
  Expect<Same<RunResult["outcome"], "finished" | "awaiting-input">>,
];

export async function lists(signal: AbortSignal): Promise<void> {
  for await (const { id, title, metadata, raw } of threads.list({ limit: 10, signal })) {
    const status: "idle" | "waiting" | "streaming" = raw.runStatus;
    // @ts-expect-error A thread may have no title.
    const name: string = title;
    // @ts-expect-error Metadata is the app's own; nobody knows what is in it.
    metadata.topic;
    void [id, status, name];
  }
  const first = await threads.list({ cursor: "c" });
  const next: Page<Thread<"tambo">> | null = await first.next();
  // @ts-expect-error After the last page there is none.
  next.items;
  // @ts-expect-error A page is read, not written.
  first.items.push(await threads.get("id"));
  for await (const message of messages.list("id", { order: "desc" }))
    for (const block of message.raw.content) text(block);
  // @ts-expect-error There is no such order.
  messages.list("id", { order: "newest" });
  // @ts-expect-error A limit is a number.
  threads.list({ limit: "10" });
}

function text(block: TamboContent): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "resource":
      return block.resource.uri ?? "";
    case "tool_use":
      return block.name;
    case "tool_result":
      return block.content.map(text).join("");
    case "component":
      return block.name;
  }
}

export async function writes(): Promise<void> {
  const content = [{ type: "text", text: "hello" }] as const;
  await threads.create();
  await threads.create({ metadata: { topic: 1 }, initialMessages: [{ role: "user", content }] });
  await threads.update("id", { name: "n" });
  await threads.delete("id", { signal: AbortSignal.timeout(1) });
  // @ts-expect-error Who the user is, is the credential's to say.
  await threads.create({ userKey: "user" });
  // @ts-expect-error There is something to change.
  await threads.update("id");
  // @ts-expect-error An id is a text.
  await threads.get(7);
  // @ts-expect-error Null is a new thread for runs only.
  await threads.get(null);
}

export async function talk(): Promise<void> {
  const run: Run = runs.stream(null, "hello", { signal: AbortSignal.timeout(1_000) });
  for await (const event of run) {
    const checks: [Expect<Same<typeof event, RunEvent>>] = [true];
    void checks;
    // @ts-expect-error What an event carries has to be looked at first.
    event.delta.length;
    if (event.type === "TEXT_MESSAGE_CONTENT" && typeof event.delta === "string") console.log(event.delta.length);
  }
  const { threadId, runId } = await run.result();
  const { cancelled }: { cancelled: boolean } = await runs.cancel(threadId, runId);
  void [cancelled, await run.threadId(), await run.runId(), await run.cancel()];
  runs.stream(threadId, {
    message: {
      role: "user",
      content: [{ type: "tool_result", toolUseId: "c", content: [{ type: "text", text: "rain" }] }],
    },
    toolChoice: { name: "t" },
  });
  // @ts-expect-error Only a user says something.
  runs.stream(null, { message: { role: "assistant", content: [] } });
  // @ts-expect-error There is something to say.
  runs.stream(null);
}

export async function tools(): Promise<void> {
  const parameters = { type: "object", properties: { city: { type: "string" } } };
  const weather: ClientTool = {
    description: "The weather.",
    parameters,
    execute: async ({ city }: { city: string }, { signal, toolCallId }) => [city, signal.aborted, toolCallId],
    timeoutMs: 1_000,
  };
  const byHand: ClientTool = { description: "Asks the user.", parameters };
  const run = runs.stream(null, "hello", { tools: { weather, byHand }, maxSteps: 3, signal: AbortSignal.timeout(1) });
  const { outcome }: { outcome: "finished" | "awaiting-input" } = await run.result();
  void outcome;
  // @ts-expect-error A tool says what it does.
  runs.stream(null, "hello", { tools: { weather: { parameters } } });
  // @ts-expect-error What it takes is a schema.
  runs.stream(null, "hello", { tools: { weather: { description: "d", parameters: "object" } } });
  // @ts-expect-error Tools have names.
  runs.stream(null, "hello", { tools: [weather] });
}

export async function extras(): Promise<void> {
  const { title, raw } = await threads.generateName("id");
  for await (const suggestion of messages.suggestions.list("id", "message", { limit: 3 })) {
    const check: Expect<Same<typeof suggestion, Suggestion>> = true;
    void check;
  }
  const [made] = await messages.suggestions.create("id", "message", { maxSuggestions: 3 });
  const description: string | null | undefined = made?.description;
  const state: Record<string, unknown> = await client.components.setState("id", "component", { open: true });
  await client.components.patchState("id", "component", [{ op: "remove", path: "/open" }]);
  const token = await client.mcp.createToken({ threadId: "id" });
  // @ts-expect-error A project may have no such server.
  token.expiresAtMs;
  // @ts-expect-error There is no such operation.
  await client.components.patchState("id", "component", [{ op: "set", path: "/open", value: 1 }]);
  // @ts-expect-error A state has members.
  await client.components.setState("id", "component", 7);
  void [title, raw, description, state];
}

export async function others(): Promise<void> {
  const response: Response = await client.fetch(new URL("https://api.example.com"), { method: "POST", body: "x" });
  // As an option of another SDK.
  const sdk: { fetch: typeof fetch } = { fetch: client.fetch };
  const { status, generation, deadlineMs, refreshing } = client.inspect();
  const facts: [string, number, number | null, boolean] = [status, generation, deadlineMs, refreshing];
  await client.init();
  client.dispose();
  void [response, sdk, facts];
}
