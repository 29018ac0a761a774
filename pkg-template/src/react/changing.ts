/** Changing threads of any backend. */
import type {
  AssistantCloudClient,
  Backend,
  BaseThreads,
  Client,
  NativeThreadInit,
  RunBackend,
  Thread,
} from "../../index.js";

/** Assistant Cloud answers no thread to who makes or changes one, so that it is read. That it cannot be changes nothing. */
async function reread<T extends { id: string }>(client: Client<Backend>, known: T): Promise<Thread<Backend>> {
  return client.threads.get(known.id).catch(() => known as unknown as Thread<Backend>);
}

const isCloud = (client: Client<Backend>): client is AssistantCloudClient => client.backend === "assistant-cloud";

/** The others answer it. */
const others = (client: Client<Backend>) => client.threads as BaseThreads<RunBackend>;

export async function createThread(client: Client<Backend>, init: NativeThreadInit<Backend>): Promise<Thread<Backend>> {
  if (!isCloud(client)) return others(client).create(init as NativeThreadInit<RunBackend>);
  return reread(client, await client.threads.create(init as NativeThreadInit<"assistant-cloud">));
}

/** `known` is what is known of the thread. */
export async function renameThread(
  client: Client<Backend>,
  id: string,
  title: string,
  known: Thread<Backend> | undefined,
): Promise<Thread<Backend>> {
  if (!isCloud(client))
    return others(client).update(id, client.backend === "langgraph" ? { metadata: { title } } : { name: title });
  await client.threads.update(id, { title });
  return reread(client, { ...known, id, title });
}
