/** What went over the network for somebody: never a token, a key or a query, and no part of a body. */

/** Asking the app for its token counts too: it is where an exchange begins. */
export type Kind = "callback" | "exchange" | "call" | "answer";

export type End = "open" | "done" | "failed" | "left";

export interface Trip {
  readonly id: number;
  readonly kind: Kind;
  readonly label: string;
  readonly startMs: number;
  /** When the answer began, for what has one. */
  readonly answeredMs: number | null;
  readonly endMs: number | null;
  readonly status: number | null;
  /** Whether it begins something new, however soon it comes after what was before. */
  readonly isFirst: boolean;
  /** How it ended: read whole, failed on the way, or given up by this page. */
  readonly end: End;
}

/** Trips that belong together, because no pause was between them. */
export interface Burst {
  readonly key: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly trips: readonly Trip[];
}

/** Longer than what one thing leads to lets wait. */
const pauseMs = 1_500;

/** Newest first. `nowMs` is where bars end that are still growing. */
export function burstsOf(trips: readonly Trip[], nowMs: number): Burst[] {
  const bursts: Burst[] = [];
  for (const trip of trips) {
    const last = bursts[0];
    const endMs = trip.endMs ?? nowMs;
    if (last && !trip.isFirst && trip.startMs - last.endMs < pauseMs)
      bursts[0] = { ...last, endMs: Math.max(last.endMs, endMs), trips: [...last.trips, trip] };
    else bursts.unshift({ key: trip.id, startMs: trip.startMs, endMs, trips: [trip] });
  }
  return bursts;
}

/** What a request is called here. Ids say nothing to people, and an anonymous visitor's key stands in the query. */
export function describeRequest(method: string, path: string): Pick<Trip, "kind" | "label"> {
  if (path.endsWith("/oauth/token")) return { kind: "exchange", label: "token exchange" };
  if (path.endsWith("/auth/tokens/anonymous")) return { kind: "exchange", label: "a visitor’s first token" };
  if (path.endsWith("/auth/tokens/refresh")) return { kind: "exchange", label: "a visitor’s next token" };
  const [, rest = path] = /\/v1\/(.*)$/.exec(path) ?? [];
  const label = `${method} ${rest.replaceAll(/(?:thr|thread|msg|run)_[^/]+/g, "…")}`;
  return { kind: method === "POST" && rest.endsWith("runs") ? "answer" : "call", label };
}
