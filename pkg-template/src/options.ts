import type { AuthState, ClientOptions } from "../index.js";
import { credentialsIn } from "./credentials.js";
import { ThreadpassError } from "./errors.js";

/** What the core gets: checked and completed. */
export interface Settings {
  backend: string;
  baseUrl: string;
  origin: string;
  apiKey: string;
  subjectTokenType?: string;
  callbackMs?: number;
  exchangeMs?: number;
  requestMs?: number;
  streamIdleMs?: number;
  retries?: number;
  fetch?: typeof fetch;
}

/** A credential by its name in the options. */
export interface Given {
  kind: string;
  value?: unknown;
}

function invalid(message: string): never {
  throw new ThreadpassError("config/invalid-option", message);
}

function checkBaseUrl(given: unknown): { baseUrl: string; origin: string } {
  let url: URL | undefined;
  try {
    url = new URL(given as string);
  } catch {
    // Said below, without repeating what was given.
  }
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new ThreadpassError(
      "config/invalid-base-url",
      "baseUrl should be an absolute http(s) URL without user info, query and fragment, such as https://api.example.com",
    );
  if (url.protocol === "http:" && !/^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
    throw new ThreadpassError(
      "config/insecure-base-url",
      "baseUrl is plain http on a host that is not loopback; use https",
    );
  return { baseUrl: url.origin + url.pathname.replace(/\/+$/, ""), origin: url.origin };
}

/** Checks everything but the credential, and throws what is wrong. */
export function checkOptions(options: ClientOptions): Settings {
  if (!options || options.backend !== "tambo") invalid('backend should be "tambo"');
  const { apiKey, baseUrl = "https://api.tambo.co", timeouts = {}, retries, fetch, logger, onWarning } = options;
  if (typeof apiKey !== "string" || !/^[\x21-\x7e]+$/.test(apiKey))
    invalid("apiKey should be the project's public key: visible ASCII without blanks");
  if (typeof timeouts !== "object" || timeouts === null) invalid("timeouts should be an object");
  for (const [name, ms] of Object.entries(timeouts))
    if (ms !== undefined && !(typeof ms === "number" && ms > 0 && ms < Infinity))
      invalid(`timeouts.${name} should be a number of milliseconds above 0`);
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= 10))
    invalid("retries should be a whole number from 0 to 10");
  for (const [name, value] of Object.entries({ fetch, logger, onWarning }))
    if (value !== undefined && typeof value !== "function") invalid(`${name} should be a function`);
  const { subjectTokenType } = options as { subjectTokenType?: string };
  if (subjectTokenType !== undefined && !/^(access|id)_token$/.test(subjectTokenType))
    invalid('subjectTokenType should be "access_token" or "id_token"');
  return { backend: options.backend, ...checkBaseUrl(baseUrl), ...timeouts, apiKey, subjectTokenType, retries, fetch };
}

/** Finds the credential. None and two are no errors here: the state says so, and calls are refused. */
export function credentialOf(options: object | null): Given {
  const given = options as Record<string, unknown> | null;
  const [kind, second] = credentialsIn(given);
  if (!kind || !given) return { kind: "none" };
  if (second) return { kind: "conflict" };
  const value = given[kind];
  const type = typeof value;
  if (kind === "userToken" && type !== "function" && type !== "string")
    invalid("userToken should be a callback that returns the provider's token, or the token");
  if (kind === "sessionToken" && type !== "function")
    invalid("sessionToken should be a callback that returns the token");
  if (kind === "userKey" && type !== "string") invalid("userKey should be a string");
  if (kind === "userKey" && !(value as string).trim()) return { kind: "none" };
  const persist = (value as { persist?: unknown }).persist;
  if (kind === "anonymous" && persist !== undefined && !/^(local|session|memory)$/.test(String(persist)))
    invalid('anonymous.persist should be "local", "session" or "memory"');
  return { kind, value };
}

/** The state that follows from the credential's shape alone, before anything has started. */
export function resting(given: Given): AuthState {
  if (given.kind === "none") return { status: "unauthenticated", reason: "no-credential" };
  if (given.kind === "conflict")
    return {
      status: "invalid",
      error: new ThreadpassError("config/conflicting-credentials", "two credentials were given; pass exactly one"),
    };
  return { status: "exchanging", attempt: 0, user: null, generation: 0 };
}
