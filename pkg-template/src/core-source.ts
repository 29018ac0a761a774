/** Getting the WebAssembly from where the app or the bundler has put it. */
import { ThreadpassError } from "./face.js";
import type { CoreSource } from "../slim.js";

/** Compiles the core, while it arrives where that is possible. */
export async function compile(source: CoreSource): Promise<WebAssembly.Module> {
  const given = await source;
  if (typeof given === "string" || given instanceof URL) return compile(await load(given));
  if (given instanceof WebAssembly.Module) return given;
  if (!("arrayBuffer" in given)) return WebAssembly.compile(given);
  const type = given.headers.get("content-type") ?? "";
  if (!given.ok) throw notIt(`was answered with status ${given.status}`);
  if (/^text\/html/.test(type)) throw notIt("was answered with a page");
  if (/^application\/wasm/.test(type) && "compileStreaming" in WebAssembly) return WebAssembly.compileStreaming(given);
  return WebAssembly.compile(await given.arrayBuffer());
}

/** Node's module for files, without an import that bundlers for browsers would have to resolve. */
interface Platform {
  process?: { getBuiltinModule?(name: "node:fs/promises"): { readFile(file: URL): Promise<BufferSource> } };
}

/** Node's `fetch` knows no files. */
async function load(url: string | URL): Promise<BufferSource | Response> {
  const files = /^file:/.test(String(url)) && (globalThis as Platform).process?.getBuiltinModule?.("node:fs/promises");
  return files ? files.readFile(new URL(url)) : fetch(url);
}

function notIt(what: string): ThreadpassError {
  return new ThreadpassError(
    "client/core-load-failed",
    `the request for client.wasm ${what}; serve the package's file there, or use the entry "threadpass", which needs none`,
  );
}
