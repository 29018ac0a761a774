/** Fails on what the package declares without a word: an export, or a method of one; and on a function without an example. */
import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import ts from "typescript";

const folder = resolve("pkg-template");
const files = readdirSync(folder).filter((name) => name.endsWith(".d.ts"));
const program = ts.createProgram(
  files.map((name) => join(folder, name)),
  { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] },
);

// Binds the files, which gives each node its parent.
program.getTypeChecker();

const isExported = (node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
const comments = (node) => ts.getJSDocCommentsAndTags(node);
const hasExample = (node) => ts.getJSDocTags(node).some(({ tagName }) => tagName.text === "example");

const silent = program
  .getSourceFiles()
  .filter(({ fileName }) => files.includes(basename(fileName)) && fileName.startsWith(folder))
  .flatMap((source) =>
    source.statements.filter(isExported).flatMap((statement) => {
      const name = statement.name?.getText() ?? statement.getText().slice(0, 40);
      const methods = statement.members?.filter(ts.isMethodSignature) ?? [];
      return [
        ...(comments(statement).length ? [] : [name]),
        ...methods.filter((method) => !comments(method).length).map((method) => `${name}.${method.name.getText()}`),
        ...(ts.isFunctionDeclaration(statement) && !hasExample(statement) ? [`${name} (no example)`] : []),
      ];
    }),
  );
if (silent.length) {
  console.error(`these are declared without a word:\n${silent.join("\n")}`);
  process.exit(1);
}
