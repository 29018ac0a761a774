import type { History, HistoryItem, HistoryOptions, MessageFormat } from "../../assistant-cloud/index.js";
import type { AssistantCloudClient, AssistantCloudMessage, CallOptions } from "../../index.js";
import { ThreadpassError } from "../face.js";
import { aiSdkV6 } from "./ai-sdk-v6.js";
import { auiV0 } from "./aui-v0.js";
import { readable } from "./branches.js";
import { Ids } from "./ids.js";
import { Owner } from "./owner.js";

/** The largest page there is. */
const limit = 200;
/** What the backend takes as an external id. */
const longestExternalId = 255;

const named = { "ai-sdk/v6": aiSdkV6, "aui/v0": auiV0 };

export function openHistory<M>(
  source: AssistantCloudClient | (() => AssistantCloudClient),
  threadId: string,
  options: HistoryOptions<keyof typeof named | MessageFormat<M>>,
): History<M> {
  const owner = new Owner(source);
  const format = formatOf<M>(options.format);
  const warn = options.onWarning ?? ((error) => console.warn(error.message));
  let ids = new Ids();

  const create = (localId: string, parentId: string | null, content: object) =>
    owner.call(async (client) => {
      const externalId = `${threadId}:${localId}`;
      // Whoever appends again because the answer was lost gets the message that is there.
      const once = externalId.length <= longestExternalId ? { external_id: externalId } : {};
      const body = { parent_id: parentId, format: format.format, content, ...once };
      return (await client.messages.create(threadId, body)).id;
    });

  return {
    threadId,
    async load({ signal }: CallOptions = {}) {
      const known = ids;
      const rows = new Map<string, AssistantCloudMessage>();
      await owner.call(async (client) => {
        const query = { format: format.format, limit, ...(signal && { signal }) };
        for await (const { raw } of client.messages.list(threadId, query)) rows.set(raw.id, raw);
      });
      const messages = readable([...rows.values()], format);
      for (const id of rows.keys()) known.loaded(id);
      return { messages };
    },
    async append({ parentId, message }: HistoryItem<M>) {
      const localId = format.getId(message);
      const content = format.encode(message);
      return ids.append(localId, parentId, (parentId) => create(localId, parentId, content));
    },
    async update({ message }) {
      const localId = format.getId(message);
      const content = format.encode(message);
      const sent = ids.update(localId, (id) =>
        owner.call(async (client) => client.messages.update(threadId, id, { content })),
      );
      if (sent) return sent;
      warn(
        new ThreadpassError("api/not-found", "the message was never appended, so it is not updated; append it first"),
      );
    },
    remoteId: (localId) => ids.remote(localId),
    isPersisted: (localId) => ids.has(localId),
    reset: () => void (ids = new Ids()),
  };
}

function formatOf<M>(given: keyof typeof named | MessageFormat<M>): MessageFormat<M> {
  if (typeof given === "object") return given;
  if (given in named) return named[given] as MessageFormat<unknown> as MessageFormat<M>;
  throw new ThreadpassError("api/invalid-argument", 'format should be "ai-sdk/v6", "aui/v0" or a format of your own');
}
