import type { SomebodyHere } from "../../session/sentences";
import { ExperimentList } from "./experiment-list";
import { SessionFacts } from "./session-facts";
import { Timeline } from "./timeline";
import { TokenCountdown } from "./token-countdown";
import { Waterfall } from "./waterfall";

/** What Threadpass knows and does, for whoever wants to look behind the chat. Sections stand on their own. */
export function Inspector({ state }: { state: SomebodyHere }) {
  return (
    <div className="inspector">
      <SessionFacts state={state} />
      <TokenCountdown generation={state.generation} />
      <ExperimentList generation={state.generation} />
      <Waterfall generation={state.generation} isVisitor={state.status === "identified" && !state.user} />
      <Timeline generation={state.generation} />
    </div>
  );
}
