/** The example for Vite: the package in a page of Vite's origin, the local backend behind Vite's proxy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { launch } from "../e2e/support/browser.mjs";
import { root } from "../e2e/support/child.mjs";
import { startBackend } from "./support/backend.mjs";
import { apiKey } from "./support/inside.mjs";

const configFile = fileURLToPath(new URL("../../devserver/examples/vite/vite.config.js", import.meta.url));

test("a page of Vite's reaches the local backend by its own origin", { timeout: 120_000 }, async (t) => {
  const backend = await startBackend();
  process.env.THREADPASS_BACKEND = backend.url;
  const vite = await createServer({
    configFile,
    root,
    appType: "custom",
    logLevel: "error",
    optimizeDeps: { noDiscovery: true },
    server: { host: "127.0.0.1", port: 0, strictPort: false, hmr: false, watch: null },
  });
  delete process.env.THREADPASS_BACKEND;
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    await vite.close();
    await backend.stop();
  });
  vite.middlewares.use("/page", (_, response) =>
    response.setHeader("content-type", "text/html").end("<!doctype html>"),
  );
  await vite.listen();
  const page = await browser.newPage();
  const foreign = [];
  const { port } = vite.httpServer.address();
  page.on("request", (request) => {
    if (new URL(request.url()).port !== String(port)) foreign.push(request.url());
  });
  await page.goto(`http://127.0.0.1:${port}/page`);
  const told = await page.evaluate(async (apiKey) => {
    const { createClient } = await import("/pkg/index.js");
    const baseUrl = new URL("/tambo", location.href).href;
    const client = createClient({ backend: "tambo", apiKey, baseUrl, anonymous: { persist: "memory" } });
    const types = [];
    for await (const { type } of client.runs.stream(null, "hello")) types.push(type);
    const { items } = await client.threads.list();
    client.dispose();
    return { first: types[0], last: types.at(-1), deltas: types.length, threads: items.length };
  }, apiKey);
  assert.deepEqual([told.first, told.last, told.threads], ["RUN_STARTED", "RUN_FINISHED", 1]);
  assert.ok(told.deltas > 5, "the answer came in pieces");
  assert.deepEqual(foreign, []);
});
