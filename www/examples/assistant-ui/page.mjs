/**
 * Serves the example's page with Vite, on loopback, until standard input ends.
 *
 * VITE_ASSISTANT_CLOUD_URL=… VITE_ISSUER=… VITE_CLIENT_ID=… node page.mjs [--port 0]
 *
 * Prints one line of JSON when it is ready: {"page"}.
 */
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createServer } from "vite";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const server = await createServer({
  root: at("."),
  cacheDir: at("../../node_modules/.vite/assistant-ui"),
  configFile: false,
  logLevel: "error",
  plugins: [react()],
  server: { host: "127.0.0.1", port: Number(values.port), strictPort: true },
});
await server.listen();
const { port } = server.httpServer.address();
process.stdout.write(`${JSON.stringify({ page: `http://127.0.0.1:${port}/` })}\n`);
process.stdin.on("end", () => process.exit()).resume();
