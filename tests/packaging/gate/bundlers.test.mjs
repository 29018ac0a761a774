/** Bundlers, none of them configured. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { promisify } from "node:util";
import resolve from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";
import { answerOf, answerOfFiles, assertUsed, project, row, writePage } from "../support/row.mjs";

const wasm = /\.wasm$/;

/** What each way to build leaves in `dist`, with the script of its page. */
const builds = {
  async "Vite 8 build"(root, app) {
    await writePage(root, `/${app}.js`);
    await vite.build({ root, configFile: false, logLevel: "error" });
  },
  async webpack(root, app) {
    const dist = join(root, "dist");
    const compiler = webpack({ mode: "production", context: root, entry: `./${app}.js`, output: { path: dist } });
    const stats = await promisify(compiler.run.bind(compiler))();
    assert.deepEqual(stats.toJson({ all: false, errors: true }).errors, []);
    await promisify(compiler.close.bind(compiler))();
    await writePage(dist, "main.js");
  },
  async Rollup(root, app) {
    const bundle = await rollup({ input: join(root, `${app}.js`), plugins: [resolve({ browser: true })] });
    await bundle.write({ dir: join(root, "dist"), format: "es", entryFileNames: "main.js" });
    await bundle.close();
    await writePage(join(root, "dist"), "main.js");
  },
  async esbuild(root, app) {
    const outfile = join(root, "dist/main.js");
    await esbuild.build({ entryPoints: [join(root, `${app}.js`)], bundle: true, format: "esm", outfile });
    await writePage(join(root, "dist"), "main.js");
  },
  async "esbuild with splitting"(root, app) {
    const common = { bundle: true, format: /** @type {const} */ ("esm"), splitting: true };
    await esbuild.build({ ...common, entryPoints: { main: join(root, `${app}.js`) }, outdir: join(root, "dist") });
    await writePage(join(root, "dist"), "main.js");
  },
};

for (const [name, build] of Object.entries(builds))
  row(`${name}: threadpass`, async () => {
    const root = await project();
    await build(root, "inline");
    const { requested, ...answer } = await answerOfFiles(join(root, "dist"));
    await assertUsed(answer);
    assert.deepEqual(
      requested.filter((path) => wasm.test(path)),
      [],
      "there is no file to serve",
    );
  });

for (const name of /** @type {const} */ (["Vite 8 build", "webpack"]))
  row(`${name}: threadpass/url`, async () => {
    const root = await project();
    await builds[name](root, "url");
    const { requested, ...answer } = await answerOfFiles(join(root, "dist"));
    await assertUsed(answer);
    assert.equal(requested.filter((path) => wasm.test(path)).length, 1, "the core is a file of its own");
  });

row("Vite 8 build: threadpass/slim with client.wasm?url", async () => {
  const root = await project();
  await builds["Vite 8 build"](root, "slim");
  await assertUsed(await answerOfFiles(join(root, "dist")));
});

for (const app of ["inline", "url", "slim"])
  row(
    `Vite 8 dev: ${{ inline: "threadpass", url: "threadpass/url", slim: "threadpass/slim with client.wasm?url" }[app]}`,
    async () => {
      const root = await project();
      await writePage(root, `/${app}.js`);
      const server = await vite.createServer({
        root,
        configFile: false,
        logLevel: "error",
        server: { port: 0, host: "127.0.0.1" },
      });
      try {
        await server.listen();
        const { port } = /** @type {import("node:net").AddressInfo} */ (server.httpServer?.address());
        await assertUsed(await answerOf(`http://127.0.0.1:${port}/`));
      } finally {
        await server.close();
      }
    },
  );

row("module worker, esbuild: threadpass", async () => {
  const root = await project();
  const outdir = join(root, "dist");
  const entryPoints = [join(root, "worker.js"), join(root, "worker-page.js")];
  await esbuild.build({ entryPoints, bundle: true, format: "esm", splitting: true, outdir });
  await writePage(outdir, "worker-page.js");
  await assertUsed(await answerOfFiles(outdir));
});
