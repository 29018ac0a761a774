/** Answers as Tambo gives them. */

/** What a page of another origin may do. */
export const open = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
  "access-control-allow-headers": "*, authorization",
};

export const json = (status: number, value: unknown): Response =>
  new Response(JSON.stringify(value), { status, headers: { ...open, "content-type": "application/json" } });

export const nothing = (): Response => new Response(null, { status: 204, headers: open });

export const stream = (body: ReadableStream<Uint8Array>, ids: Record<string, string>): Response =>
  new Response(body, { status: 201, headers: { ...open, ...ids, "content-type": "text/event-stream" } });

export const refused = (statusCode: number, message: string): Response => json(statusCode, { message, statusCode });

export const forbidden = (): Response =>
  json(403, { message: "Forbidden resource", error: "Forbidden", statusCode: 403 });

export const problem = (status: number, code: string, detail: string, more: object = {}): Response =>
  json(status, { type: `urn:tambo:error:${code}`, title: code, status, detail, ...more });
