/**
 * Serves the built page on loopback.
 *
 * THREADPASS_DEMO='{"backend","apiKey","assistantCloud","controlKey","issuer","clientId"}' node serve.mjs [--port 0]
 *
 * Prints one line of JSON when it is ready: {"page"}. Ends when its standard input ends.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { preview } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));

try {
  const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) throw new Error("--port should be a port number");
  if (!existsSync(`${root}dist/index.html`)) throw new Error("build it first: npm run build --workspace www");
  const server = await preview({
    root,
    configFile: `${root}vite.config.ts`,
    logLevel: "silent",
    preview: { host: "127.0.0.1", port, strictPort: true },
  });
  const { port: bound } = server.httpServer.address();
  process.stdout.write(`${JSON.stringify({ page: `http://127.0.0.1:${bound}/` })}\n`);
  process.stdin.on("end", () => process.exit()).resume();
} catch (error) {
  console.error(`The page could not be served: ${error.message}`);
  process.exitCode = 1;
}
