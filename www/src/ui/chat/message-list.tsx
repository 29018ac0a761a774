import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Chat } from "../../chat/chat";
import type { Turn } from "../../chat/turn";
import { useStore } from "../context";
import { useAnnounce } from "../parts/announcer";
import { Icon } from "../parts/icon";
import { Feedback } from "./feedback";
import { Message } from "./message";
import { RunError } from "./run-error";
import { TurnView } from "./turn";

/** Nearer to the end than this, the list follows what comes in. */
const nearEnd = 80;

export function MessageList({ chat, onEdit }: { chat: Chat; onEdit: (text: string) => void }) {
  const { messages, turns, loading, elsewhere } = useStore(chat);
  const scroller = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const last = turns.at(-1);
  const canSend = !chat.isBusy;

  useLayoutEffect(() => {
    if (following) scroller.current!.scrollTop = scroller.current!.scrollHeight;
  }, [following, messages, turns]);
  useAnnouncements(last);

  const lastAsked = messages.findLast(({ role }) => role === "user")?.text;
  return (
    <div
      ref={scroller}
      className="chat-scroll"
      tabIndex={0}
      role="region"
      aria-label="Messages"
      aria-busy={loading}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
        setFollowing(scrollHeight - scrollTop - clientHeight < nearEnd)
      }
    >
      <ol className="messages">
        {messages.map(({ id, role, text, outcome, opinion, isKept }, index) => (
          <Message key={id} role={role} text={text} mark={outcome?.phase ?? null}>
            {outcome && (
              <RunError
                phase={outcome.phase}
                error={outcome.error}
                onAgain={
                  canSend && index === messages.length - 1 && turns.length === 0 && lastAsked
                    ? () => chat.send(lastAsked)
                    : null
                }
              />
            )}
            {chat.canRate && role === "assistant" && isKept && (
              <Feedback opinion={opinion} onRate={(opinion) => chat.rate(id, opinion)} />
            )}
          </Message>
        ))}
        {turns.map((turn) => (
          <TurnView key={turn.id} turn={turn} chat={chat} onEdit={onEdit} />
        ))}
      </ol>
      {loading && <p className="soft waiting">Loading the messages…</p>}
      {elsewhere && !chat.isBusy && <p className="soft waiting">An answer is being written…</p>}
      {!following && (
        <button className="button jump" onClick={() => setFollowing(true)}>
          <Icon name="down" />
          To the latest
        </button>
      )}
    </div>
  );
}

/** Says that an answer begins, and reads it out when it is complete, rather than word by word. */
function useAnnouncements(turn: Turn | undefined): void {
  const announce = useAnnounce();
  const answer = turn?.answer ?? "";
  useEffect(() => {
    if (turn?.phase === "streaming") announce("The answer is coming in.");
    if (turn?.phase === "done") announce(`Answer: ${answer}`);
    // The answer's growing is not to be announced, only what becomes of it.
  }, [turn?.id, turn?.phase]);
}
