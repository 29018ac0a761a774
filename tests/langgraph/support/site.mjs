/** The page's origin: an empty page, the built package, and the other packages that scripts import. */
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const pkg = dirname(fileURLToPath(import.meta.resolve("threadpass")));

/** Where an entry's file is, below the package. */
const fileOf = (entry) => relative(pkg, fileURLToPath(import.meta.resolve(entry))).replaceAll("\\", "/");

function pageWith(entries, bundled) {
  const imports = {
    ...Object.fromEntries(entries.map((entry) => [entry, `/pkg/${fileOf(entry)}`])),
    ...Object.fromEntries(bundled.map((name) => [name, `/bundled/${name}.js`])),
  };
  return `<!doctype html><meta charset="utf-8"><title>Threadpass</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script>`;
}

async function bundle(name) {
  const options = { bundle: true, format: "esm", platform: "browser", target: "es2022", write: false };
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const stdin = { contents: `export * from ${JSON.stringify(name)};`, resolveDir };
  const { outputFiles } = await build({ ...options, stdin, logLevel: "error" });
  return outputFiles[0].text;
}

/**
 * @param {object} parts
 * @param {URL} parts.inside the module that scripts import as `/inside.mjs`
 * @param {string[]} parts.entries of the package
 * @param {string[]} [parts.bundled] other packages, which are bundled for the page
 */
export async function startSite({ inside, entries, bundled = [] }) {
  const page = pageWith(entries, bundled);
  /** @type {Map<string, Promise<string>>} */
  const bundles = new Map();
  const contents = async (path) => {
    if (path === "/inside.mjs") return readFile(inside, "utf8");
    const [, file] = /^\/pkg\/([a-z/-]+\.js)$/.exec(path) ?? [];
    if (file) return readFile(join(pkg, file), "utf8");
    const name = bundled.find((name) => path === `/bundled/${name}.js`);
    if (!name) return undefined;
    if (!bundles.has(name)) bundles.set(name, bundle(name));
    return bundles.get(name);
  };
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    if (path === "/") return void response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    const text = await contents(path).catch(() => undefined);
    if (text === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/javascript" }).end(text);
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
