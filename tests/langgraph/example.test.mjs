/** The example's page, as its visitors use it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch, patienceMs } from "../e2e/support/browser.mjs";
import { start } from "../e2e/support/child.mjs";
import { timeout } from "./support/lab.mjs";
import { servers, startWorld } from "./support/servers.mjs";

test("two people use the example one after the other, and answer what the graph asks", { timeout }, async (t) => {
  const world = await startWorld(servers["LangGraph's server"]);
  t.after(() => world.stop());
  const served = await start("node", ["www/examples/langgraph-supabase/page.mjs"], {
    VITE_SUPABASE_URL: world.supabase.url,
    VITE_SUPABASE_KEY: world.supabase.anonKey,
    VITE_LANGGRAPH_URL: world.server.url,
  });
  t.after(() => served.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(patienceMs);
  const errors = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  await page.goto(served.ready.page);

  const enter = async (email, how) => {
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill("secure-password");
    await page.getByRole("button", { name: how, exact: true }).click();
    await page.getByText(`Signed in as ${email}`).waitFor();
  };
  const say = async (text, answer) => {
    await page.getByLabel("Message").fill(text);
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator("#messages .assistant", { hasText: answer }).waitFor();
  };
  const chats = page.locator("#threads li");

  await enter("one@example.com", "Sign up");
  assert.equal(await chats.count(), 0);
  await say("hello", "You said: hello");
  await chats.first().waitFor();
  await page.getByLabel("Message").fill("interrupt");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByLabel("May I go on?").fill("yes, go on");
  await page.getByRole("button", { name: "Answer" }).click();
  await page.locator("#messages .assistant", { hasText: "You said: yes, go on" }).waitFor();
  assert.equal(await chats.count(), 1, "it was one chat");
  await say("fail", "the graph failed on purpose");

  await page.getByRole("button", { name: "Sign out" }).click();
  await enter("two@example.com", "Sign up");
  assert.equal(await chats.count(), 0, "of the first person there is nothing");
  assert.equal(await page.locator("#messages li").count(), 0);
  await page.getByRole("button", { name: "Sign out" }).click();

  await enter("one@example.com", "Sign in");
  await chats.first().getByRole("button").click();
  await page.locator("#messages .assistant", { hasText: "You said: yes, go on" }).waitFor();
  assert.deepEqual(errors, []);
});
