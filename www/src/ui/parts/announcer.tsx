import { createContext, type ReactNode, use, useCallback, useState } from "react";

const Announce = createContext<(text: string) => void>(() => {});

/** Tells people who cannot see the page what has just happened on it. */
export const useAnnounce = (): ((text: string) => void) => use(Announce);

/** Where it is told. It belongs to one person, because it may repeat what was written. */
export function Announcer({ children }: { children: ReactNode }) {
  const [text, setText] = useState("");
  const announce = useCallback((next: string) => {
    // The same words again would be no change, and no change is not read out.
    setText((before) => (before === next ? `${next}\u00a0` : next));
  }, []);
  return (
    <Announce value={announce}>
      {children}
      <div className="visually-hidden" aria-live="polite">
        {text}
      </div>
    </Announce>
  );
}
