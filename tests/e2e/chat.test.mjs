import assert from "node:assert/strict";
import { scene } from "./support/scene.mjs";

scene("an answer can be stopped, and the chat goes on", {}, async (stage) => {
  const alice = await stage.newcomer();
  await alice.signIn("Alice");
  await alice.send("slow 60");
  await alice.answers.filter({ hasText: "This answer takes its time" }).waitFor();
  await alice.page.getByTestId("stop").click();
  await alice.page.getByText("This answer was stopped before its end.").waitFor();
  await alice.isDone();
  await alice.ask("hello", "Hello from the fake model.");
  const stopped = (await stage.demo.backend.calls()).filter(({ method }) => method === "DELETE");
  assert.deepEqual(
    stopped.map(({ status }) => status),
    [200],
  );
});

/** What Chromium itself says of a connection that breaks. */
const brokenOff = /net::ERR_INCOMPLETE_CHUNKED_ENCODING/;

scene("how an answer failed is said, and it can be asked for again", { expected: [brokenOff] }, async (stage) => {
  const alice = await stage.newcomer();
  await alice.signIn("Alice");
  await alice.send("err401");
  await alice.runError.filter({ hasText: "The model said: fake provider error 401" }).waitFor();
  await alice.send("cut");
  await alice.runError.filter({ hasText: "stream/interrupted" }).waitFor();
  await alice.isDone();
  const asked = alice.page.locator('[data-role="user"]');
  await alice.page.getByRole("button", { name: "Send again" }).click();
  await asked.nth(2).waitFor();
  await alice.isDone();
  await alice.ask("hello", "Hello from the fake model.");
  assert.deepEqual(await asked.locator(".message-text").allInnerTexts(), ["err401", "cut", "cut", "hello"]);
});

scene("a reload in the middle of an answer comes back to the chat", {}, async (stage) => {
  const alice = await stage.newcomer();
  await alice.signIn("Alice");
  await alice.send("slow 60");
  await alice.answers.filter({ hasText: "This answer takes its time" }).waitFor();
  await alice.page.reload();
  await alice.isHere("Alice");
  await alice.thread("slow 60").waitFor();
  // The backend ends an answer that nobody reads any more, and keeps no part of it.
  await alice.answers.filter({ hasText: "This answer was stopped before its end." }).waitFor();
  await alice.ask("hello", "Hello from the fake model.");
});

scene("chats are renamed and deleted for good", {}, async (stage) => {
  const alice = await stage.newcomer();
  const { page } = alice;
  await alice.signIn("Alice");
  await alice.ask("hello", "Hello from the fake model.");
  await alice.newChat();
  await alice.ask("the other", "the other");
  await alice.thread("hello").hover();
  await page.getByRole("button", { name: "Rename hello" }).click();
  await page.getByLabel("New name of the chat").fill("A better name");
  await page.keyboard.press("Enter");
  await alice.thread("A better name").waitFor();
  await alice.thread("the other").hover();
  await page.getByRole("button", { name: "Delete the other" }).click();
  await page.getByTestId("confirm-delete").click();
  await alice.thread("the other").waitFor({ state: "detached" });
  await page.getByRole("heading", { name: "What shall we try?" }).waitFor();
  await page.reload();
  await alice.thread("A better name").waitFor();
  assert.equal(await alice.threads.count(), 1);
});
