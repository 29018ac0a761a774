import type { ErrorCode, ThreadpassError as PublicError } from "../index.js";

/** Shared by all copies of the package, so that the guard works across two of them. */
const brand = Symbol.for("threadpass.error");

export interface Extras {
  status?: number;
  retryable?: boolean;
  retryAfterMs?: number;
  requestId?: string;
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

export class ThreadpassError extends Error implements PublicError {
  declare readonly name: "ThreadpassError";
  declare readonly code: ErrorCode;
  declare readonly retryable: boolean;
  declare readonly status?: number;
  declare readonly retryAfterMs?: number;
  declare readonly requestId?: string;
  declare readonly details?: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, { cause, ...facts }: Extras = {}) {
    // `cause` is not enumerable, so that serialising an error never serialises what somebody else threw.
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, { code, retryable: false }, facts);
  }
}
Object.defineProperties(ThreadpassError.prototype, {
  name: { value: "ThreadpassError" },
  [brand]: { value: true },
});

export function isThreadpassError(value: unknown): value is ThreadpassError {
  return typeof value === "object" && value !== null && brand in value;
}
