import type { AuthState, ClientOptions } from "../index.js";
import { backends, credentialsIn, hasCredential } from "./credentials.js";
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
  assistantId?: string;
  retries?: number;
  fetch?: typeof fetch;
}

/** A credential by its name in the options. */
export interface Given {
  kind: string;
  value?: unknown;
  /** Where the anonymous identity is kept whose threads whoever signs in takes over. */
  claim?: string;
}

function invalid(message: string): never {
  throw new ThreadpassError("config/invalid-option", message);
}

/** What goes into a header. */
function checkText(name: string, text: unknown, least: number): asserts text is string {
  if (typeof text !== "string" || text.length < least || !/^[\x21-\x7e]*$/.test(text))
    invalid(`${name} should be visible ASCII without blanks`);
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
  const { backend, timeouts = {}, retries, fetch, logger, onWarning } = options ?? {};
  if (!backends.includes(backend)) invalid(`backend should be "${backends.join('", "')}"`);
  const isTambo = backend === "tambo";
  const isCloud = backend === "assistant-cloud";
  const { subjectTokenType, assistantId, ...given } = options as ClientOptions & Partial<Settings>;
  // Of Assistant Cloud's, the key is a credential, and has a host of its own.
  const apiKey = isCloud ? "" : (given.apiKey ?? (isTambo ? undefined : ""));
  const usual = isTambo
    ? "https://api.tambo.co"
    : isCloud && given.apiKey
      ? "https://backend.assistant-api.com"
      : undefined;
  checkText("apiKey", apiKey, isTambo ? 1 : 0);
  if (assistantId !== undefined && !(assistantId && typeof assistantId === "string"))
    invalid("assistantId should be the name of a graph or the id of an assistant");
  if (typeof timeouts !== "object" || timeouts === null) invalid("timeouts should be an object");
  for (const [name, ms] of Object.entries(timeouts))
    if (ms !== undefined && !(typeof ms === "number" && ms > 0 && ms < Infinity))
      invalid(`timeouts.${name} should be a number of milliseconds above 0`);
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= 10))
    invalid("retries should be a whole number from 0 to 10");
  for (const [name, value] of Object.entries({ fetch, logger, onWarning }))
    if (value !== undefined && typeof value !== "function") invalid(`${name} should be a function`);
  if (subjectTokenType !== undefined && !/^(access|id)_token$/.test(subjectTokenType))
    invalid('subjectTokenType should be "access_token" or "id_token"');
  const settings = {
    backend,
    ...checkBaseUrl(given.baseUrl === undefined ? usual : given.baseUrl),
    ...timeouts,
    apiKey,
    subjectTokenType,
    assistantId,
  };
  return { ...settings, retries, fetch };
}

/** Where an anonymous identity is kept. */
function placeIn(name: string, value: unknown): string | undefined {
  const { persist } = value as { persist?: string };
  if (persist !== undefined && !/^(local|session|memory)$/.test(persist))
    invalid(`${name}.persist should be "local", "session" or "memory"`);
  return persist;
}

/** Finds the credential. None and two are no errors here: the state says so, and calls are refused. */
export function credentialOf(options: object | null, backend: string): Given {
  const given = options as Record<string, unknown> | null;
  const [kind, second] = credentialsIn(given, backend);
  if (!kind || !given) return { kind: "none" };
  if (second) return { kind: "conflict" };
  const value = given[kind];
  if (!hasCredential(backend, kind)) invalid(`${backend} has no ${kind}`);
  const isCloud = backend === "assistant-cloud";
  const type = typeof value;
  if (/Token$/.test(kind) && type !== "function" && (type !== "string" || isCloud || kind === "sessionToken"))
    invalid(`${kind} should be a callback that returns the token`);
  if (kind === "open" && value !== true) invalid("open should be true");
  if (kind === "userKey" && type !== "string") invalid("userKey should be a string");
  if (kind === "userKey" && !(value as string).trim()) return { kind: "none" };
  if (kind === "anonymous") placeIn(kind, value);
  if (kind === "apiKey") {
    for (const name of [kind, "userId", "workspaceId"]) checkText(name, given[name], 1);
    return { kind, value: given };
  }
  const { claimAnonymous } = given;
  if (!claimAnonymous) return { kind, value };
  if (!isCloud || kind !== "authToken") invalid("claimAnonymous goes with authToken of assistant-cloud");
  return { kind, value, claim: placeIn("claimAnonymous", claimAnonymous) ?? "local" };
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
