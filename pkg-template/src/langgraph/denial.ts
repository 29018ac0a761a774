/** An answer that says 200 and then, in its first event, that it is a refusal. */
import type { ErrorCode } from "../../index.js";
import { isObject, textIn } from "./read.js";
import type { ServerEvent, Wire } from "./wire.js";

const codes: Readonly<Record<number, ErrorCode>> = {
  400: "api/bad-request",
  401: "api/unauthorized",
  403: "api/forbidden",
  404: "api/not-found",
  409: "api/conflict",
  422: "api/bad-request",
  429: "api/rate-limited",
};

/** Undefined for any other first event. */
export function denial(wire: Wire, { data }: ServerEvent, scrub: (text: string) => string): unknown {
  const message = isObject(data) ? (textIn(data.message) ?? "") : "";
  // What a graph has failed with may begin with a number, too.
  const isServers = isObject(data) && data.error === "HTTPException";
  const numbered = isServers ? /^(4\d\d|5\d\d): /.exec(message)?.[1] : undefined;
  const status = numbered ? Number(numbered) : /^(thread|run)\b.* not found/i.test(message) ? 404 : undefined;
  if (status === undefined) return undefined;
  const code = codes[status] ?? (status < 500 ? "api/bad-request" : "api/server");
  return wire.error(code, `the run's stream is refused: ${scrub(message)}`, { status });
}
