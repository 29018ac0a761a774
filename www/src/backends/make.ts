/** The backends that there are, and the making of one. */
import type { Settings } from "../demo/settings";
import { AssistantCloudBackend } from "./assistant-cloud/backend";
import type { ChatBackend, Who } from "./backend";
import type { BackendName } from "./names";
import { TamboBackend } from "./tambo/backend";

export const backendsIn = ({ assistantCloud }: Settings): readonly BackendName[] =>
  assistantCloud ? ["tambo", "assistant-cloud"] : ["tambo"];

/** `ask` is how it reaches the network. */
export function makeBackend(name: BackendName, settings: Settings, who: Who, ask: typeof fetch): ChatBackend {
  switch (name) {
    case "tambo":
      return new TamboBackend(settings, who, ask);
    case "assistant-cloud":
      return new AssistantCloudBackend(settings, who, ask);
  }
}
