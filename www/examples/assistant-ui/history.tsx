/** Each chat's messages, kept by Assistant Cloud. */
import { RuntimeAdapterProvider, type ThreadHistoryAdapter, type ThreadMessage, useAui } from "@assistant-ui/react";
import { type PropsWithChildren, useMemo } from "react";
import { type History, openHistory } from "threadpass/assistant-cloud";
import { client } from "./client.js";

type Chat = ReturnType<typeof useAui>["threadListItem"];

function adaptersOf(chat: () => Chat) {
  let opened: History<ThreadMessage> | undefined;
  const historyOf = (threadId: string) =>
    (opened ??= openHistory<ThreadMessage>(client, threadId, { format: "aui/v0" }));

  const history: ThreadHistoryAdapter = {
    async load() {
      const { remoteId } = chat().getState();
      return remoteId ? historyOf(remoteId).load() : { messages: [] };
    },
    async append(item) {
      // The first message of a chat makes it.
      const { remoteId } = await chat().initialize();
      await historyOf(remoteId).append(item);
    },
  };
  return { history };
}

/** Around each chat that is open. */
export function HistoryProvider({ children }: PropsWithChildren) {
  const aui = useAui();
  const adapters = useMemo(() => adaptersOf(() => aui.threadListItem), [aui]);
  return <RuntimeAdapterProvider adapters={adapters}>{children}</RuntimeAdapterProvider>;
}
