import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { explain } from "../../demo/words";
import type { ChatThread } from "../../chat/threads";
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
  const { threads, hasOlder, loading, error } = useStore(workspace.threads);
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
      {error && (
        <p className="hint" role="alert">
          {explain(error)}{" "}
          <button className="button small" onClick={() => void workspace.threads.load()}>
            Try again
          </button>
        </p>
      )}
      {loading === "first" && <Skeleton />}
      {loading !== "first" && !error && threads.length === 0 && (
        <p className="hint">None yet. What you write appears here, and nobody else sees it.</p>
      )}
      <ul className="threads">
        {threads.map((thread) => (
          <ThreadItem
            key={thread.id}
            thread={thread}
            isOpen={thread.id === threadId}
            onOpen={() => {
              workspace.openThread(thread.id);
              onChosen();
            }}
            onRename={(name) => workspace.threads.rename(thread.id, name)}
            onDelete={() => setDoomed(thread)}
          />
        ))}
      </ul>
      {hasOlder && (
        <button
          className="button older"
          disabled={loading === "older"}
          onClick={() => void workspace.threads.loadOlder()}
        >
          {loading === "older" ? "Loading…" : "Show older"}
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
