import { ThreadpassProvider, Unauthenticated, useAuthState } from "threadpass/react";
import type { Site } from "../demo/site";
import { SiteContext, useStore } from "./context";
import { Splash } from "./splash";
import { Start } from "./start";
import { Trouble } from "./trouble";
import { WorkspaceScreen } from "./workspace";

/**
 * The page. Everything of a person's hangs below keys that are the backend and their generation, so that the next one starts
 * from nothing.
 */
export function App({ site }: { site: Site }) {
  const { demo } = useStore(site);
  return (
    <SiteContext value={site}>
      <ThreadpassProvider key={demo.backend.name} client={demo.client}>
        <Unauthenticated>{(reason) => <Start reason={reason} />}</Unauthenticated>
        <Somebody />
      </ThreadpassProvider>
    </SiteContext>
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
