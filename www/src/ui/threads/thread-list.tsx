import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useThreads } from "threadpass/react";
import type { BackendName } from "../../backends/names";
import { type ChatThread, pageSize, titleOf } from "../../chat/threads";
import { asThreadpassError, explain, isTemporary } from "../../demo/words";
import type { Workspace } from "../../chat/workspace";
import { BackendSwitch } from "../backend-switch";
import { useStore } from "../context";
import { useAnnounce } from "../parts/announcer";
import { Icon } from "../parts/icon";
import { ArchivedThreads } from "./archived-list";
import { DeleteDialog } from "./delete-dialog";
import { ThreadItem } from "./thread-item";

interface Props {
  readonly workspace: Workspace;
  /** A chat was opened, so the list is not in the way any more. */
  readonly onChosen: () => void;
}

export function ThreadList({ workspace, onChosen }: Props) {
  const { threads, hasMore, status, isLoadingMore, error, rename } = useThreads<BackendName>({ pageSize });
  // What may heal is tried again by itself, and until then it is loading.
  const problem = status === "error" && error && !isTemporary(error) ? error : null;
  const { open } = useStore(workspace);
  const { threadId } = useStore(open);
  const [doomed, setDoomed] = useState<ChatThread | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const newChat = useRef<HTMLButtonElement>(null);
  const announce = useAnnounce();
  const { archived } = workspace;
  const present = threads.filter((thread) => !thread.archived);

  const show = ({ id }: ChatThread) => {
    workspace.openThread(id);
    onChosen();
  };
  const archive = async (thread: ChatThread, isArchived: boolean) => {
    setFailed(null);
    try {
      await workspace.archive(thread.id, isArchived);
      announce(`${isArchived ? "Archived" : "Brought back"} ${titleOf(thread)}.`);
      // Its own button is gone with it.
      if (document.activeElement === document.body) newChat.current?.focus();
    } catch (error) {
      setFailed(explain(asThreadpassError(error)));
    }
  };
  return (
    <>
      <BackendSwitch />
      <button
        ref={newChat}
        className="button main new-chat"
        data-testid="new-chat"
        onClick={() => {
          workspace.newChat();
          onChosen();
        }}
      >
        <Icon name="plus" />
        New chat
      </button>
      {problem && (
        <p className="hint" role="alert">
          {explain(problem)}{" "}
          <button className="button small" onClick={() => void workspace.loadThreads()}>
            Try again
          </button>
        </p>
      )}
      {failed && (
        <p className="hint" role="alert">
          {failed}
        </p>
      )}
      {status !== "ready" && !problem && <Skeleton />}
      {status === "ready" && present.length === 0 && (
        <p className="hint">None yet. What you write appears here, and nobody else sees it.</p>
      )}
      <ul className="threads">
        {present.map((thread) => (
          <ThreadItem
            key={thread.key}
            thread={thread}
            isOpen={thread.id === threadId}
            onOpen={() => show(thread)}
            onArchive={archived && ((isArchived) => void archive(thread, isArchived))}
            onRename={(name) => rename(thread.id, name)}
            onDelete={() => setDoomed(thread)}
          />
        ))}
      </ul>
      {hasMore && (
        <button className="button older" disabled={isLoadingMore} onClick={() => workspace.loadOlder()}>
          {isLoadingMore ? "Loading…" : "Show older"}
        </button>
      )}
      {archived && (
        <ArchivedThreads
          archived={archived}
          openId={threadId}
          onOpen={show}
          onBack={(thread) => void archive(thread, false)}
          onDelete={setDoomed}
        />
      )}
      {doomed && (
        <DeleteDialog
          thread={doomed}
          onDelete={() => workspace.delete(doomed.id)}
          onClose={(deleted) => {
            // While the dialog is there, nothing else can have the focus.
            flushSync(() => setDoomed(null));
            // Its own button is gone with it.
            if (deleted) newChat.current?.focus();
          }}
        />
      )}
    </>
  );
}

function Skeleton() {
  return (
    <div className="skeleton" aria-label="Loading your chats" role="img">
      <span />
      <span />
      <span />
    </div>
  );
}
