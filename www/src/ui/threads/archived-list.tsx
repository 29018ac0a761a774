import type { ArchivedList } from "../../chat/archived";
import type { ChatThread } from "../../chat/threads";
import { useStore } from "../context";
import { BusyButton } from "../parts/busy-button";
import { Icon } from "../parts/icon";
import { ThreadItem } from "./thread-item";

interface Props {
  readonly archived: ArchivedList;
  readonly openId: string | null;
  readonly onOpen: (thread: ChatThread) => void;
  readonly onBack: (thread: ChatThread) => void;
  readonly onDelete: (thread: ChatThread) => void;
}

/** The chats that are out of the way. */
export function ArchivedThreads({ archived, openId, onOpen, onBack, onDelete }: Props) {
  const { threads, hasMore } = useStore(archived);
  return (
    <details
      className="archived"
      data-testid="archived"
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) void archived.load();
      }}
    >
      <summary>
        <Icon name="chevron" />
        Archived
      </summary>
      {threads?.length === 0 && <p className="hint">None.</p>}
      {!threads && <p className="hint">Loading…</p>}
      <ul className="threads">
        {threads?.map((thread) => (
          <ThreadItem
            key={thread.id}
            thread={thread}
            isOpen={thread.id === openId}
            onOpen={() => onOpen(thread)}
            onRename={null}
            onArchive={() => onBack(thread)}
            onDelete={() => onDelete(thread)}
          />
        ))}
      </ul>
      {hasMore && (
        <BusyButton className="button older" act={() => archived.loadOlder()}>
          Show older
        </BusyButton>
      )}
    </details>
  );
}
