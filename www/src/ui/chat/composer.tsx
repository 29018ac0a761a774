import { type KeyboardEvent, type Ref, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { Icon } from "../parts/icon";

interface Props {
  readonly ref: Ref<HTMLTextAreaElement>;
  readonly draft: string;
  /** An answer is coming in; what is written meanwhile stays here. */
  readonly isBusy: boolean;
  readonly isStoppable: boolean;
  readonly onWrite: (text: string) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
}

export function Composer({ ref, draft, isBusy, isStoppable, onWrite, onSend, onStop }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => field.current!, []);
  const canSend = !isBusy && draft.trim() !== "";

  useLayoutEffect(() => {
    // As high as its text, up to what the style allows.
    const { style, scrollHeight } = reset(field.current!);
    style.height = `${scrollHeight}px`;
  }, [draft]);

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also confirms what an input method proposes; that is no wish to send.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (canSend) onSend();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend) onSend();
      }}
    >
      <label className="visually-hidden" htmlFor="composer">
        Your message
      </label>
      <textarea
        id="composer"
        ref={field}
        data-testid="composer"
        rows={1}
        value={draft}
        placeholder="Write a message"
        aria-describedby="composer-help"
        onChange={(event) => onWrite(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {isBusy ? (
        <button
          type="button"
          className="round"
          data-testid="stop"
          aria-label="Stop the answer"
          disabled={!isStoppable}
          onClick={() => {
            field.current?.focus();
            onStop();
          }}
        >
          <Icon name="stop" />
        </button>
      ) : (
        <button className="round" data-testid="send" aria-label="Send" disabled={!canSend}>
          <Icon name="send" />
        </button>
      )}
      <p className="composer-help" id="composer-help">
        Enter sends, Shift + Enter starts a new line.
      </p>
    </form>
  );
}

function reset(field: HTMLTextAreaElement): HTMLTextAreaElement {
  field.style.height = "auto";
  return field;
}
