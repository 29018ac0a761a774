/** An Assistant Cloud client's type has what the backend has, and nothing of the others'. */
import {
  type AssistantCloudClient,
  type AssistantCloudMessage,
  type AssistantCloudThread,
  type Client,
  type CreatedMessage,
  type CreatedThread,
  type Message,
  type Page,
  type Thread,
  type TitleStream,
  createClient,
} from "threadpass";
import { useThreads } from "threadpass/react";
import type { Expect, Same } from "./expect.js";

const common = { backend: "assistant-cloud", baseUrl: "https://proj.example" } as const;
const key = { apiKey: "key", userId: "u", workspaceId: "w" } as const;

const client = createClient({ ...common, authToken: async ({ forceRefresh }) => (forceRefresh ? "a" : null) });
createClient({ ...common, authToken: () => null, claimAnonymous: true });
createClient({ ...common, authToken: () => null, claimAnonymous: { persist: "session" } });
createClient({ ...common, anonymous: true });
createClient({ ...common, anonymous: { persist: "memory" } });
createClient({ ...common, ...key });
createClient({ backend: "assistant-cloud", ...key });

// @ts-expect-error A forgotten credential.
createClient({ ...common });
// @ts-expect-error Every project has a host of its own.
createClient({ backend: "assistant-cloud", authToken: () => null });
// @ts-expect-error Every project has a host of its own.
createClient({ backend: "assistant-cloud", anonymous: true });
// @ts-expect-error Two credentials.
createClient({ ...common, authToken: () => null, anonymous: true });
// @ts-expect-error Two credentials.
createClient({ ...common, ...key, authToken: () => null });
// @ts-expect-error A key acts for somebody.
createClient({ ...common, apiKey: "key" });
// @ts-expect-error A key acts in a workspace.
createClient({ ...common, apiKey: "key", userId: "u" });
// @ts-expect-error A string cannot be renewed, and lives five minutes.
createClient({ ...common, authToken: "token" });
// @ts-expect-error Somebody anonymous has nobody to claim from.
createClient({ ...common, anonymous: true, claimAnonymous: true });
// @ts-expect-error Another backend's credential.
createClient({ ...common, userToken: "token" });
// @ts-expect-error Assistant Cloud's option.
createClient({ backend: "langgraph", baseUrl: "x", authToken: "token", claimAnonymous: true });

const { threads, messages, runs, files, auth } = client;

export type Checks = [
  Expect<Same<typeof client, AssistantCloudClient>>,
  Expect<Same<Client<"assistant-cloud">, AssistantCloudClient>>,
  Expect<Same<Thread<"assistant-cloud">["raw"], AssistantCloudThread>>,
  Expect<Same<Message<"assistant-cloud">["raw"], AssistantCloudMessage>>,
  Expect<Same<Awaited<ReturnType<typeof threads.list>>, Page<Thread<"assistant-cloud">>>>,
  Expect<Same<Awaited<ReturnType<typeof threads.create>>, CreatedThread>>,
  Expect<Same<Awaited<ReturnType<typeof threads.update>>, void>>,
  Expect<Same<Awaited<ReturnType<typeof messages.create>>, CreatedMessage>>,
  Expect<Same<ReturnType<typeof runs.title>, TitleStream>>,
];

export async function calls(signal: AbortSignal): Promise<void> {
  for await (const { title, raw } of threads.list({ is_archived: true, limit: 10, signal })) {
    const height: string = raw.last_message_at;
    void [title, height];
  }
  await threads.create({ last_message_at: new Date(), metadata: { a: "1" }, external_id: "own", upsert: true });
  const { moved } = await threads.claim("refresh_0", { signal });
  await messages.create("t", { parent_id: null, format: "ai-sdk/v6", content: { role: "user" } });
  const text: string | null = await runs.title("t", [{ role: "user", content: [{ type: "text", text: "x" }] }]).text();
  const { token } = await auth.tokens.create();
  await files.presignDownload({ url: "https://x" });
  void [moved, text, token];
  // @ts-expect-error Assistant Cloud's pages have no cursor.
  threads.list({ cursor: "c" });
  // @ts-expect-error A message says where it stands in the tree.
  messages.create("t", { format: "ai-sdk/v6", content: {} });
  // @ts-expect-error One of both.
  files.presignDownload({ key: "k", url: "u" });
  // @ts-expect-error There is no such feedback.
  messages.feedback("t", "m", { type: "neutral" });
  // @ts-expect-error It runs no model.
  runs.stream("t", "Hello");
  // @ts-expect-error It has no components.
  client.components;
  // @ts-expect-error Of what was made only the id is answered.
  (await threads.create()).raw.created_at;
  const tambo = createClient({ backend: "tambo", apiKey: "x", anonymous: true });
  // @ts-expect-error Other backends make no tokens.
  tambo.auth.tokens;
}

/** React's list of them. */
export function Chats(): void {
  const list = useThreads<"assistant-cloud">();
  for (const { title, archived, raw } of list.threads) void [title, archived, raw.last_message_at];
}
