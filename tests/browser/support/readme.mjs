/** The README's code, as it stands there. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { root } from "../../e2e/support/child.mjs";

let number = 0;

/** What the block exports that this finds. */
export async function fromReadme(block) {
  const [, code] = block.exec(await readFile(join(root, "README.md"), "utf8"));
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.ESNext, target: 99 } });
  // Beside the tests, so that it finds the package.
  const module = join(root, "tests/browser", `.readme-${process.pid}-${++number}.mjs`);
  try {
    await writeFile(module, outputText);
    return await import(pathToFileURL(module).href);
  } finally {
    await rm(module, { force: true });
  }
}
