import type { ReactNode } from "react";
import { Dialog } from "./dialog";
import { Icon } from "./icon";

interface Props {
  readonly label: string;
  /** What it is to a screen reader. */
  readonly as: "nav" | "aside";
  readonly side: "left" | "right";
  /** Whether it stands beside the chat; else it is a drawer over it. */
  readonly docked: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A side of the page: a column where there is room, a drawer where there is not. */
export function Panel({ label, as: Landmark, side, docked, onClose, children }: Props) {
  const content = (
    <Landmark className="panel-content" aria-label={label}>
      <div className="panel-head">
        <h2>{label}</h2>
        {!docked && (
          <button className="icon-button" aria-label={`Close ${label.toLowerCase()}`} onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {children}
    </Landmark>
  );
  if (docked) return <div className={`panel docked ${side}`}>{content}</div>;
  return (
    <Dialog label={label} className={`panel drawer ${side}`} onClose={onClose}>
      {content}
    </Dialog>
  );
}
