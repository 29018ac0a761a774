import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useThreads } from "threadpass/react";
import { type ChatThread, pageSize } from "../../chat/threads";
import { explain, isTemporary } from "../../demo/words";
import type { Workspace } from "../../chat/workspace";
import { useStore } from "../context";
import { Icon } from "../parts/icon";
import { DeleteDialog } from "./delete-dialog";
import { ThreadItem } from "./thread-item";

interface Props {
  readonly workspace: Workspace;
  /** A chat was opened, so the list is not in the way any more. */
  readonly onChosen: () => void;
}

export function ThreadList({ workspace, onChosen }: Props) {
  const { threads, hasMore, status, isLoadingMore, error, rename } = useThreads<"tambo">({ pageSize });
  // What may heal is tried again by itself, and until then it is loading.
  const problem = status === "error" && error && !isTemporary(error) ? error : null;
  const { open } = useStore(workspace);
  const { threadId } = useStore(open);
  const [doomed, setDoomed] = useState<ChatThread | null>(null);
  const newChat = useRef<HTMLButtonElement>(null);
  return (
    <>
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
      {status !== "ready" && !problem && <Skeleton />}
      {status === "ready" && threads.length === 0 && (
        <p className="hint">None yet. What you write appears here, and nobody else sees it.</p>
      )}
      <ul className="threads">
        {threads.map((thread) => (
          <ThreadItem
            key={thread.key}
            thread={thread}
            isOpen={thread.id === threadId}
            onOpen={() => {
              workspace.openThread(thread.id);
              onChosen();
            }}
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
