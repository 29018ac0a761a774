/** The servers that have to behave alike: LangGraph's own, and the local backend, each with users of the stand-in for Supabase. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, start } from "../../e2e/support/child.mjs";
import { startProxy } from "./proxy.mjs";

const example = "www/examples/langgraph-supabase";
const devserver = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/threadpass-devserver");

/** @param {string[]} options */
export async function startSupabase(options = []) {
  const running = await start("node", [`${example}/supabase.mjs`, ...options]);
  const { supabase, anonKey, serviceKey, jwtSecret } = running.ready;
  return { url: supabase, anonKey, serviceKey, jwtSecret, log: running.log, stop: () => running.stop() };
}

/** @param {Awaited<ReturnType<typeof startSupabase>>} supabase */
async function startReal({ url, serviceKey }) {
  const langgraph = process.env.LANGGRAPH;
  if (!langgraph) throw new Error("LANGGRAPH should name LangGraph's program; cargo xtask test langgraph sets it");
  const env = { SUPABASE_URL: url, SUPABASE_SERVICE_KEY: serviceKey };
  const running = await start("node", [`${example}/server.mjs`, "--langgraph", langgraph], env);
  return { url: running.ready.langgraph, stop: () => running.stop() };
}

/** @param {Awaited<ReturnType<typeof startSupabase>>} supabase */
async function startLocal({ jwtSecret }) {
  const folder = await mkdtemp(join(tmpdir(), "threadpass-langgraph-"));
  const config = join(folder, "settings.toml");
  await writeFile(config, `[[project]]\nname = "supabase"\nverification = "symmetric"\nsecret = "${jwtSecret}"\n`);
  const running = await start(devserver, ["--db", ":memory:", "--json", "--exit-with-stdin", "--config", config]);
  return {
    url: running.ready.backend,
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** By the name that tests have in their titles. */
export const servers = { "LangGraph's server": startReal, "the local backend": startLocal };

/**
 * Starts a server behind a proxy, and the sign-in that it takes its users from.
 *
 * @param {typeof startReal} startServer
 * @param {{ lifetime?: number, confirm?: boolean }} [options] of access tokens, in seconds; whether addresses are confirmed
 */
export async function startWorld(startServer, { lifetime = 3600, confirm = false } = {}) {
  const parts = [];
  const stop = async () => {
    for (const part of parts.reverse()) await part.stop();
  };
  try {
    const add = async (starting) => {
      const part = await starting;
      parts.push(part);
      return part;
    };
    const supabase = await add(startSupabase(["--lifetime", String(lifetime), ...(confirm ? ["--confirm"] : [])]));
    // The page and the server ask it on ways of their own.
    const [signIn, asked] = [await add(startProxy(supabase.url)), await add(startProxy(supabase.url))];
    const server = await add(startServer({ ...supabase, url: asked.url }));
    const proxy = await add(startProxy(server.url));
    return { supabase, signIn, asked, server, proxy, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
