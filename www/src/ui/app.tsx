import { ThreadpassProvider, Unauthenticated, useAuthState } from "threadpass/react";
import type { Demo } from "../demo/demo";
import { DemoContext } from "./context";
import { Splash } from "./splash";
import { Start } from "./start";
import { Trouble } from "./trouble";
import { WorkspaceScreen } from "./workspace";

/** The page. Everything of a person's hangs below a key that is their generation, so the next one starts from nothing. */
export function App({ demo }: { demo: Demo }) {
  return (
    <ThreadpassProvider client={demo.client}>
      <DemoContext value={demo}>
        <Unauthenticated>{(reason) => <Start reason={reason} />}</Unauthenticated>
        <Somebody />
      </DemoContext>
    </ThreadpassProvider>
  );
}

/** Unlike `Authenticated` it shows whoever the provider knows already, be it that the backend cannot be reached. */
function Somebody() {
  const state = useAuthState();
  if (state.status === "unauthenticated") return null;
  if (state.status === "identified" || (state.status !== "invalid" && state.user))
    return <WorkspaceScreen key={state.generation} state={state} />;
  return state.status === "exchanging" ? <Splash /> : <Trouble state={state} />;
}
