/** A request, read as far as the routes need it. */
import { forbidden, problem } from "./problem";

export interface Call {
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  /** What the page of this demo names itself with. */
  readonly apiKey: string | null;
  readonly hasBearer: boolean;
}

/** Where a route takes `userKey` from. */
export type Place = "query" | "body" | "body's thread";

export async function readCall(request: Request): Promise<Call> {
  const text = await request.text();
  let body: unknown = {};
  try {
    if (text) body = JSON.parse(text);
  } catch (cause) {
    throw problem(400, String((cause as Error).message));
  }
  return {
    query: new URL(request.url).searchParams,
    body: isObject(body) ? body : {},
    apiKey: request.headers.get("x-api-key"),
    hasBearer: request.headers.has("authorization"),
  };
}

/** Whose call it is, after key, token and the rule that there is exactly one identity. */
export function ownerOf(call: Call, apiKey: string, place: Place): string {
  if (call.apiKey !== apiKey) throw forbidden();
  // Nobody gets a token here, so none is good.
  if (call.hasBearer) throw problem(401, "Invalid bearer token");
  const { thread } = call.body;
  const key = {
    query: call.query.get("userKey"),
    body: call.body["userKey"],
    "body's thread": isObject(thread) ? thread["userKey"] : undefined,
  }[place];
  if (key === null || key === undefined)
    throw problem(
      400,
      "V1 APIs require exactly one context identifier: provide either userKey (query/body) or an OAuth bearer token " +
        "with a context key (received neither).",
    );
  if (typeof key !== "string") throw problem(400, ["userKey must be a string"]);
  if (!key.trim()) throw problem(400, "userKey cannot be an empty string.");
  return key.trim();
}

/** `limit` of a list. */
export function limitOf({ query }: Call, usual: number): number {
  const text = query.get("limit");
  if (text === null) return usual;
  if (!/^-?\d+$/.test(text.trim())) throw problem(400, ["limit must be an integer number"]);
  const limit = Number(text);
  if (limit < 1) throw problem(400, ["limit must not be less than 1"]);
  if (limit > 100) throw problem(400, ["limit must not be greater than 100"]);
  return limit;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
