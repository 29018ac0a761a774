/** The demo, part by part, so that a test has a hand on each of them. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBackend } from "./backend.mjs";
import { start } from "./child.mjs";

/**
 * @typedef {object} DemoOptions
 * @property {"RS256" | "ES256"} [algorithm] what the provider signs with
 * @property {number} [providerLifetime] of the provider's tokens, in seconds
 * @property {number} [tokenLifetime] of session tokens, in seconds
 */

/** @param {DemoOptions} [options] */
export async function startDemo(options) {
  for (let tries = 1; ; tries++) {
    try {
      return await startAll(await freePort(), options);
    } catch (error) {
      // Somebody else may take the port before the page does.
      if (tries === 3 || !/already in use/.test(error.message)) throw error;
    }
  }
}

/**
 * @param {number} port of the page. The provider has to know the page's address before the page is there.
 * @param {DemoOptions} [options]
 */
async function startAll(port, { algorithm = "RS256", providerLifetime = 3600, tokenLifetime = 900 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "threadpass-e2e-"));
  /** @type {{ stop(): Promise<void> }[]} */
  const parts = [];
  const stop = async () => {
    await Promise.all(parts.map((part) => part.stop()));
    await rm(folder, { recursive: true });
  };
  try {
    const page = `http://127.0.0.1:${port}/`;
    const signing = ["--algorithm", algorithm, "--lifetime", String(providerLifetime)];
    const provider = await start("node", ["www/provider/server.mjs", "--page", page, ...signing]);
    parts.push(provider);
    const { issuer, clientId } = provider.ready;
    const backend = await startBackend({ issuer, tokenLifetime, db: join(folder, "threads.sqlite") });
    parts.push(backend);
    const { url, apiKey, assistantCloud, controlKey } = backend;
    const settings = JSON.stringify({ backend: url, apiKey, assistantCloud, controlKey, issuer, clientId });
    const server = await start("node", ["www/serve.mjs", "--port", String(port)], { THREADPASS_DEMO: settings });
    parts.push(server);
    return { page, issuer, backend, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A port that was free a moment ago, for a server whose address others have to know before it is there. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}
