/** What a burst of traffic means, in a sentence or two. */
import type { Trip } from "./trip";

/** `who` sends it: somebody with a session token, or a visitor without one. */
export function tell(trips: readonly Trip[], who: "token" | "visitor"): string {
  const of = (kind: Trip["kind"]) => trips.filter((trip) => trip.kind === kind);
  const calls = trips.filter(({ kind }) => kind === "call" || kind === "answer");
  const exchanges = of("exchange");
  const granted = exchanges.some(isGood);
  const asked = of("callback").find(({ end }) => end === "done");
  const refused = calls.filter(({ status }) => status === 401);
  const good = calls.filter(isGood);
  const sentences: string[] = [];
  if (refused.length)
    sentences.push(`The backend refused the session token (401) of ${count(refused.length, "call")}.`);
  if (exchanges.length)
    sentences.push(granted ? aboutGrant(exchanges, good, refused.length > 0) : aboutNoGrant(exchanges));
  else if (of("callback").some(({ end }) => end === "failed"))
    sentences.push("The app could not say who is signed in.");
  else if (good.length && asked) sentences.push(aboutAnswer(asked, good, refused.length > 0));
  else if (good.length) sentences.push(`${capital(count(good.length, "call"))} went out ${as[who]}.`);
  const others = calls.filter(({ status }) => status !== null && status >= 400 && status !== 401);
  if (others.length)
    sentences.push(`The backend answered ${[...new Set(others.map(({ status }) => status))].join(" and ")}.`);
  const lost = calls.filter(({ end }) => end === "failed");
  if (lost.length)
    sentences.push(`${capital(count(lost.length, "call"))} ${lost.length === 1 ? "was" : "were"} cut off on the way.`);
  if (of("answer").some(({ end, status }) => end === "open" && status !== null))
    sentences.push("An answer is coming in.");
  return sentences.join(" ") || "Nothing has come back yet.";
}

const as = { token: "with the session token at hand", visitor: "as the anonymous visitor" };

const isGood = ({ status, end }: Trip) => status !== null && status < 400 && end !== "failed";

function aboutGrant(exchanges: readonly Trip[], good: readonly Trip[], wasRefused: boolean): string {
  const exchange = exchanges.find(isGood)!;
  const waited = after(exchange, good);
  if (wasRefused) return "One new token was fetched, and what was refused was sent again.";
  if (waited.length)
    return `A new session token was fetched first, then ${count(waited.length, "call")} went out with it.`;
  return "A new session token was fetched; no call had to wait for it.";
}

/** Where the app's own token goes out as it is. */
function aboutAnswer(asked: Trip, good: readonly Trip[], wasRefused: boolean): string {
  const waited = after(asked, good);
  if (wasRefused) return "The app was asked for a new token, and what was refused was sent again.";
  if (waited.length)
    return `The app was asked for its token first, then ${count(waited.length, "call")} went out with it.`;
  return "The app was asked for its token; no call had to wait for it.";
}

const after = ({ endMs }: Trip, calls: readonly Trip[]) =>
  calls.filter(({ startMs }) => startMs >= (endMs ?? Infinity));

function aboutNoGrant(exchanges: readonly Trip[]): string {
  const status = exchanges.find(({ status }) => status !== null)?.status;
  if (status) return `The backend gave no session token (${status}).`;
  return exchanges.some(({ end }) => end === "open")
    ? "A session token is being fetched."
    : "The backend could not be reached for a session token.";
}

const count = (number: number, what: string) => (number === 1 ? `one ${what}` : `${number} ${what}s`);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
