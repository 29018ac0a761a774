/** The AI SDK's chat hook in Chromium, streaming through `client.fetch` what the AI SDK's own server side sends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createUIMessageStream, pipeUIMessageStreamToResponse } from "ai";
import { build } from "esbuild";
import { launch, patienceMs } from "../e2e/support/browser.mjs";
import { startServer, tokens } from "../browser/support/server.mjs";
import { gate } from "./support/sdk-server.mjs";

const timeout = 180_000;
const page = `<!doctype html><meta charset="utf-8"><title>Chat</title><link rel="icon" href="data:,">
<body><script type="module" src="chat.js"></script></body>`;

async function bundled() {
  const entry = fileURLToPath(new URL("pages/chat.jsx", import.meta.url));
  const define = { "process.env.NODE_ENV": '"production"' };
  const options = { bundle: true, write: false, format: "esm", jsx: "automatic", target: "es2022", define };
  const { outputFiles } = await build({ entryPoints: [entry], ...options });
  return outputFiles[0]?.text ?? "";
}

test("the AI SDK's chat hook streams with client.fetch, and sees nothing of a renewal", { timeout }, async (t) => {
  const second = gate();
  const script = await bundled();
  const bearers = [];
  const server = await startServer({
    "GET /": ({ send }) => send(200, "text/html", page),
    "GET /chat.js": ({ send }) => send(200, "text/javascript", script),
    "POST /api/chat": ({ call, json, response }) => {
      const { authorization } = call.headers;
      bearers.push(authorization);
      if (authorization !== "Bearer canary-session-2") return json(401, { error: "expired" });
      const stream = createUIMessageStream({
        async execute({ writer }) {
          const { messages } = JSON.parse(call.body);
          writer.write({ type: "text-start", id: "1" });
          writer.write({ type: "text-delta", id: "1", delta: `You said: ${messages.at(-1).parts[0].text}` });
          await second.opened;
          writer.write({ type: "text-delta", id: "1", delta: ", and that is all." });
          writer.write({ type: "text-end", id: "1" });
        },
      });
      pipeUIMessageStreamToResponse({ response, stream });
    },
  });
  t.after(() => server.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const tab = await browser.newPage();
  tab.setDefaultTimeout(patienceMs);
  await tab.goto(server.url);
  await tab.getByRole("button", { name: "Send" }).click();
  const answer = tab.locator("[data-role=assistant]");
  await answer.getByText("You said: hello").waitFor();
  assert.equal(await answer.textContent(), "You said: hello", "the first piece is there before the second was sent");
  second.open();
  await tab.locator("[data-status=ready]").waitFor({ state: "attached" });
  assert.equal(await answer.textContent(), "You said: hello, and that is all.");
  assert.deepEqual(bearers, ["Bearer canary-session-1", "Bearer canary-session-2"]);
  assert.equal(server.count(tokens), 2);
});
