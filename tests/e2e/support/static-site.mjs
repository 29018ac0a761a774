/** A plain file server, which knows nothing of what it serves. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize } from "node:path";
import { root } from "./child.mjs";

const types = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

/** Below the root of the host, as a project's pages often are. */
const place = "/somebody/demo/";

/**
 * Serves the static demo. `change` may have a file be another one.
 *
 * @param {(name: string, content: string) => string} change
 */
export async function startStaticSite(change = (_name, content) => content) {
  /** @type {string[]} */
  const asked = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    asked.push(`${request.method} ${pathname}`);
    const name = normalize(pathname.slice(place.length) || "index.html");
    try {
      if (!pathname.startsWith(place)) throw new Error("another place");
      const content = await readFile(join(root, "www/dist-demo", name), "utf8");
      const type = types[/** @type {keyof typeof types} */ (name.split(".").at(-1))];
      response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(change(name, content));
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}${place}`,
    /** What was asked for so far. */
    asked,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
