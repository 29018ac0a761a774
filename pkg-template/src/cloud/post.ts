/** A request to a token endpoint, with a deadline for its head and body together. */
import { lostOf, plainly, readReply } from "../transfer.js";
import { Lost } from "../tell.js";
import type { Answer, MakeError } from "./grant.js";

export interface Sender {
  readonly baseUrl: string;
  readonly fetch?: typeof fetch | undefined;
  /** For one request. */
  readonly deadlineMs: number;
  readonly error: MakeError;
}

/** The number that says "a small body, as text and JSON" in `readReply`. */
const little = 2;

/** Posts, with a body if there is one. Rejects with the signal's reason, or with an error that says what was asked for. */
export async function post(
  { baseUrl, fetch: send = fetch, deadlineMs, error }: Sender,
  what: "anonymous" | "refresh",
  body: object | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const flight = new AbortController();
  const leave = () => flight.abort(signal.reason);
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    flight.abort();
  }, deadlineMs);
  // Without a body there is nothing that would make a browser ask the backend first (CORS).
  const content = body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  try {
    const request = new Request(`${baseUrl}/v1/auth/tokens/${what}`, { method: "POST", ...content });
    return await readReply(send, request, { ...plainly, signal: flight.signal }, little, () => {});
  } catch (cause) {
    signal.throwIfAborted();
    const operation = what === "refresh" ? "the refresh of the anonymous token" : "the request for an anonymous token";
    if (isLate) {
      const message = `${operation} had no complete answer within ${deadlineMs} ms`;
      throw error("network/timeout", message, { retryable: true, cause });
    }
    const isOffline = lostOf(cause) === Lost.Offline;
    const message = isOffline ? "the browser is offline" : `${operation} failed before it was answered`;
    throw error(isOffline ? "network/offline" : "network/failed", message, { retryable: true, cause });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
  }
}
