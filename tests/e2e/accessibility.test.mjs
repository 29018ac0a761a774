import assert from "node:assert/strict";
import { brokenRules } from "./support/axe.mjs";
import { faintTexts } from "./support/contrast.mjs";
import { tabTo } from "./support/keyboard.mjs";
import { scene } from "./support/scene.mjs";

scene("everything can be done by keyboard, and one sees where one is", {}, async (stage) => {
  const visitor = await stage.newcomer();
  const { page } = visitor;
  await tabTo(page, "Try it without signing in");
  await page.keyboard.press("Enter");
  await visitor.composer.waitFor();
  await page.locator(":focus").and(visitor.composer).waitFor();
  await page.keyboard.type("first line");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("second line");
  await page.keyboard.press("Enter");
  await visitor.answers.filter({ hasText: "second line" }).waitFor();
  await visitor.isDone();

  await tabTo(page, "Offline");
  const offline = page.getByRole("button", { name: "Offline" });
  await page.keyboard.press("Space");
  await offline.and(page.locator('[aria-pressed="true"]')).waitFor();
  await page.keyboard.press("Space");
  await offline.and(page.locator('[aria-pressed="false"]')).and(page.locator(":focus")).waitFor();
  await tabTo(page, "Sleep");
  await page.keyboard.press("Enter");
  await page.locator(":focus").filter({ hasText: "Wake it now" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sleep" }).and(page.locator(":focus")).waitFor();

  await tabTo(page, "Rename first line");
  await page.keyboard.press("Enter");
  await page.getByLabel("New name of the chat").waitFor();
  await page.keyboard.type("by keyboard");
  await page.keyboard.press("Enter");
  await visitor.thread("by keyboard").waitFor();
  await page.getByRole("button", { name: "Rename by keyboard" }).and(page.locator(":focus")).waitFor();

  await tabTo(page, "Delete by keyboard");
  await page.keyboard.press("Enter");
  await page.locator(":focus").filter({ hasText: "Keep it" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Delete by keyboard" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await visitor.thread("by keyboard").waitFor({ state: "detached" });
  await page.getByTestId("new-chat").and(page.locator(":focus")).waitFor();

  await tabTo(page, "Be somebody else");
  await page.keyboard.press("Enter");
  await page.locator(":focus").and(visitor.composer).waitFor();
  await tabTo(page, "Forget me");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1 }).and(page.locator(":focus")).waitFor();
});

scene(
  "signing in, breaking the session and signing out need no mouse",
  { expected: [/status of 401/] },
  async (stage) => {
    const alice = await stage.newcomer();
    const { page } = alice;
    const report = page.getByTestId("report");
    await tabTo(page, "Sign in");
    await page.keyboard.press("Enter");
    // The provider's page puts one where the name is asked for.
    await page.locator(":focus").and(page.getByLabel("Your name")).waitFor();
    await page.keyboard.type("Alice");
    await tabTo(page, "Sign in");
    await page.keyboard.press("Enter");
    await alice.isHere("Alice");

    await tabTo(page, "Expire now");
    await page.keyboard.press("Enter");
    await report.filter({ hasText: "A new session token was fetched first" }).waitFor();
    await page.getByRole("button", { name: "Expire now" }).and(page.locator(":focus")).waitFor();
    await tabTo(page, "Revoke");
    await page.keyboard.press("Space");
    await report.filter({ hasText: "One new token was fetched" }).waitFor();

    await tabTo(page, "Sign out");
    await alice.signOut(() => page.keyboard.press("Enter"));
  },
);

scene("an answer is read out once, not word by word", {}, async (stage) => {
  const visitor = await stage.newcomer();
  await visitor.startAnonymous();
  const heard = await visitor.page.evaluateHandle(() => {
    /** @type {string[]} */
    const list = [];
    const region = document.querySelector("[aria-live]");
    const everything = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => list.push(region.textContent)).observe(region, everything);
    return list;
  });
  await visitor.ask("hello", "Hello from the fake model.");
  await visitor.page.locator("[aria-live]").filter({ hasText: "Answer: Hello from the fake model." }).waitFor();
  assert.deepEqual(await heard.evaluate((list) => list), [
    "The answer is coming in.",
    "Answer: Hello from the fake model.",
  ]);
  const streamed = visitor.answers.locator("xpath=ancestor-or-self::*[@aria-live or @role='log' or @role='status']");
  assert.equal(await streamed.count(), 0, "the growing text itself is no live region");
});

/** Chromium's word that there is no network, and the package's that it could not get a token. */
const withoutNetwork = [/ERR_INTERNET/, /\[threadpass\] network\/failed/];

for (const colorScheme of /** @type {const} */ (["light", "dark"]))
  scene(`everything is accessible in the ${colorScheme} colours`, { expected: withoutNetwork }, async (stage) => {
    const alice = await stage.newcomer({ colorScheme, reducedMotion: "reduce" });
    const { page } = alice;
    const isFine = async (what) => {
      assert.deepEqual(await faintTexts(page), [], `${what}: texts that do not stand out`);
      assert.deepEqual(await brokenRules(page), [], `${what}: rules of axe`);
    };
    await alice.startScreen.waitFor();
    await isFine("the start");
    await page.getByTestId("start-sign-in").click();
    await page.getByLabel("Your name").waitFor();
    await isFine("the provider");
    await alice.atProvider("Alice");
    await isFine("a new chat");
    await alice.send("midfail");
    await alice.runError.waitFor();
    await page.getByRole("button", { name: "Offline" }).click();
    await page.getByTestId("report").filter({ hasText: "The client has no network" }).waitFor();
    await page.getByRole("button", { name: "Expire now" }).click();
    await page.locator('[data-testid="trip"][data-bad]').first().waitFor();
    await isFine("the inspector of a client without a network");
    await page.getByRole("button", { name: "Offline" }).click();
    await alice.isIdentified();
    await page.context().setOffline(true);
    await alice.banner.waitFor();
    await isFine("a chat with trouble");
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Delete midfail" }).click();
    await isFine("a dialog");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Sleep" }).click();
    await page.getByRole("dialog", { name: "Asleep" }).waitFor();
    await isFine("a page that is asleep");
  });

scene("everything is accessible on a phone", {}, async (stage) => {
  const visitor = await stage.newcomer({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const { page } = visitor;
  await visitor.startAnonymous();
  await visitor.ask("hello", "Hello from the fake model.");
  assert.deepEqual(await brokenRules(page), [], "a chat");
  await page.getByRole("button", { name: "Chats" }).click();
  await visitor.threads.first().waitFor();
  assert.deepEqual(await brokenRules(page), [], "the chats");
  await visitor.openThread("hello");
  await page.getByTestId("inspector-toggle").click();
  await page.getByTestId("trip").first().waitFor();
  assert.deepEqual(await brokenRules(page), [], "the inspector");
});

for (const width of [320, 390])
  scene(`it fits a screen of ${width} pixels`, {}, async (stage) => {
    const phone = { viewport: { width, height: 700 }, isMobile: true, hasTouch: true };
    const alice = await stage.newcomer(phone);
    const { page } = alice;
    const fits = async (what) => {
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= width && room <= width, `${what} is ${Math.max(wide, room)} wide`);
    };
    await alice.startScreen.waitFor();
    await fits("the start");
    await page.getByTestId("start-sign-in").click();
    await page.getByLabel("Your name").waitFor();
    await fits("the provider");
    await alice.atProvider("Alice with a name that goes on for a while");
    await fits("a new chat");
    await alice.ask("a".repeat(120), "aaa");
    await fits("a chat");
    await page.getByRole("button", { name: "Chats" }).click();
    await alice.threads.first().waitFor();
    await fits("the chats");
    await alice.openThread("aaa");
    await page.getByTestId("inspector-toggle").click();
    await page.getByTestId("timeline-item").first().waitFor();
    await fits("the inspector");
    await page.getByRole("button", { name: "Close inspector" }).click();
    await page.getByTestId("sign-out").waitFor();
  });
