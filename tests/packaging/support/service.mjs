/** A program that serves until it is ended. */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** Longer than any start takes on a busy machine. */
const startMs = 300_000;

/**
 * Starts it and waits until what it prints tells where it is.
 *
 * @param {string} program @param {string[]} args @param {string} cwd
 * @param {(printed: string) => string | undefined} urlIn
 */
export async function service(program, args, cwd, urlIn) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  // Its children end with it.
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  let printed = "";
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), "SIGKILL");
    await ended;
  };
  try {
    const url = await new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`${program} ${args.join(" ")} ${why}:\n${printed}`));
      const timer = setTimeout(() => fail("did not become ready"), startMs);
      for (const output of [child.stdout, child.stderr])
        output.setEncoding("utf8").on("data", (text) => {
          printed += text;
          const url = urlIn(printed);
          if (!url) return;
          clearTimeout(timer);
          resolve(url);
        });
      child.once("error", ({ message }) => fail(message));
      child.once("exit", (code) => fail(`ended with ${code}`));
    });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
