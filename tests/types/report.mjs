/** Prints what the package declares, without its words: what a change of the public API is seen by. */
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve(process.argv[2] ?? "pkg-template");
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entries = Object.entries(exports).flatMap(([name, { types }]) => (types ? [[name, join(root, types)]] : []));
const program = ts.createProgram(Object.values(Object.fromEntries(entries)), {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  types: [],
});
const printer = ts.createPrinter({ removeComments: true });

console.log("What the package declares, by `cargo xtask docs`. A line that changes here changes the public API.\n");
for (const [name, file] of entries) console.log(`${name.replace(".", "threadpass")}: ${relative(root, file)}`);
const declared = program.getSourceFiles().filter(({ fileName }) => resolve(fileName).startsWith(root));
for (const source of declared.sort((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
  console.log(`\n== ${relative(root, source.fileName)}\n`);
  console.log(printer.printFile(source).trim());
}
