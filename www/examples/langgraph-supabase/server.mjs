/**
 * Runs LangGraph's own server with this folder's graph, on loopback, until standard input ends or it is interrupted.
 *
 * SUPABASE_URL=… SUPABASE_SERVICE_KEY=… node server.mjs --langgraph .venv/bin/langgraph [--port 0]
 *
 * Prints one line of JSON when it is ready: {"langgraph"}. It keeps its threads in a folder that goes with it, because the
 * users of the stand-in do not stay either.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const files = ["langgraph.json", "graph.py", "auth.py", "requirements.txt"];
/** Longer than it takes on a busy machine. */
const startMs = 120_000;
/** How long the server may take to end, which is a moment. */
const endMs = 10_000;

/** Aborted when everything is to end. The server would stay otherwise, and so would what it keeps. */
const leaving = new AbortController();
process.stdin.once("end", () => leaving.abort()).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => leaving.abort());

/** Its options: without reloading, and with runs side by side, of which it does one at a time by default. */
const dev = ["dev", "--no-browser", "--no-reload", "--n-jobs-per-worker", "4", "--host", "127.0.0.1"];

/** It tells nobody of itself, and only of trouble on standard error. */
const quiet = { LANGGRAPH_CLI_NO_ANALYTICS: "1", LANGSMITH_TRACING: "false", LOG_LEVEL: "WARNING", LOG_COLOR: "false" };

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

const isReady = (url) =>
  fetch(`${url}/ok`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Starts it in a folder of its own. Answers the process, and when it has ended. */
async function launch(langgraph, port) {
  const folder = await mkdtemp(join(tmpdir(), "threadpass-langgraph-"));
  await Promise.all(files.map((file) => cp(join(here, file), join(folder, file))));
  const env = { ...process.env, ...quiet };
  // What it prints is a log: it belongs on standard error.
  const child = spawn(langgraph, [...dev, "--port", String(port)], { cwd: folder, env, stdio: ["ignore", 2, 2] });
  const ended = once(child, "exit").finally(() => rm(folder, { recursive: true, force: true }));
  const end = () => {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), endMs).unref();
  };
  if (leaving.signal.aborted) end();
  else leaving.signal.addEventListener("abort", end);
  return { child, ended };
}

/** Waits until it answers; false if it has ended instead. */
async function becomesReady(url, { child, ended }) {
  let isOver = false;
  ended.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  for (const end = Date.now() + startMs; !isOver; await pause(100)) {
    if (await isReady(url)) return true;
    if (Date.now() > end) child.kill("SIGTERM");
  }
  return false;
}

async function run({ langgraph, port }) {
  for (let tries = 1; ; tries++) {
    const bound = Number(port) || (await freePort());
    const url = `http://127.0.0.1:${bound}`;
    if (await isReady(url)) throw new Error(`there is one already at ${url}`);
    const server = await launch(langgraph, bound);
    if (await becomesReady(url, server)) {
      process.stdout.write(`${JSON.stringify({ langgraph: url })}\n`);
      return server.ended;
    }
    const [code, signal] = await server.ended;
    // Somebody else may take a free port before it does.
    if (leaving.signal.aborted || signal || Number(port) || tries === 3) return [code, signal];
  }
}

const { values } = parseArgs({
  options: { langgraph: { type: "string", default: "langgraph" }, port: { type: "string", default: "0" } },
});
try {
  const [code] = await run(values);
  process.exit(leaving.signal.aborted ? 0 : (code ?? 1));
} catch (error) {
  console.error(`LangGraph's server could not be started: ${error.message}`);
  process.exit(1);
}
