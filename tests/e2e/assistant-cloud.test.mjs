import assert from "node:assert/strict";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

const cloud = "Assistant Cloud";

/** What the page keeps beside the provider's own, by name. Runs in the page. */
const kept = () => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort();

/** What the backend was asked below Assistant Cloud's path. */
const cloudCalls = async ({ backend }) =>
  (await backend.answered()).filter(({ path, method }) => path.startsWith("/assistant-cloud/") && method !== "OPTIONS");

const title = (person) => person.threads.locator(".thread-title");

scene("the backend is chosen on the start and beside the chats, and stays chosen", {}, async (stage) => {
  const { demo } = stage;
  const alice = await stage.newcomer();
  const { page } = alice;
  await page.getByRole("radio", { name: "Tambo", checked: true }).waitFor();
  await alice.choose(cloud);
  await page
    .locator(":focus")
    .and(page.getByRole("radio", { name: cloud }))
    .waitFor();
  await alice.signIn("Alice");
  await alice.ask("hello", "Hello from the fake model.");
  await alice.threads.first().waitFor();
  assert.ok((await cloudCalls(demo)).length > 0);

  await page.reload();
  await alice.isHere("Alice");
  await page.getByRole("radio", { name: cloud, checked: true }).waitFor();
  await alice.answers.filter({ hasText: "Hello from the fake model." }).waitFor();

  // The same person at another backend has other chats, and those of the first are asked for no more.
  await alice.choose("Tambo");
  await alice.isHere("Alice");
  await page.getByText("None yet.").waitFor();
  await alice.ask("unicode", "你好");
  await demo.backend.forgetCalls();
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await until("a look at the chats", async () => (await demo.backend.answered()).length);
  assert.deepEqual(await cloudCalls(demo), []);

  await alice.choose(cloud);
  await alice.isHere("Alice");
  await alice.threads.first().waitFor();
  assert.equal(await alice.thread("unicode").count(), 0);

  // Another tab chooses for itself. Signing out reaches it wherever it is.
  const otherTab = await stage.otherTab(alice);
  await otherTab.isHere("Alice");
  await otherTab.page.getByRole("radio", { name: "Tambo", checked: true }).waitFor();
  await alice.signOut();
  await otherTab.startScreen.waitFor();
  await page.getByRole("radio", { name: cloud, checked: true }).waitFor();
  assert.deepEqual(await page.evaluate(kept), ["threadpass-demo:backend"]);
});

scene("a chat at Assistant Cloud is kept with how its answers ended", {}, async (stage) => {
  const { demo } = stage;
  const visitor = await stage.newcomer();
  const { page } = visitor;
  await visitor.choose(cloud);
  await visitor.startAnonymous();

  // The user's message is kept before the model says anything.
  await visitor.send("slow 60");
  await visitor.answers.filter({ hasText: "This answer takes its time" }).waitFor();
  const posts = (await cloudCalls(demo)).filter(({ method, path }) => method === "POST" && path.endsWith("/messages"));
  assert.deepEqual(
    posts.map(({ status }) => status),
    [201],
  );
  await page.getByTestId("stop").click();
  const stopped = page.getByText("This answer was stopped before its end.");
  await stopped.waitFor();
  await visitor.send("err401");
  await visitor.runError.filter({ hasText: "The model said: fake provider error 401." }).waitFor();
  await visitor.ask("what are you?", "only a script in this page");
  // The title is made by the backend, of what was said first.
  await title(visitor).filter({ hasNotText: "Untitled chat" }).waitFor();

  await page.reload();
  await visitor.answers.filter({ hasText: "only a script in this page" }).waitFor();
  await stopped.waitFor();
  await visitor.runError.filter({ hasText: "The answer failed." }).waitFor();
  const said = await page.locator('[data-testid="message"][data-role="user"] .message-text').allInnerTexts();
  assert.deepEqual(said, ["slow 60", "err401", "what are you?"]);
  await title(visitor).filter({ hasNotText: "Untitled chat" }).waitFor();
});

scene("an answer that was given without a network is kept when it is back", {}, async (stage) => {
  const alice = await stage.newcomer();
  const { page } = alice;
  await alice.choose(cloud);
  await alice.signIn("Alice");
  await alice.send("slow 3");
  await alice.answers.filter({ hasText: "This answer takes its time" }).waitFor();
  await page.getByRole("button", { name: "Offline" }).click();
  await alice.banner.filter({ hasText: "The chat backend cannot be reached." }).waitFor();
  await page.getByRole("button", { name: "Offline" }).click();
  await alice.banner.filter({ hasText: "Connected again." }).waitFor();
  await page.reload();
  await alice.isHere("Alice");
  await alice.answers.filter({ hasText: "This answer takes its time" }).waitFor();
  assert.equal(await alice.answers.count(), 1, "it is kept once");
});

scene("chats are archived, brought back, named and deleted", {}, async (stage) => {
  const alice = await stage.newcomer();
  const { page } = alice;
  await alice.choose(cloud);
  await alice.signIn("Alice");
  for (const text of ["hello", "unicode"]) {
    await alice.ask(text, text === "hello" ? "Hello from the fake model." : "你好");
    await title(alice)
      .filter({ hasText: new RegExp(text, "i") })
      .waitFor();
    await alice.newChat();
  }
  await alice.openThread("hello");
  await alice.press("Archive", "hello");
  // Nobody reads what a change is answered with, and it is no less done for that.
  const change = page.getByTestId("trip").filter({ hasText: "PUT threads/…" }).last();
  await change.filter({ hasText: /200, \d/ }).waitFor();
  await alice.thread("hello").waitFor({ state: "detached" });
  await page.getByRole("heading", { name: "What shall we try?" }).waitFor();
  await alice.showArchived();
  await alice.archivedThreads.filter({ hasText: "hello" }).waitFor();

  await page.reload();
  await alice.thread("unicode").waitFor();
  assert.equal(await alice.thread("hello").count(), 0);
  await alice.showArchived();
  // It can be read where it is.
  await alice.archivedThreads.filter({ hasText: "hello" }).locator(".thread-open").click();
  await alice.answers.filter({ hasText: "Hello from the fake model." }).waitFor();
  await alice.press("Bring back", "hello");
  await alice.thread("hello").waitFor();
  assert.equal(await alice.archivedThreads.count(), 0);

  await alice.press("Rename", "hello");
  await page.getByLabel("New name of the chat").fill("a name of its own");
  await page.keyboard.press("Enter");
  await alice.thread("a name of its own").waitFor();
  await alice.press("Archive", "unicode");
  await alice.archivedThreads.filter({ hasText: "unicode" }).waitFor();
  await alice.press("Delete", "unicode");
  await page.getByTestId("confirm-delete").click();
  await alice.archivedThreads.first().waitFor({ state: "detached" });
  await page.reload();
  await alice.thread("a name of its own").waitFor();
  assert.equal(await alice.threads.count(), 1);
  await alice.showArchived();
  await page.getByTestId("archived").getByText("None.").waitFor();
});

scene("what one thinks of an answer is told, shown, and there after a reload", {}, async (stage) => {
  const { demo } = stage;
  const visitor = await stage.newcomer();
  const { page } = visitor;
  await visitor.choose(cloud);
  await visitor.startAnonymous();
  await visitor.ask("hello", "Hello from the fake model.");
  const [good, bad] = ["Good answer", "Bad answer"].map((name) => page.getByRole("button", { name }));
  const pressed = page.locator('[aria-pressed="true"]');
  await good.click();
  await good.and(pressed).waitFor();
  const told = async () => (await cloudCalls(demo)).filter(({ path }) => path.endsWith("/feedback"));
  await until("the feedback", async () => (await told()).length === 1);
  await until("its note", async () => (await cloudCalls(demo)).some(({ method, path }) => isUpdate(method, path)));
  await page.reload();
  await good.and(pressed).waitFor();
  await bad.click();
  await bad.and(pressed).waitFor();
  await good.and(page.locator('[aria-pressed="false"]')).waitFor();
  await until("the other feedback", async () => (await told()).length === 2);
  assert.ok((await told()).every(({ status }) => status && status < 300));
});

scene("an anonymous visitor's chats come along when they sign in, and stay with nobody else", {}, async (stage) => {
  const visitor = await stage.newcomer();
  const { page } = visitor;
  await visitor.choose(cloud);
  await visitor.startAnonymous();
  await visitor.ask("hello", "Hello from the fake model.");
  await visitor.newChat();
  await visitor.ask("a secret", "a secret");
  assert.ok((await page.evaluate(kept)).some((name) => name.startsWith("aui:refresh_token:")));

  await visitor.signIn("Carol");
  const carol = visitor;
  await happened(carol, "claimed").waitFor();
  await carol.banner.filter({ hasText: "2 chats came with you." }).waitFor();
  await carol.threads.nth(1).waitFor();
  assert.equal(await carol.threads.count(), 2);
  assert.ok(!(await page.evaluate(kept)).some((name) => name.startsWith("aui:")), "nobody is the visitor any more");
  await carol.threads.last().locator(".thread-open").click();
  await carol.answers.filter({ hasText: "Hello from the fake model." }).waitFor();
  await carol.ask("and on", "and on");
  await page.getByTestId("banner").getByRole("button", { name: "Close" }).click();
  await carol.banner.waitFor({ state: "detached" });
  await page.reload();
  await carol.threads.nth(1).waitFor();
  assert.equal(await carol.banner.count(), 0, "it is said once");

  await carol.signOut();
  assert.deepEqual(await page.evaluate(kept), ["threadpass-demo:backend"]);
  await carol.startAnonymous();
  await page.getByText("None yet.").waitFor();
  await carol.forgetMe();
  assert.deepEqual(await page.evaluate(kept), ["threadpass-demo:backend"]);
  await carol.signIn("Dave");
  await page.getByText("None yet.").waitFor();
});

scene("a visitor who has been at both backends is forgotten at both", {}, async (stage) => {
  const visitor = await stage.newcomer();
  const { page } = visitor;
  await visitor.choose(cloud);
  await visitor.startAnonymous();
  await visitor.ask("a secret", "a secret");
  await visitor.choose("Tambo");
  await page.getByText("None yet.").waitFor();
  // Signed in at one of them, they are not claimed by the other one.
  await visitor.signIn("Alice");
  await visitor.signOut();
  assert.deepEqual(await page.evaluate(kept), ["threadpass-demo:backend"]);
  await visitor.choose(cloud);
  await visitor.startAnonymous();
  await page.getByText("None yet.").waitFor();

  // Whoever wants to be forgotten leaves no chats either.
  await visitor.ask("hello", "Hello from the fake model.");
  await visitor.choose("Tambo");
  await visitor.ask("hello", "Hello from the fake model.");
  await visitor.forgetMe();
  assert.deepEqual(await page.evaluate(kept), ["threadpass-demo:backend"]);
  const deleted = (await stage.demo.backend.answered()).filter(({ method }) => method === "DELETE");
  assert.deepEqual(deleted.map(({ path }) => path.split("/v1/")[0]).sort(), ["", "/assistant-cloud"]);
});

scene(
  "the inspector ends and revokes the tokens of Assistant Cloud's visitors and users",
  { expected: [/status of 401/] },
  async (stage) => {
    const { demo } = stage;
    const visitor = await stage.newcomer();
    const { page } = visitor;
    const tries = async (name, report) => {
      await page.getByRole("button", { name }).click();
      await page.getByTestId("report").filter({ hasText: report }).waitFor();
    };
    // Tokens that are made in the same second are the same.
    const isOlder = () =>
      page
        .locator(".countdown-left")
        .filter({ hasNotText: /5:00|4:59/ })
        .waitFor();
    await visitor.choose(cloud);
    await visitor.startAnonymous();
    await isOlder();
    await tries("Expire now", "A new session token was fetched first, then one call went out with it.");
    await isOlder();
    await tries("Revoke", "of one call. One new token was fetched, and what was refused was sent again.");
    await visitor.forgetMe();

    const alice = visitor;
    await alice.signIn("Alice");
    await happened(alice, "rotated").waitFor();
    await isOlder();
    await tries("Expire now", "The app was asked for its token first, then one call went out with it.");
    await happened(alice, "rotated", 1).waitFor();
    await isOlder();
    await demo.backend.forgetCalls();
    await tries("Revoke", "of one call. The app was asked for a new token, and what was refused was sent again.");
    const statuses = (await cloudCalls(demo)).map(({ status }) => status);
    assert.deepEqual(statuses, [401, 200]);
  },
);

/** What the timeline says of something that has happened `before` times since. */
const happened = ({ page }, kind, before = 0) =>
  page.locator(`[data-testid="timeline-item"][data-kind="${kind}"]`).nth(before);

/** Whether a call changes a message. */
const isUpdate = (method, path) => method === "PUT" && /\/messages\/[^/]+$/.test(path);
