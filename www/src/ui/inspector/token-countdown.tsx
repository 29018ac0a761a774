import { logOf } from "../../session/log";
import { countdown } from "../../session/time";
import { useDemo, useStore } from "../context";
import { useNow } from "../hooks";
import { Section } from "./section";

/** How long the session token lives, and when it is renewed. */
export function TokenCountdown({ generation }: { generation: number }) {
  const { client, log } = useDemo();
  const { lifetimeMs } = logOf(useStore(log), generation);
  const now = useNow(500);
  const { deadlineMs, nextTryMs, refreshing } = client.inspect();
  if (deadlineMs === null)
    return (
      <Section title="Session token">
        <p className="hint">
          {client.auth.getSnapshot().status === "identified"
            ? "None: an anonymous visitor is a random key that stays in this tab."
            : "None at the moment."}
        </p>
      </Section>
    );
  const left = deadlineMs - now;
  const share = lifetimeMs ? Math.min(1, Math.max(0, left / lifetimeMs)) : 1;
  return (
    <Section title="Session token">
      <p className="countdown">
        <span className="countdown-left">{countdown(left)}</span>
        <span className="soft">{left > 0 ? "until it ends" : "it has ended"}</span>
      </p>
      <div className="bar" aria-hidden>
        <span style={{ transform: `scaleX(${share})` }} />
      </div>
      <p className="hint">{refreshing ? "Being renewed now." : nextRenewal(nextTryMs, now)}</p>
    </Section>
  );
}

function nextRenewal(nextTryMs: unknown, now: number): string {
  if (typeof nextTryMs !== "number") return "Renewed on its next use.";
  return nextTryMs > now ? `Renewed by itself in ${countdown(nextTryMs - now)}.` : "Renewed on its next use.";
}
