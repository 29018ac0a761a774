/** The local backend under a test's control. */
import { join } from "node:path";
import { root, start } from "./child.mjs";

/** The local backend. */
export const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/threadpass-devserver");

/**
 * @typedef {object} Call what the backend remembers of a call
 * @property {string} method
 * @property {string} path
 * @property {number | null} status
 * @property {boolean} bearer
 * @property {boolean} userKey
 * @property {string | null} user
 * @property {number | null} subject equal for equal subject tokens, on exchanges only
 */

/** @param {{ issuer: string, db: string, tokenLifetime: number }} options */
export async function startBackend({ issuer, db, tokenLifetime }) {
  const launch = (...more) =>
    start(program, [
      ...["--json", "--exit-with-stdin", "--db", db],
      ...["--trusted-issuer", issuer, "--token-lifetime", String(tokenLifetime)],
      ...more,
    ]);
  let running = await launch();
  const { backend: url, apiKey, controlKey } = running.ready;

  async function control(method, route) {
    const headers = { "x-dev-key": running.ready.controlKey };
    const response = await fetch(`${url}/__dev/${route}`, { method, headers });
    if (!response.ok) throw new Error(`${route} was answered ${response.status}`);
    return response;
  }
  /** @returns {Promise<Call[]>} */
  const calls = async () => (await (await control("GET", "calls")).json()).calls;
  return {
    url,
    apiKey,
    /** Where it speaks Assistant Cloud's contract. */
    assistantCloud: running.ready.assistantCloud.baseUrl,
    /** As it was at the first start. */
    controlKey,
    calls,
    /** Those that have an answer. The page may have given others up. */
    answered: async () => (await calls()).filter(({ status }) => status !== null),
    forgetCalls: () => control("POST", "calls/reset"),
    /** Refuses every session token issued so far. */
    revoke: () => control("POST", "revoke"),
    kill: () => running.kill(),
    /** Starts it again where it was. */
    async restart() {
      running = await launch("--port", new URL(url).port, "--api-key", apiKey);
    },
    stop: () => running.stop(),
  };
}

/** @param {Call} call */
export const isExchange = ({ path, method }) => path === "/oauth/token" && method !== "OPTIONS";
/** @param {Call} call */
export const isApiCall = ({ path, method }) => path.startsWith("/v1/") && method !== "OPTIONS";
