import type { AuthState } from "threadpass";
import { explain } from "../demo/words";
import { countdown } from "../session/time";
import { AuthStatus } from "./auth-status";
import { useDemo } from "./context";
import { useArrival, useNow } from "./hooks";
import { Logo } from "./parts/logo";

/** When it cannot be found out who is here, or there is no session for them. */
export function Trouble({ state }: { state: Extract<AuthState, { status: "error" | "invalid" }> }) {
  const demo = useDemo();
  const heading = useArrival();
  const retryAtMs = state.status === "error" ? state.retryAtMs : null;
  const now = useNow(500, retryAtMs !== null);
  const again = () => {
    // What fails again shows in the state.
    demo.client.auth.getToken({ forceRefresh: true }).catch(() => {});
  };
  return (
    <main className="centred">
      <Logo size={48} />
      <h1 ref={heading} tabIndex={-1}>
        No session yet
      </h1>
      <p role="alert">{explain(state.error)}</p>
      <p className="soft">
        {retryAtMs === null ? "" : `It is tried again by itself, in ${countdown(retryAtMs - now)}. `}
        <code>{state.error.code}</code>
      </p>
      <div className="row">
        <button className="button main" onClick={again}>
          Try again now
        </button>
        <button className="button" data-testid="sign-out" onClick={() => void demo.signOut()}>
          Back to the start
        </button>
      </div>
      <AuthStatus />
    </main>
  );
}
