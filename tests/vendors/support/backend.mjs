/** The local backend with a project whose tokens are signed here, and verified there for real. */
import { createHmac, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, start } from "../../e2e/support/child.mjs";

const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/threadpass-devserver");

const base64url = (text) => Buffer.from(text).toString("base64url");

/** Starts it with nothing in it. @param {string[]} [flags] */
export async function startBackend(flags = []) {
  const folder = await mkdtemp(join(tmpdir(), "threadpass-vendors-"));
  const secret = randomBytes(32).toString("hex");
  const settings = `[[project]]\nname = "vendors"\nverification = "symmetric"\nsecret = "${secret}"\n`;
  const config = join(folder, "settings.toml");
  await writeFile(config, `[model]\nword_delay_ms = 5\n\n${settings}`);
  const running = await start(program, [
    "--db",
    ":memory:",
    "--json",
    "--exit-with-stdin",
    "--config",
    config,
    ...flags,
  ]);
  const { backend: url, apiKey, assistantCloud, controlKey } = running.ready;
  const control = async (method, route, json) => {
    const headers = { "x-dev-key": controlKey, "content-type": "application/json" };
    const response = await fetch(`${url}/__dev/${route}`, { method, headers, body: json && JSON.stringify(json) });
    if (!response.ok) throw new Error(`${route} was answered ${response.status}`);
    return response;
  };
  return {
    url,
    apiKey,
    /** What clients of Assistant Cloud are given: `baseUrl` and `apiKey`. */
    assistantCloud,
    /** A provider's token for somebody; with another key, a forged one. */
    tokenOf(sub, key = secret) {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: "https://id.example", sub, iat: now, exp: now + 3_600 };
      const signed = [JSON.stringify({ alg: "HS256", typ: "JWT" }), JSON.stringify(claims)].map(base64url).join(".");
      return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
    },
    /** The calls so far, and how many of them were exchanges. */
    calls: async () => (await control("GET", "calls")).json(),
    /** Misbehaves in these ways from now on. */
    fault: (...faults) => control("PUT", "faults", { faults }),
    /** The faults that are on, and how many calls each has met. */
    faults: async () => (await (await control("GET", "faults")).json()).faults,
    /** Refuses every session token issued so far. */
    revoke: () => control("POST", "revoke"),
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}
