/** A server that other SDKs talk to, where our tokens are exchanged too. It takes the tokens it has given and no others. */
import { startServer, tokens } from "../../browser/support/server.mjs";

/**
 * @param {Record<string, import("../../browser/support/server.mjs").Handler>} routes
 * @param {import("node:test").TestContext} t which it ends with
 */
export async function startSdkServer(routes, t) {
  const revoked = new Set();
  const guarded = Object.entries(routes).map(([route, handle]) => [
    route,
    (exchange) => {
      const { authorization } = exchange.call.headers;
      const good = /^Bearer canary-session-\d+$/.test(authorization ?? "") && !revoked.has(authorization);
      return good ? handle(exchange) : exchange.json(401, { detail: "no valid token" });
    },
  ]);
  const server = await startServer(Object.fromEntries(guarded));
  t.after(() => server.stop());
  const bearers = () => server.apiCalls().map(({ headers }) => headers.authorization);
  return {
    ...server,
    /** Whose calls came, in order. */
    bearers,
    exchanges: () => server.count(tokens),
    /** Refuses the nth token from now on. */
    revoke: (nth) => void revoked.add(`Bearer canary-session-${nth}`),
  };
}

/** A promise and what fulfils it. */
export function gate() {
  let open = () => {};
  const opened = new Promise((resolve) => (open = () => resolve(undefined)));
  return { open, opened };
}
