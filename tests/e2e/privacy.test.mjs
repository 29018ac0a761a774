import assert from "node:assert/strict";
import { scene } from "./support/scene.mjs";
import { witness } from "./support/witness.mjs";

/** What Alice says; her chat is called like it and the answer repeats it. */
const secret = "heliotrope";
/** Also what the inspector calls her. */
const marks = [secret, "alice"];

scene("whoever comes after somebody is shown nothing of theirs", {}, async (stage) => {
  const alice = await stage.newcomer();
  const { page } = alice;
  const seen = await witness(page.context(), "Alice", marks);
  await page.reload();
  await alice.signIn("Alice");
  await alice.ask(secret, secret);
  await alice.composer.fill(`a draft about ${secret}`);
  const herThread = await alice.threads.first().getAttribute("data-thread-id");
  await alice.signOut();
  assert.ok(seen.byOwner > 0, "the witness sees what is shown");

  const bob = alice;
  await bob.signIn("Bob");
  await bob.page.getByText("None yet.").waitFor();
  await bob.ask("hello", "Hello from the fake model.");
  assert.equal(await bob.threads.count(), 1);
  await bob.signOut();

  const visitor = alice;
  await visitor.startAnonymous();
  await visitor.page.getByText("None yet.").waitFor();
  await visitor.forgetMe();
  assert.deepEqual(seen.byOthers, []);

  // Nobody else has so much as asked for her chat.
  const calls = await stage.demo.backend.answered();
  const asked = calls.filter(({ path, method }) => path.includes(herThread) && method !== "OPTIONS");
  assert.equal(new Set(asked.map(({ user }) => user)).size, 1);

  // It is still there for her.
  await alice.signIn("Alice");
  await alice.thread(secret).waitFor();
});

scene("switching users without signing out shows the second nothing of the first", {}, async (stage) => {
  const alice = await stage.newcomer();
  const seen = await witness(alice.page.context(), "Alice", marks);
  await alice.page.reload();
  await alice.signIn("Alice");
  await alice.ask(secret, secret);
  const otherTab = await stage.otherTab(alice);
  await otherTab.isHere("Alice");
  await otherTab.openThread(secret);
  await otherTab.answers.filter({ hasText: secret }).waitFor();

  // She is replaced in the other tab too, where nobody reloads anything.
  await alice.switchTo("Bob");
  await otherTab.isHere("Bob");
  for (const tab of [alice, otherTab]) await tab.page.getByText("None yet.").waitFor();
  assert.ok(seen.byOwner > 0);
  assert.deepEqual(seen.byOthers, []);
});

scene("an anonymous visitor leaves nothing for whoever signs in or comes after", {}, async (stage) => {
  const visitor = await stage.newcomer();
  const seen = await witness(visitor.page.context(), "Visitor", [secret]);
  await visitor.page.reload();
  await visitor.startAnonymous();
  await visitor.ask(secret, secret);
  await visitor.signIn("Carol");
  await visitor.page.getByText("None yet.").waitFor();
  await visitor.signOut();
  assert.ok(seen.byOwner > 0);
  assert.deepEqual(seen.byOthers, []);

  // The next visitor has the same name in the header, so it is no matter of who sees it.
  const before = seen.byOwner;
  await visitor.startAnonymous();
  await visitor.page.getByText("None yet.").waitFor();
  assert.equal(seen.byOwner, before);

  // Their calls are told apart by a key, not by a session.
  const { backend } = stage.demo;
  const anonymous = (await backend.calls()).filter(({ userKey }) => userKey);
  assert.equal(new Set(anonymous.map(({ user }) => user)).size, 2);
  assert.ok(anonymous.every(({ bearer }) => !bearer));
});
