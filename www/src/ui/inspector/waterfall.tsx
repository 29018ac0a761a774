import { tripsOf } from "../../network/network";
import { tell } from "../../network/sentences";
import { type Burst, burstsOf, type Trip } from "../../network/trip";
import { timeOfDay } from "../../session/time";
import { useDemo, useStore } from "../context";
import { useNow } from "../hooks";
import { Section } from "./section";

/** How many bursts of traffic are shown. */
const most = 6;
/** How often bars grow. */
const frameMs = 200;

/** What went over the network, and what it means. Each burst has a scale of its own. */
export function Waterfall({ generation, hasToken }: { generation: number; hasToken: boolean }) {
  const trips = tripsOf(useStore(useDemo().network), generation);
  const isBusy = trips.some(({ end }) => end === "open");
  const now = useNow(frameMs, isBusy);
  const bursts = burstsOf(trips, now).slice(0, most);
  return (
    <Section title="Network">
      {bursts.length === 0 && <p className="hint">Nothing yet.</p>}
      <ol className="bursts">
        {bursts.map((burst) => (
          <li key={burst.key} className="burst" data-testid="burst">
            <p>
              {tell(burst.trips, hasToken ? "token" : "visitor")}{" "}
              <time dateTime={new Date(burst.startMs).toISOString()}>{timeOfDay(burst.startMs)}</time>
            </p>
            <ol className="trips">
              {burst.trips.map((trip) => (
                <TripRow key={trip.id} trip={trip} burst={burst} now={now} />
              ))}
            </ol>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function TripRow({ trip, burst, now }: { trip: Trip; burst: Burst; now: number }) {
  const scale = Math.max(1, burst.endMs - burst.startMs);
  const percent = (ms: number) => `${(100 * Math.min(1, Math.max(0, ms / scale))).toFixed(2)}%`;
  const endMs = trip.endMs ?? Math.max(now, trip.startMs);
  const waitedUntilMs = trip.answeredMs ?? endMs;
  const isBad = trip.end === "failed" || (trip.status ?? 0) >= 400;
  return (
    <li
      className="trip"
      data-testid="trip"
      data-kind={trip.kind}
      data-status={trip.status}
      data-bad={isBad || undefined}
    >
      <span className="trip-label">{trip.label}</span>
      <span className="trip-end">
        {outcome(trip)}, {length(endMs - trip.startMs)}
      </span>
      <span className="trip-track" aria-hidden>
        <span
          className="trip-wait"
          style={{ left: percent(trip.startMs - burst.startMs), width: percent(waitedUntilMs - trip.startMs) }}
        />
        <span
          className="trip-read"
          style={{ left: percent(waitedUntilMs - burst.startMs), width: percent(endMs - waitedUntilMs) }}
        />
      </span>
    </li>
  );
}

function outcome({ status, end, kind }: Trip): string {
  if (end === "failed") return status === null ? "failed" : `${status}, cut off`;
  if (end === "left") return status === null ? "given up" : `${status}, given up`;
  if (kind === "callback") return end === "open" ? "asked" : "answered";
  return status === null ? "sent" : String(status);
}

const length = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
