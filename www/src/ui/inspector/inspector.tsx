import type { SomebodyHere } from "../../session/sentences";
import { SessionFacts } from "./session-facts";
import { Timeline } from "./timeline";
import { TokenCountdown } from "./token-countdown";

/** What Threadpass knows and does, for whoever wants to look behind the chat. Sections stand on their own. */
export function Inspector({ state }: { state: SomebodyHere }) {
  return (
    <div className="inspector">
      <SessionFacts state={state} />
      <TokenCountdown generation={state.generation} />
      <Timeline generation={state.generation} />
    </div>
  );
}
