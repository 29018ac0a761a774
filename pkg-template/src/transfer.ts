/** Sending a request and reading what is wanted of the answer. */

import { Lost } from "./tell.js";

/** Edge runtimes refuse "error"; with "manual" a redirect is not followed either, and is an answer of no use. */
export const redirect = (() => {
  try {
    return new Request("http://x", { redirect: "error" }).redirect;
  } catch {
    return "manual";
  }
})();

/** How our own requests are sent: without cookies, cache, redirect and referrer. */
export const plainly: RequestInit = {
  credentials: "omit",
  cache: "no-store",
  redirect,
  referrerPolicy: "no-referrer",
};

/** The largest exchange answer and error body that is read, in bytes. */
const largest = 64 * 1024;

/** What is read of an answer; the numbers of the core. */
const nothing = 0;
const json = 1;
const little = 2;
const untouched = 4;
const slow = 5;

/**
 * What comes of the work, or the signal's reason if that comes first. Nothing stays at the signal, which may live as long as
 * somebody is signed in and would keep whatever was waited for.
 */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    const stay = () => signal.removeEventListener("abort", leave);
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave);
    Promise.resolve(work).then(resolve, reject).finally(stay);
  });
}

/** What was read of an answer, as the core takes it. */
interface Reply {
  readonly response: Response;
  readonly status: number;
  readonly json: unknown;
  readonly text: string;
  readonly retryAfter: string | undefined;
  readonly requestId: string | undefined;
  readonly contentType: string | undefined;
  readonly next: string | undefined;
  readonly total: string | undefined;
  readonly authorization: string | undefined;
}

/** Neither an injected `fetch` nor a body has to mind the signal for this to end with it. */
export async function readReply(
  send: typeof fetch,
  request: Request,
  init: RequestInit & { signal: AbortSignal },
  wanted: number,
  alive: () => void,
): Promise<Reply> {
  const race = <T>(work: Promise<T>) => unlessAborted(init.signal, work);
  const response = await race((async () => send(request, init))());
  const status = response?.status;
  if (!(status >= 100)) throw Object.assign(new Error("fetch gave no Response"), { name: "NoResponse" });
  const ok = status >= 200 && status < 300;
  let value: unknown;
  let text = "";
  if (ok && wanted === json) value = await race(response.json());
  else if (ok && wanted === nothing) response.body?.cancel().catch(() => {});
  else if (ok && wanted === slow) {
    const json = await readText(response, race, Infinity, alive);
    if (json.trim()) value = JSON.parse(json);
  } else if (wanted <= little || (!ok && wanted !== untouched)) {
    text = await readText(response, race, largest);
    try {
      value = JSON.parse(text);
    } catch {
      // Then it is a text.
    }
  }
  const header = (name: string) => response.headers?.get(name) ?? undefined;
  return {
    response,
    status,
    json: value,
    text,
    retryAfter: header("retry-after"),
    requestId: header("x-request-id"),
    contentType: header("content-type"),
    next: header("x-pagination-next"),
    total: header("x-pagination-total"),
    authorization: header("authorization"),
  };
}

/** A body of at most so many bytes as text; of a larger one nothing. */
async function readText(
  response: Response,
  race: <T>(work: Promise<T>) => Promise<T>,
  most: number,
  alive?: () => void,
): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return race(response.text());
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; ;) {
    const { done, value } = await race(reader.read());
    if (done) return text + decoder.decode();
    alive?.();
    size += value.length;
    if (size > most) {
      reader.cancel().catch(() => {});
      return "";
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Why a request has no answer. */
export function lostOf(thrown: unknown): Lost {
  if (globalThis.navigator?.onLine === false) return Lost.Offline;
  const name = (thrown as Error | undefined)?.name;
  return name === "SyntaxError" ? Lost.Syntax : name === "NoResponse" ? Lost.Shape : Lost.Network;
}
