import { useEffect, useRef, useState } from "react";
import type { Chat } from "../../chat/chat";
import { explain } from "../../demo/words";
import { useStore } from "../context";
import { useMedia } from "../hooks";
import { Composer } from "./composer";
import { MessageList } from "./message-list";
import { Welcome } from "./welcome";

/** The open chat. The caller keys it by the chat. */
export function ChatPane({ chat, isVisitor }: { chat: Chat; isVisitor: boolean }) {
  const { threadId, messages, turns, loading, error } = useStore(chat);
  const [draft, setDraft] = useState(chat.draft);
  const composer = useRef<HTMLTextAreaElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const isTouch = useMedia("(pointer: coarse)");
  const isEmpty = !loading && !error && messages.length === 0 && turns.length === 0;

  useEffect(() => {
    // On a phone the composer would bring up the keyboard, which hides the chat that was just opened.
    (isTouch ? heading : composer).current?.focus({ preventScroll: true });
  }, [isTouch]);

  const write = (text: string) => {
    chat.draft = text;
    setDraft(text);
  };
  const edit = (text: string) => {
    write(draft.trim() ? `${draft.trimEnd()}\n${text}` : text);
    composer.current?.focus();
  };
  return (
    <main className="chat" aria-label="Chat">
      <h1 ref={heading} className="visually-hidden" tabIndex={-1}>
        {threadId ? "Chat" : "New chat"}
      </h1>
      {error ? (
        <div className="chat-scroll">
          <div className="notice" role="alert" data-testid="run-error">
            <p>{explain(error)}</p>
            <button className="button" onClick={() => void chat.load()}>
              Try again
            </button>
          </div>
        </div>
      ) : isEmpty ? (
        <Welcome isVisitor={isVisitor} onChoose={(text) => chat.send(text)} />
      ) : (
        <MessageList chat={chat} onEdit={edit} />
      )}
      <Composer
        ref={composer}
        draft={draft}
        isBusy={chat.isBusy}
        isStoppable={turns.some(({ phase }) => phase === "sending" || phase === "streaming")}
        onWrite={write}
        onSend={() => {
          chat.send(draft);
          write("");
        }}
        onStop={() => void chat.stop()}
      />
    </main>
  );
}
