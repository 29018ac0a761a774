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

/** A picture in light and one in dark colours, of the page or of a part of it. */
async function inBoth(page, name, part = page) {
  for (const colorScheme of /** @type {const} */ (["dark", "light"])) {
    await page.emulateMedia({ colorScheme });
    await part.screenshot({ path: picture(`${name}-${colorScheme}`) });
  }
}

async function press({ page }, name, report) {
  await page.getByRole("button", { name }).click();
  await page.getByTestId("report").filter({ hasText: report }).waitFor();
}

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
  await inBoth(page, "start");
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

  await inBoth(page, "demo");
  await alice.isDone();

  // What the inspector says of a token that has ended and of one that was revoked.
  await press(alice, "Expire now", "was fetched first");
  await press(alice, "Revoke", "One new token was fetched");
  await page.setViewportSize({ width: 1280, height: 1500 });
  await inBoth(page, "inspector", page.locator(".panel.right"));

  await page.setViewportSize({ width: 390, height: 844 });
  await alice.answers.last().scrollIntoViewIfNeeded();
  await inBoth(page, "phone");
  await page.getByTestId("inspector-toggle").click();
  await page
    .getByRole("heading", { name: "Try it" })
    .evaluate((heading) => heading.closest("section").scrollIntoView());
  await inBoth(page, "phone-inspector");
} finally {
  await browser.close();
  await demo.stop();
}
