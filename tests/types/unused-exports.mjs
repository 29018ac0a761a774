/** Fails on what a module of the face exports and no other one uses. What the package exports is used by its users. */
import { basename, join, resolve } from "node:path";
import ts from "typescript";

const folder = resolve("pkg-template");
const { config } = ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile);
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
const program = ts.createProgram(fileNames, options);
const checker = program.getTypeChecker();
const sources = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(join(folder, "src")));
const entries = new Set(process.argv.slice(2));

const original = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

/** What stands outside of the module that declares it, by the module that uses it. */
const used = new Set();
for (const source of sources) {
  const visit = (node) => {
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    const declared = symbol && original(symbol);
    if (declared?.declarations?.some((declaration) => declaration.getSourceFile() !== source)) used.add(declared);
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/** The files that are imported as a whole, at run time. */
const imported = new Set();
for (const source of sources) {
  for (const [, name] of source.text.matchAll(/import\("\.\/([\w-]+)\.js"\)/g)) imported.add(name);
}

const unused = sources.flatMap((source) => {
  const module = checker.getSymbolAtLocation(source);
  const name = basename(source.fileName).replace(/(\.d)?\.ts$/, "");
  if (!module || entries.has(name) || imported.has(name)) return [];
  const exported = checker.getExportsOfModule(module).filter((symbol) => !used.has(original(symbol)));
  return exported.map((symbol) => `${name}: ${symbol.name}`);
});
if (unused.length) {
  console.error(`nothing uses these exports:\n${unused.join("\n")}`);
  process.exit(1);
}
