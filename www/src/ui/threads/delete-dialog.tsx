import { useState } from "react";
import { asThreadpassError, explain } from "../../demo/words";
import { type ChatThread, titleOf } from "../../chat/threads";
import { useAnnounce } from "../parts/announcer";
import { Dialog } from "../parts/dialog";

interface Props {
  readonly thread: ChatThread;
  readonly onDelete: () => Promise<void>;
  readonly onClose: (deleted: boolean) => void;
}

/** Deleting cannot be taken back, so it is asked first, and the safe answer has the focus. */
export function DeleteDialog({ thread, onDelete, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const announce = useAnnounce();
  const title = titleOf(thread);
  const remove = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onDelete();
      announce(`Deleted ${title}.`);
      onClose(true);
    } catch (error) {
      setProblem(explain(asThreadpassError(error)));
      setBusy(false);
    }
  };
  return (
    <Dialog label="Delete this chat?" className="dialog" onClose={() => onClose(false)}>
      <h2>Delete this chat?</h2>
      <p>
        <strong>{title}</strong> goes with all its messages. This cannot be taken back.
      </p>
      {problem && <p role="alert">{problem} The chat is still there.</p>}
      <div className="row">
        <button className="button" autoFocus onClick={() => onClose(false)}>
          Keep it
        </button>
        <button className="button danger" data-testid="confirm-delete" disabled={busy} onClick={() => void remove()}>
          {busy ? "Deleting…" : "Delete"}
        </button>
      </div>
    </Dialog>
  );
}
