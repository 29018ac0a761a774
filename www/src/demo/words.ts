/** Errors in words for people. The code stays visible beside them, for developers. */
import { type ErrorCode, isThreadpassError, type ThreadpassError } from "threadpass";
import { ModelError } from "../model/speak";

/** What of an error people are told: one of the client's, or of the page's own model. */
export type Failure = Pick<ThreadpassError, "code" | "message">;

const words: Partial<Record<ErrorCode, string>> = {
  "network/offline": "There was no network.",
  "network/failed": "The chat backend cannot be reached.",
  "network/timeout": "The chat backend took too long to answer.",
  "api/server": "The chat backend has a problem of its own.",
  "api/rate-limited": "The chat backend asks to go slower.",
  "api/conflict": "An answer is still being written in this chat, perhaps in another tab. Wait for it and try again.",
  "api/forbidden": "This chat is not there any more, or it is not yours.",
  "api/not-found": "This is not there any more.",
  "stream/interrupted": "The connection broke while the answer came in.",
  "stream/idle": "The answer stopped coming in.",
  "run/cancelled": "The answer was stopped.",
  "auth/not-signed-in": "You are signed out.",
  "auth/signed-out": "You are signed out.",
  "auth/callback-failed": "The sign-in provider cannot be reached.",
  "auth/callback-timeout": "The sign-in provider took too long to answer.",
  "auth/exchange-rejected": "The chat backend does not accept this sign-in.",
  "auth/token-expired": "The sign-in has expired, and there is no newer one.",
  "auth/refused": "The chat backend refuses the session tokens it gives.",
  "client/core-load-failed": "The Threadpass core could not be loaded.",
};

export function explain(error: Failure): string {
  if (error.code === "run/failed") return `The model said: ${lowerFirst(detailOf(error))}.`;
  return words[error.code] ?? `${error.message}.`;
}

/** The run's own message without the package's introduction. */
function detailOf(error: Failure): string {
  return error.message.replace(/^the run failed: /, "").replace(/\.$/, "");
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** Whether waiting and trying again may help. */
export function isTemporary(error: ThreadpassError): boolean {
  return error.retryable || error.code.startsWith("network/");
}

/** Everything the client throws is one of its own errors; what is not is a bug and stays loud. */
export function asThreadpassError(thrown: unknown): ThreadpassError {
  if (isThreadpassError(thrown)) return thrown;
  throw thrown;
}

/** The same for an answer, which may come from the page's own model. */
export function asFailure(thrown: unknown): Failure {
  return thrown instanceof ModelError ? thrown : asThreadpassError(thrown);
}
