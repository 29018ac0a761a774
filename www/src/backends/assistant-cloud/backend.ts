/** Assistant Cloud in the demo. It keeps what is said; the model is the page's own. */
import { type Client, createClient } from "threadpass";
import type { Recovery } from "../../chat/recovery";
import type { Settings } from "../../demo/settings";
import type { Archive, ChatBackend, Who, Words } from "../backend";
import { AssistantCloudConversation } from "./conversation";

const words: Words = {
  visitor: "As a nameless visitor. Your chats come with you when you sign in.",
  visitorChats: "Your chats stay in this browser until you choose “Forget me”, and come with you when you sign in.",
  suggestions: [
    { text: "hello", about: "a short answer" },
    { text: "slow 20", about: "20 seconds to stop, reload or lose the network in" },
    { text: "unicode", about: "accents, Chinese, a rocket" },
    { text: "err401", about: "the model refuses" },
    { text: "midfail", about: "the model breaks off" },
    { text: "cut", about: "the model falls silent" },
  ],
};

export class AssistantCloudBackend implements ChatBackend {
  readonly name = "assistant-cloud";
  readonly client: Client<"assistant-cloud">;
  readonly words = words;
  readonly archive: Archive;

  constructor({ assistantCloud = "" }: Settings, who: Who, ask: typeof fetch) {
    const client = createClient({
      backend: "assistant-cloud",
      baseUrl: assistantCloud,
      fetch: ask,
      ...credentialOf(who),
    });
    this.client = client;
    this.archive = {
      list: (query) => client.threads.list({ ...query, is_archived: true }),
      put: async (id, archived) => {
        await client.threads.update(id, { is_archived: archived });
        return client.threads.get(id);
      },
    };
  }

  become(who: Who): void {
    this.client.auth.setCredential(credentialOf(who));
  }

  converse(recovery: Recovery): AssistantCloudConversation {
    return new AssistantCloudConversation(this.client, recovery);
  }
}

const credentialOf = (who: Who) =>
  who === "visitor" ? ({ anonymous: true } as const) : ({ authToken: who, claimAnonymous: true } as const);
