import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { asThreadpassError, explain } from "../../demo/words";
import { type ChatThread, titleOf } from "../../chat/threads";
import { shortTime } from "../../session/time";
import { Icon } from "../parts/icon";

interface Props {
  readonly thread: ChatThread;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  /** What can be done with it; null is what cannot. */
  readonly onRename: ((name: string) => Promise<unknown>) | null;
  readonly onArchive: ((archived: boolean) => void) | null;
  readonly onDelete: () => void;
}

export function ThreadItem({ thread, isOpen, onOpen, onRename, onArchive, onDelete }: Props) {
  const [renaming, setRenaming] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const title = titleOf(thread);
  const close = () => {
    flushSync(() => setRenaming(false));
    // It is back on the page now.
    pencil.current?.focus();
  };
  return (
    <li
      className="thread"
      data-testid={thread.archived ? "archived-item" : "thread-item"}
      data-thread-id={thread.id}
      data-open={isOpen || undefined}
    >
      {renaming && onRename ? (
        <RenameForm title={title} onRename={onRename} onClose={close} />
      ) : (
        <>
          <button className="thread-open" aria-current={isOpen ? "true" : undefined} onClick={onOpen}>
            <span className="thread-title">{title}</span>
            <time className="thread-time" dateTime={thread.createdAt}>
              {shortTime(thread.createdAt)}
            </time>
          </button>
          <span className="thread-tools">
            {onRename && (
              <button
                ref={pencil}
                className="icon-button"
                aria-label={`Rename ${title}`}
                onClick={() => setRenaming(true)}
              >
                <Icon name="pencil" />
              </button>
            )}
            {onArchive && (
              <button
                className="icon-button"
                aria-label={`${thread.archived ? "Bring back" : "Archive"} ${title}`}
                onClick={() => onArchive(!thread.archived)}
              >
                <Icon name={thread.archived ? "unbox" : "box"} />
              </button>
            )}
            <button className="icon-button" aria-label={`Delete ${title}`} onClick={onDelete}>
              <Icon name="bin" />
            </button>
          </span>
        </>
      )}
    </li>
  );
}

interface FormProps {
  readonly title: string;
  readonly onRename: (name: string) => Promise<unknown>;
  readonly onClose: () => void;
}

function RenameForm({ title, onRename, onClose }: FormProps) {
  const [name, setName] = useState(title);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async () => {
    if (!name.trim() || name.trim() === title) return onClose();
    setBusy(true);
    try {
      await onRename(name.trim());
      onClose();
    } catch (error) {
      setProblem(explain(asThreadpassError(error)));
      setBusy(false);
    }
  };
  return (
    <form
      className="rename"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <input
        aria-label="New name of the chat"
        value={name}
        maxLength={200}
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
      />
      <button className="icon-button" aria-label="Save the name" disabled={busy}>
        <Icon name="check" />
      </button>
      <button type="button" className="icon-button" aria-label="Keep the old name" onClick={onClose}>
        <Icon name="close" />
      </button>
      {problem && (
        <p className="hint" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
