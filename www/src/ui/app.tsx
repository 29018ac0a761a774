import type { Demo } from "../demo/demo";
import { DemoContext, useAuth } from "./context";
import { Splash } from "./splash";
import { Start } from "./start";
import { Trouble } from "./trouble";
import { WorkspaceScreen } from "./workspace";

/** The page. Everything of a person's hangs below a key that is their generation, so the next one starts from nothing. */
export function App({ demo }: { demo: Demo }) {
  return (
    <DemoContext value={demo}>
      <Screen />
    </DemoContext>
  );
}

function Screen() {
  const state = useAuth();
  if (state.status === "unauthenticated") return <Start reason={state.reason} />;
  // It is known who is here, be it that their session is just being fetched or cannot be had at the moment.
  if (state.status === "identified" || (state.status !== "invalid" && state.user))
    return <WorkspaceScreen key={state.generation} state={state} />;
  return state.status === "exchanging" ? <Splash /> : <Trouble state={state} />;
}
