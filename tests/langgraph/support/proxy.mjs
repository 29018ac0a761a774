/** Stands between page and server: notes what passes, and cuts, loses or replaces it when a test says so. */
import { once } from "node:events";
import { createServer, request as send } from "node:http";

/**
 * @typedef {object} Passed
 * @property {string} method
 * @property {string} path with the query
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {number | null} status null until there is an answer
 * @property {() => void} cut ends the connection to the page
 *
 * @typedef {import("node:http").IncomingHttpHeaders} Headers
 * @typedef {{ lost: "cut" | 504 } | { status: number } | { answered: (headers: Headers) => Headers } | "refuse" | undefined} Order
 * @typedef {(passed: Passed, nth: number) => Order | Promise<Order>} Rule
 */

/**
 * Starts it before the server at `target`. A rule may let the server answer and lose that on the way back, as a broken
 * connection does or as a gateway that has waited for too long; answer by itself; change the headers of the answer; or refuse
 * the connection.
 *
 * @param {string} target
 */
export async function startProxy(target) {
  /** @type {Passed[]} */
  const passed = [];
  /** @type {Rule} */
  let rule = () => undefined;
  const { hostname, port: targetPort, host } = new URL(target);

  const server = createServer(async (request, response) => {
    const { method = "", url: path = "" } = request;
    const cut = () => void response.destroy();
    const one = { method, path, headers: request.headers, status: /** @type {number | null} */ (null), cut };
    const isPreflight = method === "OPTIONS";
    if (!isPreflight) passed.push(one);
    response.on("error", () => {});
    // Chromium sends a request once more by itself if a connection that it has used before ends without an answer.
    response.shouldKeepAlive = false;
    const order = isPreflight ? undefined : await rule(one, passed.length);
    if (order === "refuse") return cut();
    const say = (status) => {
      one.status = status;
      response.writeHead(status, { "access-control-allow-origin": "*", "content-type": "application/json" }).end("{}");
    };
    const lost = typeof order === "object" && "lost" in order ? order.lost : undefined;
    if (typeof order === "object" && "status" in order) {
      request.resume();
      return say(order.status);
    }
    const onward = send({ hostname, port: targetPort, method, path, headers: { ...request.headers, host } });
    onward.on("response", (answer) => {
      one.status = answer.statusCode ?? 0;
      if (lost) {
        // The server is left to it; only what it says does not arrive.
        answer.resume();
        return lost === "cut" ? cut() : say(lost);
      }
      const headers =
        typeof order === "object" && "answered" in order ? order.answered(answer.headers) : answer.headers;
      response.writeHead(one.status, headers);
      response.flushHeaders();
      answer.pipe(response);
      answer.on("error", cut);
    });
    onward.on("error", cut);
    response.on("close", () => lost ?? onward.destroy());
    request.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    /** What has come so far, preflights left out. */
    passed,
    /** What has come so far by method and path, for a pattern. */
    count: (pattern) => passed.filter(({ method, path }) => pattern.test(`${method} ${path}`)).length,
    /** From now on. Without one, everything passes. @param {Rule} [next] */
    rule: (next = () => undefined) => void (rule = next),
    /** Ends the connections of what is open and fits. */
    cut: (pattern) =>
      passed.filter(({ method, path }) => pattern.test(`${method} ${path}`)).forEach(({ cut }) => cut()),
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
