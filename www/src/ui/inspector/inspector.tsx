import type { SomebodyHere } from "../workspace";
import { SessionFacts } from "./session-facts";
import { Timeline } from "./timeline";
import { TokenCountdown } from "./token-countdown";

/** What Threadpass knows and does, for whoever wants to look behind the chat. Sections stand on their own. */
export function Inspector({ state }: { state: SomebodyHere }) {
  return (
    <div className="inspector">
      <h2 className="panel-title">Inspector</h2>
      <SessionFacts state={state} />
      <TokenCountdown />
      <Timeline />
    </div>
  );
}
