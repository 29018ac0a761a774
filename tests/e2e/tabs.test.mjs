import assert from "node:assert/strict";
import { scene } from "./support/scene.mjs";

scene("signing out in one tab reaches the other", {}, async (stage) => {
  const alice = await stage.newcomer();
  await alice.signIn("Alice");
  await alice.ask("hello", "Hello from the fake model.");
  const otherTab = await stage.otherTab(alice);
  await otherTab.isHere("Alice");
  await otherTab.thread("hello").waitFor();

  await alice.signOut();
  await otherTab.startScreen.waitFor();
  await otherTab.banner.filter({ hasText: "You signed out in another tab" }).waitFor();
  assert.equal(await otherTab.threads.count(), 0);

  // Nor does a call of that tab bring her back.
  await stage.demo.backend.forgetCalls();
  await otherTab.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await otherTab.page.reload();
  await otherTab.startScreen.waitFor();
  assert.deepEqual(await stage.demo.backend.calls(), []);
});
