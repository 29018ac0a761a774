import type { AuthState } from "threadpass";
import { AuthStatus } from "./auth-status";
import { BackendSwitch } from "./backend-switch";
import { useDemo, useStore } from "./context";
import { useArrival } from "./hooks";
import { BusyButton } from "./parts/busy-button";
import { Icon } from "./parts/icon";
import { Logo } from "./parts/logo";
import { StartArt } from "./start-art";

type Reason = Extract<AuthState, { status: "unauthenticated" }>["reason"];

const said: Partial<Record<Reason, string>> = {
  "signed-out": "You are signed out.",
  "session-ended": "Your session at the provider has ended. Please sign in again.",
  "other-tab": "You signed out in another tab, so you are signed out here too.",
};

/** Before anybody is here. */
export function Start({ reason }: { reason: Reason }) {
  const demo = useDemo();
  const { notice } = useStore(demo);
  const heading = useArrival();
  const message = notice ?? said[reason];
  return (
    <div className="start">
      <header className="start-header">
        <p className="brand">
          <Logo size={34} />
          <span>Threadpass</span>
        </p>
        <AuthStatus />
      </header>
      <main>
        <div className="hero">
          <div>
            <h1 ref={heading} tabIndex={-1}>
              From sign‑in to chat, on one thread.
            </h1>
            <p className="lead">
              Threadpass turns your sign-in into the chat backend’s own short-lived token, keeps it fresh, and makes
              every call as you and nobody else.{" "}
              {demo.canSignIn
                ? "Here it does so on your own machine."
                : "Here even the backend is a script in your browser: nothing that you write leaves it, and there is nobody to sign in at."}
            </p>
            {message && (
              <p className="notice" role="status" data-testid="banner">
                {message}
              </p>
            )}
            <BackendSwitch />
            <div className="ways">
              <button className="way main" data-testid="start-anonymous" onClick={() => demo.startAnonymous()}>
                <Icon name="mask" />
                <strong>Try it without signing in</strong>
                <span>{demo.backend.words.visitor}</span>
              </button>
              {demo.canSignIn && (
                <BusyButton className="way" data-testid="start-sign-in" act={() => demo.signIn()}>
                  <Icon name="person" />
                  <strong>Sign in</strong>
                  <span>At a real OpenID provider. Any name will do.</span>
                </BusyButton>
              )}
            </div>
          </div>
          <StartArt />
        </div>
        <h2 className="visually-hidden">What to try</h2>
        <ul className="tries">
          {demo.canSignIn && (
            <li>
              <Icon name="clock" />
              <strong>Watch the token renew</strong>
              <span>The inspector counts down and shows each renewal. The chat never notices.</span>
            </li>
          )}
          <li>
            <Icon name="swap" />
            <strong>Be somebody else</strong>
            <span>Become another user and look for the first one’s chats. There are none.</span>
          </li>
          <li>
            <Icon name="alert" />
            <strong>Break something</strong>
            <span>Go offline or to sleep in the middle of an answer. It heals by itself.</span>
          </li>
        </ul>
      </main>
    </div>
  );
}
