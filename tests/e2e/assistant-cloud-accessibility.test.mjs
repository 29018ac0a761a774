import assert from "node:assert/strict";
import { brokenRules } from "./support/axe.mjs";
import { faintTexts } from "./support/contrast.mjs";
import { tabTo } from "./support/keyboard.mjs";
import { scene } from "./support/scene.mjs";

const cloud = "Assistant Cloud";

scene("the backend, the archive and what one thinks of an answer need no mouse", {}, async (stage) => {
  const visitor = await stage.newcomer();
  const { page } = visitor;
  await tabTo(page, "Tambo");
  await page.keyboard.press("ArrowRight");
  await page
    .locator(":focus")
    .and(page.getByRole("radio", { name: cloud, checked: true }))
    .waitFor();
  await tabTo(page, "Try it without signing in");
  await page.keyboard.press("Enter");
  await page.locator(":focus").and(visitor.composer).waitFor();
  await page.keyboard.type("hello");
  await page.keyboard.press("Enter");
  await visitor.answers.filter({ hasText: "Hello from the fake model." }).waitFor();
  await visitor.isDone();

  await tabTo(page, "Good answer");
  await page.keyboard.press("Space");
  const good = page.getByRole("button", { name: "Good answer" });
  await good.and(page.locator('[aria-pressed="true"]')).and(page.locator(":focus")).waitFor();

  await visitor.thread("hello").waitFor();
  await tabTo(page, "Archive hello");
  await page.keyboard.press("Enter");
  await visitor.thread("hello").waitFor({ state: "detached" });
  const heard = page.locator("[aria-live]");
  await heard.filter({ hasText: "Archived hello." }).waitFor();
  await tabTo(page, "Archived");
  await page.keyboard.press("Enter");
  await visitor.archivedThreads.first().waitFor();
  await tabTo(page, "Bring back hello");
  await page.keyboard.press("Enter");
  await visitor.thread("hello").waitFor();
  await page.getByTestId("new-chat").and(page.locator(":focus")).waitFor();
  await heard.filter({ hasText: "Brought back hello." }).waitFor();
});

for (const colorScheme of /** @type {const} */ (["light", "dark"]))
  scene(`Assistant Cloud's views are accessible in the ${colorScheme} colours`, {}, async (stage) => {
    const visitor = await stage.newcomer({ colorScheme, reducedMotion: "reduce" });
    const { page } = visitor;
    const isFine = async (what) => {
      assert.deepEqual(await faintTexts(page), [], `${what}: texts that do not stand out`);
      assert.deepEqual(await brokenRules(page), [], `${what}: rules of axe`);
    };
    await visitor.choose(cloud);
    await isFine("the start");
    await visitor.startAnonymous();
    await isFine("a new chat");
    await visitor.ask("hello", "Hello from the fake model.");
    await page.getByRole("button", { name: "Good answer" }).click();
    await visitor.signIn("Alice");
    await visitor.banner.filter({ hasText: "One chat came with you." }).waitFor();
    await isFine("what came along");
    await visitor.threads.first().locator(".thread-open").click();
    await page.locator('[aria-pressed="true"]').waitFor();
    await visitor.threads.first().hover();
    await isFine("a chat with feedback");
    await visitor.press("Archive", "");
    await visitor.threads.first().waitFor({ state: "detached" });
    await visitor.showArchived();
    await visitor.archivedThreads.first().waitFor();
    await isFine("the archive");
  });

scene("Assistant Cloud's views fit a small screen", {}, async (stage) => {
  const phone = { viewport: { width: 320, height: 700 }, isMobile: true, hasTouch: true };
  const visitor = await stage.newcomer(phone);
  const { page } = visitor;
  const fits = async (what) => {
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= 320 && room <= 320, `${what} is ${Math.max(wide, room)} wide`);
    assert.deepEqual(await brokenRules(page), [], `${what}: rules of axe`);
  };
  await visitor.choose(cloud);
  await fits("the start");
  await visitor.startAnonymous();
  await visitor.ask("a".repeat(120), "aaa");
  await fits("a chat");
  await page.getByRole("button", { name: "Chats" }).click();
  await visitor.threads.first().waitFor();
  await fits("the chats");
  await visitor.press("Archive", "");
  await visitor.showArchived();
  await visitor.archivedThreads.first().waitFor();
  await fits("the archive");
  // The switch is here too.
  await visitor.page.getByText("Tambo", { exact: true }).click();
  await page.getByRole("heading", { name: "What shall we try?" }).waitFor();
});
