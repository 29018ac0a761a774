/** The README's React code, as it stands there, in a Vite app in development mode and StrictMode. */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import react from "@vitejs/plugin-react";
import { createServer } from "vite";
import { isApiCall, isExchange, startBackend } from "../e2e/support/backend.mjs";
import { launch, patienceMs } from "../e2e/support/browser.mjs";
import { root, start } from "../e2e/support/child.mjs";
import { freePort } from "../e2e/support/demo.mjs";
import { until } from "../e2e/support/wait.mjs";

const readme = await readFile(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/\n```tsx\n(.*?)\n```/gs)].map(([, block]) => block);
const [, commands] = /\n## In React\n.*?\n```sh\n(.*?)\n```/s.exec(readme) ?? [];

/** As Vite's template has it. */
const main = `import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import App from "./App.tsx";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
`;
const page = `<!doctype html><html lang="en"><link rel="icon" href="data:," /><title>App</title>
<div id="root"></div><script type="module" src="/src/main.tsx"></script></html>`;

/** Serves an app of a block, opens it, and has it tried. Whatever it says, its console stays clean. */
async function tryOut(block, act) {
  // Where the packages are found from.
  const folder = join(root, "node_modules/.cache/readme-app");
  const port = await freePort();
  const url = `http://localhost:${port}/`;
  const parts = [];
  try {
    const provider = await start("node", ["www/provider/server.mjs", "--page", url]);
    parts.push(provider);
    const { issuer, clientId } = provider.ready;
    const backend = await startBackend({ issuer, db: ":memory:", tokenLifetime: 900 });
    parts.push(backend);
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, "src"), { recursive: true });
    const environment = { KEY: backend.apiKey, URL: backend.url, ISSUER: issuer, CLIENT_ID: clientId };
    const lines = Object.entries(environment).map(([name, value]) => `VITE_${name}=${value}\n`);
    const files = { "index.html": page, "src/main.tsx": main, "src/App.tsx": block, ".env.local": lines.join("") };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const vite = await createServer({
      ...{ root: folder, configFile: false, logLevel: "error", cacheDir: join(folder, ".vite"), plugins: [react()] },
      server: { host: "localhost", port, strictPort: true, hmr: false, watch: null },
    });
    parts.push({ stop: () => vite.close() });
    await vite.listen();
    const browser = await launch();
    parts.push({ stop: () => browser.close() });
    const tab = await browser.newPage();
    tab.setDefaultTimeout(patienceMs);
    const said = [];
    tab.on("pageerror", (error) => said.push(String(error)));
    tab.on("console", (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()));
    await tab.goto(url);
    await act(tab, backend);
    assert.deepEqual(said, [], "the console");
  } finally {
    for (const part of parts.reverse()) await part.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

test("from an empty folder to the first answer: three commands and fifteen lines", async () => {
  assert.ok(commands.split("\n").length <= 3, commands);
  const lines = blocks[0].split("\n").filter((line) => line.trim());
  assert.ok(lines.length <= 15, `${lines.length} lines`);
  await tryOut(blocks[0], async (tab, backend) => {
    await tab.getByRole("button", { name: "Say hello" }).click();
    await tab.getByRole("button", { name: "Hello from the fake model." }).waitFor();
    const calls = (await backend.calls()).filter(isApiCall);
    assert.deepEqual(
      calls.map(({ method, path, userKey, status }) => ({ method, path: path.split("?")[0], userKey, status })),
      [{ method: "POST", path: "/v1/threads/runs", userKey: true, status: 201 }],
    );
  });
});

test("with a sign-in: gates, and a list that can be changed", async () => {
  await tryOut(blocks[1], async (tab, backend) => {
    await tab.getByRole("button", { name: "Sign in" }).click();
    await tab.getByLabel("Your name").fill("Ada");
    await tab.getByRole("button", { name: "Sign in", exact: true }).click();
    const rows = tab.getByRole("listitem");
    for (let count = 1; count <= 2; count++) {
      await tab.getByRole("button", { name: "New chat" }).click();
      await tab.locator(`li[aria-busy="false"] >> nth=${count - 1}`).waitFor();
    }
    await rows.first().getByRole("textbox").fill("Engines");
    await rows.first().getByRole("textbox").blur();
    await until("the new title", async () => {
      const calls = await backend.calls();
      return calls.some(({ method, status }) => method === "PATCH" && status === 200);
    });
    await rows.last().getByRole("button", { name: "Delete" }).click();
    await until("one row", async () => (await rows.count()) === 1);
    await tab.reload();
    await rows.first().waitFor();
    assert.deepEqual([await rows.count(), await rows.getByRole("textbox").inputValue()], [1, "Engines"]);
    const exchanges = (await backend.calls()).filter(isExchange);
    assert.equal(exchanges.length, 2, "one for each time that the page was loaded, also in StrictMode");
  });
});
