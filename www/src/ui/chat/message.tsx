import type { ReactNode } from "react";
import type { Phase } from "../../chat/turn";
import { Logo } from "../parts/logo";

interface Props {
  readonly role: "user" | "assistant";
  readonly text: string;
  /** What is special about it. */
  readonly mark: Phase | null;
  readonly children?: ReactNode;
}

export function Message({ role, text, mark, children }: Props) {
  return (
    <li className={`message ${role}`} data-testid="message" data-role={role} data-mark={mark ?? undefined}>
      {role === "assistant" && <Logo size={28} />}
      <div className="message-body">
        <span className="visually-hidden">{role === "user" ? "You said:" : "Answer:"}</span>
        {text && <p className="message-text">{text}</p>}
        {mark === "streaming" && !text && <span className="dots" aria-hidden />}
        {children}
      </div>
    </li>
  );
}
