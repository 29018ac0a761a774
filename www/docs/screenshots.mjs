/**
 * Makes the pictures of the demo that the documentation shows.
 *
 * cargo xtask demo --no-open --json </dev/null && node www/docs/screenshots.mjs
 *
 * The first command builds what the second one starts.
 */
import { fileURLToPath } from "node:url";
import { launch } from "../../tests/e2e/support/browser.mjs";
import { startDemo } from "../../tests/e2e/support/demo.mjs";
import { Person } from "../../tests/e2e/support/person.mjs";

const picture = (name) => fileURLToPath(new URL(`images/${name}.png`, import.meta.url));

const chats = ["hello", "And other tabs?", "Who can read this?"];
const lastChat = ["Am I still signed in?", "slow 6"];

// Sessions are short, so that the timeline has a renewal to show soon.
const demo = await startDemo({ tokenLifetime: 20 });
const browser = await launch();
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 780 },
    deviceScaleFactor: 1.25,
    reducedMotion: "reduce",
  });
  const alice = new Person(page);
  await alice.open(demo.page);
  await alice.startScreen.waitFor();
  await page.screenshot({ path: picture("start") });
  await alice.signIn("Alice");
  for (const text of chats) {
    await alice.ask(text, text === "hello" ? "Hello" : text);
    await alice.newChat();
  }
  const [question, slow] = lastChat;
  await alice.ask(question, question);
  await page.locator('[data-testid="timeline-item"][data-kind="renewed"]').nth(1).waitFor();
  await alice.send(slow);
  await alice.answers.last().filter({ hasText: "one word after the other" }).waitFor();

  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: picture(`demo-${colorScheme}`) });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await alice.isDone();
  await page.setViewportSize({ width: 1280, height: 1110 });
  await page.getByRole("complementary", { name: "Inspector" }).screenshot({ path: picture("inspector") });
  await page.setViewportSize({ width: 390, height: 844 });
  await alice.answers.last().scrollIntoViewIfNeeded();
  await page.screenshot({ path: picture("phone") });
} finally {
  await browser.close();
  await demo.stop();
}
