/** Tambo in the demo. */
import { type Client, createClient } from "threadpass";
import type { Settings } from "../../demo/settings";
import type { ChatBackend, Who, Words } from "../backend";
import { TamboConversation } from "./conversation";

const words: Words = {
  visitor: "As a nameless visitor, for this tab only.",
  visitorChats: "Your chats last as long as this tab, or until you choose “Forget me”.",
  suggestions: [
    { text: "hello", about: "a short answer" },
    { text: "slow 20", about: "20 seconds to stop, reload or lose the network in" },
    { text: "unicode", about: "accents, Chinese, a rocket" },
    { text: "err401", about: "the model refuses" },
    { text: "midfail", about: "the model breaks off" },
    { text: "cut", about: "the connection breaks off" },
  ],
};

export class TamboBackend implements ChatBackend {
  readonly name = "tambo";
  readonly client: Client<"tambo">;
  readonly words = words;
  readonly archive = null;

  constructor({ backend, apiKey }: Settings, who: Who, ask: typeof fetch) {
    this.client = createClient({ backend: "tambo", baseUrl: backend, apiKey, fetch: ask, ...credentialOf(who) });
  }

  become(who: Who): void {
    this.client.auth.setCredential(credentialOf(who));
  }

  converse(): TamboConversation {
    return new TamboConversation(this.client);
  }
}

const credentialOf = (who: Who) =>
  who === "visitor" ? ({ anonymous: true } as const) : ({ userToken: who, subjectTokenType: "id_token" } as const);
