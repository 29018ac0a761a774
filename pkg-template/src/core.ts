/** The lazy chunk of the default entry: the engine, and the WebAssembly in it as text. */
import { makeEngine } from "./engine.js";
import { initSync } from "./glue.js";
import { unpack } from "./unpack.js";

/** Compiles the core, without blocking the page. */
export async function load() {
  initSync({ module: await WebAssembly.compile(unpack()) });
  return makeEngine;
}
