/** The lazy chunk of the entries that get the WebAssembly from elsewhere: the engine without it. */
import type { CoreSource } from "../slim.js";
import { compile } from "./core-source.js";
import { makeEngine } from "./engine.js";
import { start } from "./glue.js";

/** Compiles the core, without blocking the page. */
export async function load(source: CoreSource) {
  start(await compile(source));
  return makeEngine;
}
