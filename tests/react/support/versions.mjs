/** Tests in Chromium with each version of React that is supported. */
import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { inChromium } from "../../browser/support/everywhere.mjs";

export const versions = /** @type {const} */ ([18, 19]);

const aliases = { 18: { react: "react-18", "react-dom": "react-dom-18" }, 19: {} };

/** Bundles a module of this folder with a version of React, in development mode, which is the one that warns. */
async function bundle(version, file, more) {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, file)],
    ...{ bundle: true, format: "esm", write: false, logLevel: "error", alias: aliases[version] },
    define: { "process.env.NODE_ENV": '"development"' },
    ...more,
  });
  return outputFiles[0].text;
}

/** The package stays the one that the page has already. */
const sharedPackage = {
  name: "shared package",
  setup(build) {
    const ours = /^\.\.\/((index|face)\.js)$/;
    build.onResolve({ filter: ours }, ({ path }) => ({ path: path.replace(ours, "/pkg/$1"), external: true }));
  },
};

/** @type {Map<number, Promise<string>>} */
const pages = new Map();

function pageOf(version) {
  const known = pages.get(version) ?? bundle(version, "page.mjs", { plugins: [sharedPackage] });
  pages.set(version, known);
  return known;
}

/**
 * Runs a test with each version. The scripts get the page's module by `import("/react.js")`.
 *
 * @param {string} name
 * @param {Parameters<typeof inChromium>[1]} options
 * @param {(stage: import("../../browser/support/everywhere.mjs").ChromiumStage & { version: 18 | 19 }) => Promise<void>} act
 */
export function withReact(name, options, act) {
  for (const version of versions)
    inChromium(`${name} (React ${version})`, options, async (stage) => {
      const body = await pageOf(version);
      await stage.page.route("**/react.js", (route) => route.fulfill({ contentType: "text/javascript", body }));
      await act({ ...stage, version });
    });
}

/** Renders `Shell` on a server, with a version of React. Answers what React complained of, too. */
export async function renderShell(version, options) {
  const contents = `import { createElement } from "react";
    import { renderToString } from "react-dom/server";
    import { Shell } from "./shell.mjs";
    export const html = (options) => renderToString(createElement(Shell, options));`;
  const text = await bundle(version, "", {
    entryPoints: undefined,
    stdin: { contents, resolveDir: import.meta.dirname },
    platform: "node",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  const folder = await mkdtemp(join(tmpdir(), "threadpass-react-"));
  const errors = [];
  const before = console.error;
  console.error = (...words) => void errors.push(words.map(String).join(" "));
  try {
    const file = join(folder, "server.mjs");
    await writeFile(file, text);
    const { html } = await import(pathToFileURL(file).href);
    return { html: html(options), errors };
  } finally {
    console.error = before;
    await rm(folder, { recursive: true });
  }
}
