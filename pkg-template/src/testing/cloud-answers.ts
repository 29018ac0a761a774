/** Answers as Assistant Cloud gives them. */
import { open } from "./answers.js";

/** What a page of another origin may read. */
const headers = { ...open, "access-control-expose-headers": "Authorization, Retry-After" };

export const json = (status: number, value: unknown): Response =>
  new Response(JSON.stringify(value), { status, headers: { ...headers, "content-type": "application/json" } });

export const text = (value: string): Response =>
  new Response(value, { headers: { ...headers, "content-type": "text/plain; charset=utf-8" } });

export const refused = (status: number, error: string): Response => json(status, { error });
