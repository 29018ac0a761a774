/** Loads a module of the demo's page, which is TypeScript, into Node. */
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./child.mjs";

/** @param {string} path below www/src, without its ending */
export async function pageModule(path) {
  const entry = join(root, "www/src", `${path}.ts`);
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
