import { useAuthState } from "threadpass/react";

const words = {
  identified: "Signed in",
  exchanging: "Signing in",
  error: "No session",
  invalid: "Not set up",
  unauthenticated: "Signed out",
};

/** The state of the sign-in as a small light with a word beside it. */
export function AuthStatus() {
  const state = useAuthState();
  const isAnonymous = state.status === "identified" && state.source === "anonymous";
  const isTroubled = state.status === "identified" && state.refreshError !== null;
  return (
    <span
      className="auth-status"
      data-testid="auth-status"
      data-status={state.status}
      data-generation={"generation" in state ? state.generation : undefined}
      data-troubled={isTroubled || undefined}
    >
      <span className="auth-word">{isAnonymous ? "Anonymous" : words[state.status]}</span>
    </span>
  );
}
