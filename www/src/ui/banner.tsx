import { useEffect, useRef, useState } from "react";
import type { Recovery } from "../chat/recovery";
import { explain } from "../demo/words";
import type { SomebodyHere } from "../session/sentences";
import { countdown, timeOfDay } from "../session/time";
import { useDemo, useStore } from "./context";
import { useNow, useOnline } from "./hooks";
import { Icon } from "./parts/icon";

interface Trouble {
  readonly text: string;
  readonly retryAtMs: number | null;
}

/** How long it says that everything is well again. */
const relievedMs = 4_000;

/** What goes on while something does not work, and that it goes on by itself. */
export function Banner({ state, recovery }: { state: SomebodyHere; recovery: Recovery }) {
  const demo = useDemo();
  const online = useOnline();
  const trouble = useTrouble(state, recovery, online);
  const relieved = useRelief(trouble !== null);
  const { notice, brought } = useStore(demo);
  const now = useNow(500, trouble?.retryAtMs != null);
  const tryNow = () => {
    // What fails again shows in the state.
    if (state.status !== "identified" || state.refreshError)
      demo.client.auth.getToken({ forceRefresh: true }).catch(() => {});
    recovery.now();
  };
  return (
    <div className="banner-place" role="status">
      {trouble && (
        <div className="banner" data-testid="banner">
          <Icon name="alert" />
          <p>
            {trouble.text}
            {trouble.retryAtMs !== null && (
              <span className="soft" aria-hidden>
                {" "}
                Next try {trouble.retryAtMs > now ? `in ${countdown(trouble.retryAtMs - now)}` : "now"}.
              </span>
            )}
          </p>
          {online && (
            <button className="button small" onClick={tryNow}>
              Try now
            </button>
          )}
        </div>
      )}
      {!trouble && notice && (
        <div className="banner" data-testid="banner">
          <Icon name="alert" />
          <p>{notice}</p>
        </div>
      )}
      {!trouble && brought > 0 && (
        <div className="banner good" data-testid="banner">
          <Icon name="check" />
          <p>{brought === 1 ? "One chat" : `${brought} chats`} came with you.</p>
          <button className="icon-button" aria-label="Close" onClick={() => demo.welcomed()}>
            <Icon name="close" />
          </button>
        </div>
      )}
      {relieved && (
        <div className="banner good" data-testid="banner">
          <Icon name="check" />
          <p>Connected again. Everything is up to date.</p>
        </div>
      )}
    </div>
  );
}

function useTrouble(state: SomebodyHere, recovery: Recovery, online: boolean): Trouble | null {
  const { inspect } = useDemo().client;
  const { error, retryAtMs } = useStore(recovery);
  if (!online)
    return { text: "You are offline. What is here stays, and goes on by itself when you are back.", retryAtMs: null };
  if (state.status === "error") {
    const goesOn = state.retryAtMs === null ? "" : " It is tried again by itself.";
    return { text: `Your session is interrupted. ${explain(state.error)}${goesOn}`, retryAtMs: state.retryAtMs };
  }
  if (error) return { text: `${explain(error)} What is here stays, and is tried again by itself.`, retryAtMs };
  if (state.status === "identified" && state.refreshError) {
    const { deadlineMs } = inspect();
    const until = deadlineMs === null ? "" : ` until ${timeOfDay(deadlineMs)}`;
    return {
      text: `You are signed in${until}, but the session could not be renewed. ${explain(state.refreshError)}`,
      retryAtMs: null,
    };
  }
  return null;
}

/** True for a moment after the trouble is over. */
function useRelief(troubled: boolean): boolean {
  const [relieved, setRelieved] = useState(false);
  const wasTroubled = useRef(false);
  useEffect(() => {
    const isOver = wasTroubled.current && !troubled;
    wasTroubled.current = troubled;
    setRelieved(isOver);
    if (!isOver) return;
    const timer = setTimeout(() => setRelieved(false), relievedMs);
    return () => clearTimeout(timer);
  }, [troubled]);
  return relieved;
}
