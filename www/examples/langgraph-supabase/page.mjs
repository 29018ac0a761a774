/**
 * Serves the example's page with Vite, on loopback, until standard input ends.
 *
 * VITE_SUPABASE_URL=… VITE_SUPABASE_KEY=… VITE_LANGGRAPH_URL=… node page.mjs [--port 0]
 *
 * Prints one line of JSON when it is ready: {"page"}.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createServer } from "vite";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const server = await createServer({
  root: fileURLToPath(new URL(".", import.meta.url)),
  configFile: false,
  logLevel: "error",
  server: { host: "127.0.0.1", port: Number(values.port), strictPort: true },
});
await server.listen();
const { port } = server.httpServer.address();
process.stdout.write(`${JSON.stringify({ page: `http://127.0.0.1:${port}/` })}\n`);
process.stdin.on("end", () => process.exit()).resume();
