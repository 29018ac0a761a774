/** What becomes of anonymous visitors who leave. */
import type { ChatBackend } from "../backends/backend";
import { makeBackend } from "../backends/make";
import type { BackendName } from "../backends/names";
import { forgetLastChat } from "../chat/last-chat";
import { anonymousMode } from "./mode";
import type { Settings } from "./settings";

/** How long leaving may take for the sake of tidiness. */
const tidyMs = 3_000;

/** Nobody will ever be this visitor again, so that their chats would lie around for nobody. */
export async function deleteChats({ client, archive }: ChatBackend): Promise<void> {
  const signal = AbortSignal.timeout(tidyMs);
  try {
    for (const list of [client.threads.list({ limit: 100, signal }), archive?.list({ limit: 100, signal })])
      for await (const { id } of list ?? []) await client.threads.delete(id, { signal });
  } catch {
    // Whoever leaves is not kept from it by a backend that does not answer.
  }
}

/** Forgets this browser's visitor of a backend, with all chats or without a request. */
export async function forgetVisitor(
  name: BackendName,
  settings: Settings,
  { chats }: { chats: boolean },
): Promise<void> {
  const backend = makeBackend(name, settings, "visitor", fetch);
  if (chats) await deleteChats(backend);
  await backend.client.auth.signOut();
  backend.client.dispose();
}

/**
 * Whoever signs in leaves the anonymous visitor behind, so that nobody after them finds its chats. At Assistant Cloud the
 * visitor waits to be claimed.
 */
export async function leaveAnonymity(settings: Settings): Promise<void> {
  if (!anonymousMode.get()) return;
  const wasTambo = anonymousMode.backends().includes("tambo");
  anonymousMode.clear();
  forgetLastChat();
  if (wasTambo) await forgetVisitor("tambo", settings, { chats: false });
}
