import assert from "node:assert/strict";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

const gone = /net::ERR_(CONNECTION_(REFUSED|RESET)|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/;

scene("a backend that is killed in the middle of an answer loses nothing", { expected: [gone] }, async (stage) => {
  const { backend } = stage.demo;
  const alice = await stage.newcomer();
  await alice.signIn("Alice");
  await alice.ask("hello", "Hello from the fake model.");
  await alice.newChat();
  await alice.page.evaluate(() => (window.sameDocument = true));
  await alice.send("slow 30");
  await alice.answers.filter({ hasText: "This answer takes its time" }).waitFor();
  await until("the name of the chat", () => alice.thread("slow 30").count());

  await backend.kill();
  await alice.runError.filter({ hasText: "This answer was interrupted." }).waitFor();
  await alice.banner.waitFor();
  await backend.restart();
  await alice.banner.filter({ hasText: "Connected again." }).waitFor();
  await alice.isIdentified();

  // What was committed is there: both chats, and what she wrote in the one that broke.
  assert.deepEqual(await alice.threads.locator(".thread-title").allInnerTexts(), ["slow 30", "hello"]);
  assert.deepEqual(await alice.page.locator('[data-role="user"] .message-text').allInnerTexts(), ["slow 30"]);
  await alice.openThread("hello");
  await alice.answers.filter({ hasText: "Hello from the fake model." }).waitFor();

  // The broken chat goes on.
  await alice.openThread("slow 30");
  await alice.ask("still here?", "still here?");
  assert.equal(await alice.page.evaluate(() => window.sameDocument), true, "nobody reloaded the page");
});
