/** `threadpass/assistant-cloud`: whose messages a history keeps. */
import type { Client } from "threadpass";
import {
  type History,
  type MessageFormat,
  type ThreadMessage,
  type UIMessage,
  aiSdkV6,
  generateThreadTitle,
  openHistory,
} from "threadpass/assistant-cloud";
import type { Expect, Same } from "./expect.js";

declare const client: Client<"assistant-cloud">;
declare const tambo: Client<"tambo">;

interface Mine extends UIMessage {
  readonly metadata: { readonly model: string };
}
interface Note {
  readonly key: string;
}
declare const notes: MessageFormat<Note>;

const usual = openHistory(client, "t", { format: "ai-sdk/v6" });
const mine = openHistory<Mine>(() => client, "t", { format: "ai-sdk/v6", onWarning: ({ code }) => code });
const theirs = openHistory(client, "t", { format: "aui/v0" });
const own = openHistory(client, "t", { format: notes });
const byObject = openHistory(client, "t", { format: aiSdkV6 });
const title = generateThreadTitle(client, "t", [{ role: "user", content: [{ type: "text", text: "Hi" }] }]);

export type Checks = [
  Expect<Same<typeof usual, History<UIMessage>>>,
  Expect<Same<typeof mine, History<Mine>>>,
  Expect<Same<typeof theirs, History<ThreadMessage>>>,
  Expect<Same<typeof own, History<Note>>>,
  Expect<Same<typeof byObject, History<UIMessage>>>,
  Expect<Same<typeof title, Promise<string | null>>>,
  Expect<Same<ReturnType<typeof own.append>, Promise<string>>>,
];

export async function refused(message: UIMessage): Promise<void> {
  // @ts-expect-error Another backend keeps its own messages.
  openHistory(tambo, "t", { format: "ai-sdk/v6" });
  // @ts-expect-error A format has to be said.
  openHistory(client, "t", {});
  // @ts-expect-error There is no such format.
  openHistory(client, "t", { format: "ai-sdk/v4" });
  // @ts-expect-error A message has a parent, or says that it has none.
  await usual.append({ message });
  // @ts-expect-error These messages are not of this format.
  await theirs.update({ message });
}
