import type { SomebodyHere } from "../../session/sentences";
import { useDemo } from "../context";
import { ExperimentList } from "./experiment-list";
import { SessionFacts } from "./session-facts";
import { Timeline } from "./timeline";
import { TokenCountdown } from "./token-countdown";
import { Waterfall } from "./waterfall";

/** What Threadpass knows and does, for whoever wants to look behind the chat. Sections stand on their own. */
export function Inspector({ state }: { state: SomebodyHere }) {
  // The state, which changes whenever a first token comes or the last one goes, has this drawn again.
  const { deadlineMs } = useDemo().client.inspect();
  return (
    <div className="inspector">
      <SessionFacts state={state} />
      <TokenCountdown generation={state.generation} />
      <ExperimentList generation={state.generation} />
      <Waterfall generation={state.generation} hasToken={state.status !== "identified" || deadlineMs !== null} />
      <Timeline generation={state.generation} />
    </div>
  );
}
