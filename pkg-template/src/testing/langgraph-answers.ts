/** Answers as a LangGraph server gives them. */
import { open } from "./answers.js";

/** What a page of another origin may read. */
const headers = {
  ...open,
  "access-control-expose-headers": "x-pagination-total, x-pagination-next, content-location",
};

export const json = (status: number, value: unknown, more: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { ...headers, ...more, "content-type": "application/json" } });

export const nothing = (): Response => new Response(null, { status: 204, headers });

export const stream = (body: ReadableStream<Uint8Array>, more: Record<string, string> = {}): Response =>
  new Response(body, { headers: { ...headers, ...more, "content-type": "text/event-stream; charset=utf-8" } });

export const refused = (status: number, detail: string): Response => json(status, { detail });
