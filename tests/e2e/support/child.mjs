/** Programs that say in one line of JSON that they are ready, and end when their standard input ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Longer than any start takes on a busy machine. */
const startMs = 120_000;
/** How long a program may take to end by itself. */
const endMs = 20_000;

/**
 * Starts a program and waits for its line.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env] beside the environment of this process
 */
export async function start(command, args, env = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env } });
  const ended = once(child, "exit");
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (log += text));
  /** @type {string[]} */
  const printed = [];
  const ready = await new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${command} ${args[0]} ${why}:\n${log}`));
    const timer = setTimeout(() => fail("did not become ready"), startMs);
    createInterface(child.stdout).on("line", (line) => {
      printed.push(line);
      if (printed.length > 1) return;
      clearTimeout(timer);
      resolve(JSON.parse(line));
    });
    child.once("error", ({ message }) => fail(message));
    child.once("exit", (code) => fail(`ended with ${code}`));
  });
  return {
    ready,
    /** All lines on standard output so far. */
    printed,
    /** What it has said on standard error so far. */
    log: () => log,
    /** Asks it to end, and waits until it has. One that does not end by itself is an error. */
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const timer = setTimeout(() => child.kill("SIGKILL"), endMs);
      child.stdin.end();
      const [, signal] = await ended;
      clearTimeout(timer);
      if (signal) throw new Error(`${command} ${args[0]} did not end by itself:\n${log}`);
    },
    /** Interrupts it as Ctrl-C does, and waits until it has ended. */
    async interrupt() {
      child.kill("SIGINT");
      await ended;
    },
    /** Ends it without a chance to tidy up. */
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
