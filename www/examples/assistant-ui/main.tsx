/** The page: assistant-ui's parts, over chats that Assistant Cloud keeps and Threadpass fetches. */
import { AssistantRuntimeProvider, useLocalRuntime, useRemoteThreadListRuntime } from "@assistant-ui/react";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { Chat } from "./chat.js";
import { Chats } from "./chats.js";
import { Header } from "./header.js";
import { model } from "./model.js";
import { threads } from "./threads.js";

/** The chat that is open stands in the page's address, so that a reload opens it again. */
function useOpenChat() {
  const [threadId, setThreadId] = useState(() => location.hash.slice(1) || undefined);
  const onThreadIdChange = (id: string | undefined) => {
    history.replaceState(null, "", id ? `#${id}` : location.pathname);
    setThreadId(id);
  };
  return { ...(threadId ? { threadId } : {}), onThreadIdChange };
}

function Page() {
  const runtimeHook = () => useLocalRuntime(model);
  const runtime = useRemoteThreadListRuntime({ runtimeHook, adapter: threads, ...useOpenChat() });
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <Header />
      <Chats />
      <Chat />
    </AssistantRuntimeProvider>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
