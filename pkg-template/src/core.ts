/** The lazy chunk of the default entry: the engine, and the WebAssembly in it as text. */
import { makeEngine } from "./engine.js";
import { start } from "./glue.js";
import { unpack } from "./unpack.js";

/** Compiles the core, without blocking the page. */
export async function load() {
  start(await WebAssembly.compile(unpack()));
  return makeEngine;
}
