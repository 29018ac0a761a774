/** The example's page, as its visitors use it: assistant-ui's own components over our client. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch, patienceMs } from "../e2e/support/browser.mjs";
import { start } from "../e2e/support/child.mjs";
import { freePort } from "../e2e/support/demo.mjs";
import { startProxy } from "../langgraph/support/proxy.mjs";
import { startCloud, timeout } from "./support/lab.mjs";

/** Starts provider, backend and page, as the command does. */
async function startExample(t) {
  const port = await freePort();
  const provider = await start("node", ["www/provider/server.mjs", "--page", `http://127.0.0.1:${port}/`]);
  t.after(() => provider.stop());
  const { issuer, clientId } = provider.ready;
  const cloud = await startCloud(issuer);
  t.after(() => cloud.stop());
  const proxy = await startProxy(cloud.url);
  t.after(() => proxy.stop());
  const page = await start("node", ["www/examples/assistant-ui/page.mjs", "--port", String(port)], {
    VITE_ASSISTANT_CLOUD_URL: `${proxy.url}/assistant-cloud`,
    VITE_ISSUER: issuer,
    VITE_CLIENT_ID: clientId,
  });
  t.after(() => page.stop());
  return { url: page.ready.page, proxy };
}

test("a visitor's chats are kept, archived, and come along when they sign in", { timeout }, async (t) => {
  const { url, proxy } = await startExample(t);
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(patienceMs);
  const errors = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));

  const chats = page.getByRole("region", { name: "Your chats" });
  const titled = (title) => chats.getByRole("button", { name: title });
  const message = (role, text) => page.locator(`.message[data-role=${role}]`, { hasText: text });
  const say = async (text, answer) => {
    await page.getByLabel("Message").fill(text);
    await page.getByRole("button", { name: "Send" }).click();
    await message("assistant", answer).waitFor();
    await page.getByRole("button", { name: "Send" }).waitFor();
  };
  /** Until everything that was said is kept, a reload would be too early. */
  const isKept = async (count) => {
    const kept = () =>
      proxy.passed.filter(
        ({ method, path, status }) => method === "POST" && /\/messages$/.test(path) && status === 201,
      );
    for (const end = Date.now() + patienceMs; kept().length < count; await page.waitForTimeout(50))
      assert.ok(Date.now() < end, `${kept().length} messages are kept`);
  };

  await page.goto(url);
  await page.getByRole("heading", { name: "Say something" }).waitFor();
  await say("Where is Rome?", "You said “Where is Rome?”.");
  await titled("Where is Rome?").waitFor();
  await isKept(2);

  await page.reload();
  await titled("Where is Rome?").waitFor();
  await message("user", "Where is Rome?").waitFor();
  await message("assistant", "You said “Where is Rome?”.").waitFor();
  await say("And Athens?", "the first was “Where is Rome?”");
  await isKept(4);
  assert.equal(await page.locator(".message").count(), 4);

  await page.getByRole("button", { name: "New chat" }).first().click();
  await page.getByRole("heading", { name: "Say something" }).waitFor();
  await say("Tell me about bread", "This chat has begun");
  await titled("Tell me about bread").waitFor();
  await isKept(6);

  await titled("Where is Rome?").locator("..").getByRole("button", { name: "Archive" }).click();
  await titled("Where is Rome?").waitFor({ state: "detached" });
  await page.reload();
  await titled("Tell me about bread").waitFor();
  assert.equal(await titled("Where is Rome?").count(), 0);
  await page.getByText("Archived").click();
  await page.getByRole("button", { name: "Restore" }).click();
  await titled("Where is Rome?").waitFor();

  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Your name").fill("Ada");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("ada@example.test, and 2 chats came with you").waitFor();
  await titled("Where is Rome?").click();
  await message("assistant", "the first was “Where is Rome?”").waitFor();
  assert.equal(await page.locator(".message").count(), 4, "each message is there once");

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.getByText("Not signed in").waitFor();
  assert.equal(await titled(/Rome|bread/).count(), 0, "of the user there is nothing");
  const keys = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
  assert.deepEqual(
    keys.filter((key) => !key.startsWith("aui:refresh_token:")),
    [],
  );
  assert.deepEqual(errors, []);
});
