import type { Chat } from "../../chat/chat";
import { isUnderWay, type Turn } from "../../chat/turn";
import { Message } from "./message";
import { RunError } from "./run-error";

interface Props {
  readonly turn: Turn;
  readonly chat: Chat;
  readonly onEdit: (text: string) => void;
}

/** A message on its way and the answer that comes in. */
export function TurnView({ turn, chat, onEdit }: Props) {
  const { phase, error, text, answer } = turn;
  const canSend = !chat.isBusy;
  if (phase === "unsent")
    return (
      <Message role="user" text={text} mark={phase}>
        <RunError
          phase={phase}
          error={error}
          onAgain={canSend ? () => chat.sendAgain(turn) : null}
          onEdit={() => {
            chat.discard(turn.id);
            onEdit(text);
          }}
        />
      </Message>
    );
  return (
    <>
      <Message role="user" text={text} mark={phase === "sending" ? phase : null} />
      <Message role="assistant" text={answer} mark={isUnderWay(turn) ? "streaming" : phase}>
        {!isUnderWay(turn) && phase !== "done" && (
          <RunError phase={phase} error={error} onAgain={canSend ? () => chat.send(text) : null} />
        )}
      </Message>
    </>
  );
}
