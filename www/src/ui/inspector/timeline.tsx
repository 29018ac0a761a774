import { logOf } from "../../session/log";
import { timeOfDay } from "../../session/time";
import { useDemo, useStore } from "../context";
import { Icon, type IconName } from "../parts/icon";
import { Section } from "./section";

const icons: Record<string, IconName> = {
  asked: "question",
  exchanging: "arrows",
  renewed: "key",
  refused: "shield",
  failed: "alert",
  woke: "eye",
  armed: "clock",
  rotated: "key",
  claimed: "arrows",
  state: "person",
};

/** What the client has done, newest first. */
export function Timeline({ generation }: { generation: number }) {
  const { entries } = logOf(useStore(useDemo().log), generation);
  return (
    <Section title="Timeline">
      <ol className="timeline">
        {entries.map(({ id, kind, atMs, text, times }) => (
          <li key={id} className="event" data-testid="timeline-item" data-kind={kind}>
            <span className="event-dot">
              <Icon name={icons[kind] ?? "clock"} />
            </span>
            <p>
              {text}
              {times > 1 && <span className="soft"> ({times} times)</span>}
            </p>
            <time dateTime={new Date(atMs).toISOString()}>{timeOfDay(atMs)}</time>
          </li>
        ))}
      </ol>
    </Section>
  );
}
