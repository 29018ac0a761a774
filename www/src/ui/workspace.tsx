import { memo, useEffect, useLayoutEffect, useState } from "react";
import { useThreads } from "threadpass/react";
import type { BackendName } from "../backends/names";
import { pageSize } from "../chat/threads";
import { Workspace } from "../chat/workspace";
import type { SomebodyHere } from "../session/sentences";
import { useDemo, useStore } from "./context";
import { Banner } from "./banner";
import { ChatPane } from "./chat/chat-pane";
import { Header } from "./header";
import { useMedia } from "./hooks";
import { Inspector } from "./inspector/inspector";
import { Announcer } from "./parts/announcer";
import { Panel } from "./parts/panel";
import { ThreadList } from "./threads/thread-list";

/** What somebody sees who is here. The caller keys it by their generation. */
export function WorkspaceScreen({ state }: { state: SomebodyHere }) {
  const { backend } = useDemo();
  const { refresh, loadMore, remove, put } = useThreads<BackendName>({ pageSize });
  const [workspace, setWorkspace] = useState<Workspace | null>(null);
  const owner = `${backend.name} ${state.user?.id ?? "anonymous"}`;
  useLayoutEffect(() => {
    const workspace = new Workspace(backend, owner, { refresh, loadMore, remove, put });
    setWorkspace(workspace);
    return () => workspace.stop();
  }, [backend, owner, refresh, loadMore, remove, put]);
  if (!workspace) return null;
  return (
    <Announcer>
      <Layout workspace={workspace} state={state} />
    </Announcer>
  );
}

/** The list of chats changes more often than what it stands in. */
const Layout = memo(function Layout({ workspace, state }: { workspace: Workspace; state: SomebodyHere }) {
  const demo = useDemo();
  const { open } = useStore(workspace);
  const hasRoomForThreads = useMedia("(min-width: 50rem)");
  const hasRoomForInspector = useMedia("(min-width: 75rem)");
  const [threadsOpen, setThreadsOpen] = useState(false);
  const [inspectorOpen, setInspectorOpen] = useState(hasRoomForInspector);
  // Where it takes the chat's place it opens on request only.
  useEffect(() => setInspectorOpen(hasRoomForInspector), [hasRoomForInspector]);
  return (
    <div className="app">
      <Header
        state={state}
        inspectorOpen={inspectorOpen}
        onInspector={() => setInspectorOpen(!inspectorOpen)}
        onThreads={hasRoomForThreads ? null : () => setThreadsOpen(true)}
      />
      <Banner state={state} recovery={workspace.recovery} />
      <div className="columns">
        {(hasRoomForThreads || threadsOpen) && (
          <Panel label="Chats" as="nav" side="left" docked={hasRoomForThreads} onClose={() => setThreadsOpen(false)}>
            <ThreadList workspace={workspace} onChosen={() => setThreadsOpen(false)} />
          </Panel>
        )}
        <ChatPane key={open.key} chat={open} isVisitor={demo.isVisitor(state)} />
        {inspectorOpen && (
          <Panel
            label="Inspector"
            as="aside"
            side="right"
            docked={hasRoomForInspector}
            onClose={() => setInspectorOpen(false)}
          >
            <Inspector state={state} />
          </Panel>
        )}
      </div>
    </div>
  );
});
