/** A backend that does what the test says, however wrong. */
import { once } from "node:events";
import { createServer } from "node:http";

/**
 * @typedef {object} Call
 * @property {string} method
 * @property {string} path with the query
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {string} body
 *
 * @typedef {object} Exchange
 * @property {Call} call
 * @property {number} nth which call of this route it is, from 1
 * @property {import("node:http").ServerResponse} response
 * @property {(status: number, value: unknown, headers?: Record<string, string>) => void} json
 * @property {(status: number, type: string, body: string | Buffer) => void} send
 *
 * @typedef {(exchange: Exchange) => unknown} Handler
 */

/** Where tokens are exchanged. */
export const tokens = "POST /oauth/token";

/** The grant that is given where a test says nothing else: the nth one has a number of its own. */
export const grantOf = (nth, more = {}) => ({
  access_token: `canary-session-${nth}`,
  token_type: "Bearer",
  expires_in: 900,
  issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
  ...more,
});

/** @type {Record<string, Handler>} */
const usual = {
  [tokens]: ({ json, nth }) => json(201, grantOf(nth)),
  "GET /v1/threads": ({ json }) => json(200, { threads: [], hasMore: false }),
};

/**
 * Starts a server. A route is a method and a path, or `*` for what no other one takes.
 *
 * @param {Record<string, Handler>} routes beside or instead of the usual ones
 */
export async function startServer(routes = {}) {
  const table = { ...usual, ...routes };
  /** @type {Call[]} */
  const calls = [];
  /** @type {Map<string, number>} */
  const counts = new Map();

  const server = createServer(async (request, response) => {
    // The client may go away at any time, which is what some tests are about.
    response.on("error", () => {});
    response.setHeader("access-control-allow-origin", "*");
    const { method = "", url: path = "", headers } = request;
    if (method === "OPTIONS") {
      response.setHeader("access-control-allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
      // Over a connection that it has used before, Chromium sends a request again if that ends without an answer.
      response.setHeader("connection", "close");
      response.setHeader("access-control-allow-headers", headers["access-control-request-headers"] ?? "*");
      response.writeHead(204).end();
      return;
    }
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    const call = { method, path, headers, body };
    calls.push(call);
    const named = `${method} ${path.split("?")[0]}`;
    const route = named in table ? named : "*";
    const nth = (counts.get(route) ?? 0) + 1;
    counts.set(route, nth);
    const send = (status, type, content) => response.writeHead(status, { "content-type": type }).end(content);
    const json = (status, value, more = {}) =>
      response.writeHead(status, { "content-type": "application/json", ...more }).end(JSON.stringify(value));
    const handler = table[route] ?? (() => json(403, { message: "Forbidden resource", statusCode: 403 }));
    await handler({ call, nth, response, json, send });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    /** What was called but the token endpoint. */
    apiCalls: () => calls.filter(({ path }) => !path.endsWith("/oauth/token")),
    /** How often a route was called. */
    count: (route) => calls.filter(({ method, path }) => `${method} ${path.split("?")[0]}` === route).length,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */
