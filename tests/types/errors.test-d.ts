/** The codes are a closed list, and errors are told apart by them. */
import { type ErrorCode, ThreadpassError, isThreadpassError } from "threadpass";

/** Whoever handles every code is told by the compiler of one that is added or taken away. */
export const all: Record<ErrorCode, true> = {
  "config/missing-credential": true,
  "config/conflicting-credentials": true,
  "config/invalid-option": true,
  "config/invalid-base-url": true,
  "config/insecure-base-url": true,
  "config/secret-in-browser": true,
  "config/foreign-origin": true,
  "client/disposed": true,
  "client/core-load-failed": true,
  "client/internal": true,
  "auth/not-signed-in": true,
  "auth/signed-out": true,
  "auth/identity-changed": true,
  "auth/callback-failed": true,
  "auth/callback-timeout": true,
  "auth/not-a-token": true,
  "auth/cannot-renew": true,
  "auth/token-expired": true,
  "auth/exchange-rejected": true,
  "auth/exchange-malformed": true,
  "auth/refused": true,

  "auth/anonymous-refused": true,
  "network/offline": true,
  "network/failed": true,
  "network/timeout": true,
  "api/invalid-argument": true,
  "api/bad-request": true,
  "api/unauthorized": true,
  "api/payment-required": true,
  "api/forbidden": true,
  "api/not-found": true,
  "api/conflict": true,
  "api/too-large": true,
  "api/rate-limited": true,
  "api/server": true,
  "api/malformed-response": true,
  "api/unsupported": true,
  "stream/interrupted": true,
  "stream/idle": true,
  "stream/malformed": true,
  "run/failed": true,
  "run/cancelled": true,
};

// @ts-expect-error There is no such code.
export const misspelt: ErrorCode = "auth/expired";

export function handle(thrown: unknown): string {
  if (!isThreadpassError(thrown)) throw thrown;
  const { code, status, retryable, retryAfterMs, requestId, details, cause, message, name } = thrown;
  const known: [ErrorCode, boolean, string, "ThreadpassError"] = [code, retryable, message, name];
  // @ts-expect-error Not every failure has had an answer.
  const answered: number = status;
  const waits: number = retryAfterMs ?? 0;
  // @ts-expect-error What it is has to be looked at first.
  const thread: string = details?.threadId;
  // @ts-expect-error An error is read, not written.
  thrown.code = "api/server";
  const isOne: boolean = thrown instanceof ThreadpassError && thrown instanceof Error;
  void [known, answered, waits, requestId, thread, cause, isOne];
  return code.startsWith("auth/") ? "sign in again" : message;
}
