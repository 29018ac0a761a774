/** What the token endpoints' answers mean. Pure: nothing is sent or stored here. */
import type { ErrorCode } from "../../index.js";
import type { Extras } from "../errors.js";
import type { RefreshRecord } from "./record.js";

export type MakeError = (code: ErrorCode, message: string, extras?: Extras) => unknown;

/** An answer, as far as it was read. */
export interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly text: string;
  /** The header, if CORS lets it be read. */
  readonly retryAfter?: string | undefined;
}

/** What a token endpoint gives out. */
export interface Grant {
  readonly token: string;
  readonly record?: RefreshRecord | undefined;
}

/** A refresh: what it gives; undefined if the backend does not know the record any more; throws what may pass. */
export function readRefresh(answer: Answer, used: RefreshRecord, error: MakeError): Grant | undefined {
  const { status } = answer;
  if (isOk(status)) return grantOf("refresh auth token response", answer.json, false, error);
  if (status >= 400 && status < 500 && !isTransient(status)) return undefined;
  const code = [425, 429].includes(status) ? "api/rate-limited" : status === 408 ? "network/timeout" : "api/server";
  const words = wordsOf(answer).replaceAll(used.token, "…");
  throw error(code, `the anonymous token was not refreshed: the backend answered ${status}${words}`, {
    status,
    retryable: true,
    ...waitOf(answer),
  });
}

/** A new identity, which has a record. Throws why there is none. */
export function readMint(answer: Answer, error: MakeError): Grant & { readonly record: RefreshRecord } {
  const { status } = answer;
  if (isOk(status)) {
    const grant = grantOf("anonymous auth token response", answer.json, true, error);
    return grant as Grant & { readonly record: RefreshRecord };
  }
  const passes = isTransient(status);
  const usual = "switch anonymous access on in the project, or sign the user in";
  const advice = passes ? "try again later" : status === 404 ? "check baseUrl" : usual;
  const message = `no anonymous identity: the backend answered ${status}${wordsOf(answer)}; ${advice}`;
  throw error("auth/anonymous-refused", message, { status, retryable: passes, ...waitOf(answer) });
}

const isOk = (status: number) => status >= 200 && status < 300;

const isTransient = (status: number) => [408, 425, 429].includes(status) || status >= 500;

/** `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date, which is now if it is over. */
function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const ms = /^\s*\d+\s*$/.test(header ?? "") ? Number(header) * 1000 : Date.parse(header ?? "") - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

function waitOf({ retryAfter }: Answer): Extras {
  const ms = retryAfterMs(retryAfter, Date.now());
  return ms === undefined ? {} : { retryAfterMs: ms };
}

const longestWords = 200;

/** The backend's own words, where they are short enough to be any: an error page is no help in a message. */
function wordsOf({ json, text }: Answer): string {
  const { error, message } = (json ?? {}) as { error?: unknown; message?: unknown };
  const said = [message, error, json === undefined && !/^\s*</.test(text) ? text : ""].find(isText) ?? "";
  const words = said.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
  return words && words.length <= longestWords ? `, ${words}` : "";
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function grantOf(what: string, json: unknown, needsRecord: boolean, error: MakeError): Grant {
  const malformed = (where: string, expected: string) =>
    error("auth/exchange-malformed", `${what}${where} should be ${expected}; is something else answering at baseUrl?`, {
      retryable: true,
    });
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(json)) throw malformed("", "a JSON object of at most 64 KiB");
  const { access_token: token, refresh_token: record } = json;
  if (!isText(token)) throw malformed(".access_token", "a non-empty string");
  if (record == null && !needsRecord) return { token };
  if (!isObject(record)) throw malformed(".refresh_token", "an object");
  for (const name of ["token", "expires_at"])
    if (!isText(record[name])) throw malformed(`.refresh_token.${name}`, "a non-empty string");
  return { token, record: record as unknown as RefreshRecord };
}
