import { useState } from "react";
import type { Opinion } from "../../chat/conversation";
import { asThreadpassError, explain } from "../../demo/words";
import { Icon } from "../parts/icon";

const opinions = [
  { opinion: "positive", icon: "thumb-up", label: "Good answer" },
  { opinion: "negative", icon: "thumb-down", label: "Bad answer" },
] as const;

interface Props {
  readonly opinion: Opinion | null;
  readonly onRate: (opinion: Opinion) => Promise<void>;
}

/** What one thinks of an answer. It can be changed, and not taken back. */
export function Feedback({ opinion: present, onRate }: Props) {
  const [problem, setProblem] = useState<string | null>(null);
  const rate = async (opinion: Opinion) => {
    setProblem(null);
    if (opinion === present) return;
    try {
      await onRate(opinion);
    } catch (error) {
      setProblem(explain(asThreadpassError(error)));
    }
  };
  return (
    <div className="feedback" role="group" aria-label="Feedback">
      {opinions.map(({ opinion, icon, label }) => (
        <button
          key={opinion}
          className="icon-button"
          aria-label={label}
          title={label}
          aria-pressed={present === opinion}
          onClick={() => void rate(opinion)}
        >
          <Icon name={icon} />
        </button>
      ))}
      {problem && (
        <p className="hint" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
