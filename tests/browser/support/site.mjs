/** The page's origin: an empty page, the built package, and the tools of the scripts. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const inside = fileURLToPath(new URL("inside.mjs", import.meta.url));
const pkg = (name) => fileURLToPath(import.meta.resolve("threadpass").replace(/index\.js$/, name));

const page = `<!doctype html><meta charset="utf-8"><title>Threadpass</title><link rel="icon" href="data:,">`;

/** Starts it. A page is at `/`, with the Content-Security-Policy that its query asks for. */
export async function startSite() {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://site");
    if (pathname === "/") {
      const policy = searchParams.get("policy");
      const headers = policy ? { "content-security-policy": policy } : {};
      response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers }).end(page);
      return;
    }
    const [, name] = /^\/pkg\/((?:[a-z-]+\/)?[a-z]+\.js)$/.exec(pathname) ?? [];
    const file = name ? pkg(name) : pathname === "/inside.mjs" ? inside : undefined;
    if (!file) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/javascript" }).end(await readFile(file));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
