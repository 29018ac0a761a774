/** Vite 7, not configured. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { answerOf, answerOfFiles, assertUsed, projectWith, row, writePage } from "../support/row.mjs";

const needs = new URL("vite7/", import.meta.url);

async function prepared(app) {
  const root = await projectWith(needs);
  await writePage(root, `/${app}.js`);
  const vite = await import(String(pathToFileURL(join(root, "node_modules/vite/dist/node/index.js"))));
  return { root, vite };
}

for (const [app, entry] of Object.entries({ inline: "threadpass", url: "threadpass/url" }))
  row(`Vite 7 build: ${entry}`, async () => {
    const { root, vite } = await prepared(app);
    await vite.build({ root, configFile: false, logLevel: "error" });
    await assertUsed(await answerOfFiles(join(root, "dist")));
  });

row("Vite 7 dev: threadpass", async () => {
  const { root, vite } = await prepared("inline");
  const options = { root, configFile: false, logLevel: "error", server: { port: 0, host: "127.0.0.1" } };
  const server = await vite.createServer(options);
  try {
    await server.listen();
    await assertUsed(await answerOf(`http://127.0.0.1:${server.httpServer.address().port}/`));
  } finally {
    await server.close();
  }
});
