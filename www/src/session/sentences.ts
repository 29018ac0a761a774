/** The client's activity in short sentences. */
import type { Activity, AuthState } from "threadpass";
import { explain } from "../demo/words";
import { duration } from "./time";

const askedBecause: Record<string, string> = {
  initial: "Asked the app for the sign-in token",
  expiring: "The session token ends soon: asked the app for the sign-in token",
  unauthorized: "The backend refused a token: asked the app for the sign-in token",
  manual: "Asked the app for the sign-in token, on request",
};

const wokenBy: Record<string, string> = {
  visible: "The page came into view: looked whether anything is due",
  focus: "The page got the focus: looked whether anything is due",
  online: "The network is back: looked whether anything is due",
  pageshow: "The page came back from the browser's history: looked whether anything is due",
};

const plannedFor: Record<string, string> = {
  "quick-retry": "A second try follows",
  retry: "The next try follows",
  recheck: "The next look for a newer sign-in token follows",
  probe: "The next try follows",
};

/** A state in which it is known who is here, or being found out. */
export type SomebodyHere = Extract<AuthState, { generation: number }>;

/** What is known beside an activity. */
interface Circumstances {
  /** Whether there was a session token before. */
  readonly isRenewal: boolean;
  readonly isVisitor: boolean;
}

/** Null for what is no news: that the next renewal is planned shows in the countdown. */
export function describeActivity(activity: Activity, { isRenewal, isVisitor }: Circumstances): string | null {
  switch (activity.kind) {
    case "asked": {
      if (isVisitor) return "Asked the backend for a visitor’s token.";
      const because = askedBecause[String(activity.reason)] ?? "Asked the app for the sign-in token";
      return `${because}${activity.forceRefresh ? ", a fresh one" : ""}.`;
    }
    case "exchanging":
      return "Sent it to the backend in exchange for a session token.";
    case "renewed": {
      const lifetime = duration(Number(activity.lifetimeMs));
      return isRenewal
        ? `Renewed: a new session token, good for ${lifetime}. The page did not notice.`
        : `Got a session token, good for ${lifetime}.`;
    }
    case "rotated":
      return `The backend answered with a token of its own, good for ${duration(Number(activity.lifetimeMs))}.`;
    case "claimed":
      return `Claimed what the anonymous visitor had here: ${chats(Number(activity.moved))}.`;
    case "refused":
      return "The backend refused the session token (401): a new one is fetched.";
    case "failed":
      return `That did not work (${String(activity.code)}).`;
    case "woke":
      return `${wokenBy[String(activity.by)] ?? "Looked whether anything is due"}.`;
    case "armed": {
      const planned = plannedFor[String(activity.for)];
      return planned ? `${planned} in ${duration(Number(activity.afterMs))}.` : null;
    }
    default:
      return `${activity.kind}.`;
  }
}

/** How many chats. */
export const chats = (number: number): string => (number === 1 ? "one chat" : `${number} chats`);

export function describeState(state: SomebodyHere): string {
  switch (state.status) {
    case "identified": {
      if (state.refreshError) return "Still signed in; only the renewal has failed.";
      return state.source === "anonymous" ? "Here as an anonymous visitor." : `Signed in as ${state.user?.id}.`;
    }
    case "exchanging":
      return "Signing in.";
    case "error":
      return `No session: ${explain(state.error)}`;
  }
}
