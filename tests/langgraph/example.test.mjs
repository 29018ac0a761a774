/** The example's page, as its visitors use it, and what is left when it ends. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  await chats.first().getByRole("button", { name: "hello" }).waitFor();
  await page.getByLabel("Message").fill("interrupt");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByLabel("May I go on?").waitFor();
  await page.reload();
  await chats.first().getByRole("button", { name: "hello" }).click();
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

for (const [how, end] of [
  ["its standard input ends", (running) => running.stop()],
  ["it is interrupted", (running) => running.interrupt()],
])
  test(`LangGraph's server ends when ${how}, and leaves nothing`, { timeout }, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "threadpass-example-"));
    t.after(() => rm(folder, { recursive: true }));
    const running = await start(
      "node",
      ["www/examples/langgraph-supabase/server.mjs", "--langgraph", String(process.env.LANGGRAPH)],
      { SUPABASE_URL: "http://127.0.0.1:1", SUPABASE_SERVICE_KEY: "key", TMPDIR: folder },
    );
    t.after(() => running.stop());
    const { langgraph } = running.ready;
    assert.ok((await fetch(`${langgraph}/ok`)).ok);
    const kept = async () => (await readdir(folder)).filter((name) => name.startsWith("threadpass-langgraph-"));
    assert.equal((await kept()).length, 1);
    await end(running);
    await assert.rejects(fetch(`${langgraph}/ok`), "nobody listens any more");
    assert.deepEqual(await kept(), []);
  });
