import { Store } from "../../demo/store";
import { useStore } from "../context";

class Announcements extends Store<{ readonly text: string }> {
  say(text: string): void {
    // The same words again would be no change, and no change is not read out.
    this.set({ text: this.state.text === text ? `${text}\u00a0` : text });
  }
}

const announcements = new Announcements({ text: "" });

/** Tells people who cannot see the page what has just happened on it. */
export const announce = (text: string): void => announcements.say(text);

export function Announcer() {
  const { text } = useStore(announcements);
  return (
    <div className="visually-hidden" aria-live="polite">
      {text}
    </div>
  );
}
