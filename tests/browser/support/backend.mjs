/** The local backend, which can be told to misbehave. */
import { join } from "node:path";
import { root, start } from "../../e2e/support/child.mjs";
import { apiKey } from "./inside.mjs";

const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/threadpass-devserver");

/** Starts it with nothing in it, and with the key that every client of these tests has. */
export async function startBackend() {
  const { ready, stop } = await start(program, [
    ...["--json", "--exit-with-stdin", "--db", ":memory:"],
    ...["--verification", "none", "--api-key", apiKey],
  ]);
  return { url: ready.backend, controlKey: ready.controlKey, stop };
}
