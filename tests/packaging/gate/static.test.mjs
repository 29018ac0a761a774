/** No bundler at all: `<script type="module">` and an import map, under Content-Security-Policies too. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { answerOfFiles, assertUsed, page, project, row } from "../support/row.mjs";

const folder = "/node_modules/threadpass";
const files = { threadpass: `${folder}/index.js`, "threadpass/url": `${folder}/url.js` };
const importMap = `<script type="importmap">${JSON.stringify({ imports: files })}</script>`;

for (const [app, entry] of [
  ["inline", "threadpass"],
  ["url", "threadpass/url"],
])
  row(`script tag: ${entry}`, async () => {
    const root = await project();
    await writeFile(join(root, "index.html"), importMap + page(`${app}.js`));
    await assertUsed(await answerOfFiles(root));
  });

const policy = (script) => ({ "content-security-policy": `default-src 'none'; script-src ${script}; connect-src *` });

for (const [app, entry] of Object.entries({ inline: "threadpass", url: "threadpass/url" })) {
  // An import map is an inline script, which the policies forbid; so the app names the file.
  const strict = async () => {
    const root = await project();
    const lines = [
      `import * as threadpass from "${files[entry]}";`,
      `import { answer } from "./page.js";`,
      `answer(threadpass);`,
    ];
    await writeFile(join(root, `${app}.js`), lines.join("\n"));
    await writeFile(join(root, "index.html"), page(`${app}.js`));
    return root;
  };

  row(`CSP script-src 'self' 'wasm-unsafe-eval': ${entry}`, async () => {
    await assertUsed(await answerOfFiles(await strict(), policy("'self' 'wasm-unsafe-eval'")));
  });

  row(`CSP script-src 'self', which forbids it and is told of: ${entry}`, async () => {
    const { error } = await answerOfFiles(await strict(), policy("'self'"));
    assert.deepEqual([error.name, error.code], ["ThreadpassError", "client/core-load-failed"]);
    assert.match(error.message, /Content-Security-Policy.*'wasm-unsafe-eval'.*script-src/);
  });
}

row("script tag, and no client.wasm where it should be: threadpass/url", async () => {
  const root = await project();
  await writeFile(join(root, "index.html"), importMap + page("url.js"));
  await writeFile(join(root, folder, "client.wasm"), "<!doctype html>");
  const { error } = await answerOfFiles(root);
  assert.equal(error.code, "client/core-load-failed");
});
