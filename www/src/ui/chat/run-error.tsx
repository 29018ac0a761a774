import type { Phase } from "../../chat/turn";
import { explain, type Failure } from "../../demo/words";
import { Icon } from "../parts/icon";

interface Props {
  readonly phase: Phase;
  readonly error: Failure | null;
  readonly onAgain: (() => void) | null;
  readonly onEdit?: () => void;
}

const words: Partial<Record<Phase, string>> = {
  stopped: "This answer was stopped before its end.",
  interrupted: "This answer was interrupted.",
  failed: "The answer failed.",
  unsent: "Your message did not arrive.",
};

/** How an answer ended that did not come to its end, in words, and what can be done. */
export function RunError({ phase, error, onAgain, onEdit }: Props) {
  const wasWanted = phase === "stopped";
  return (
    <div className={wasWanted ? "run-end" : "run-end wrong"} data-testid={wasWanted ? undefined : "run-error"}>
      <p>
        <Icon name={wasWanted ? "stop" : "alert"} />
        <span role={wasWanted || !error ? undefined : "alert"}>
          {words[phase]} {error && !wasWanted && explain(error)}
        </span>
        {error && !wasWanted && <code>{error.code}</code>}
      </p>
      {(onAgain || onEdit) && (
        <div className="row">
          {onAgain && (
            <button className="button small" onClick={onAgain}>
              {phase === "unsent" ? "Try again" : "Send again"}
            </button>
          )}
          {onEdit && (
            <button className="button small" onClick={onEdit}>
              Edit
            </button>
          )}
        </div>
      )}
    </div>
  );
}
