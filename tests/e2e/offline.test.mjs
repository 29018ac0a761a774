import assert from "node:assert/strict";
import { scene } from "./support/scene.mjs";

const disconnected = /net::ERR_INTERNET_DISCONNECTED/;

scene("offline and back heals by itself", { expected: [disconnected] }, async (stage) => {
  const alice = await stage.newcomer();
  await alice.signIn("Alice");
  await alice.ask("hello", "Hello from the fake model.");
  const context = alice.page.context();

  await context.setOffline(true);
  await alice.banner.filter({ hasText: "You are offline." }).waitFor();
  await alice.send("are you there?");
  await alice.runError.filter({ hasText: "Your message did not arrive." }).waitFor();
  assert.equal(await alice.answers.count(), 1, "what was there stays");

  await context.setOffline(false);
  await alice.banner.filter({ hasText: "Connected again." }).waitFor();
  await alice.isIdentified();
  await alice.page.getByRole("button", { name: "Try again" }).click();
  await alice.answers.filter({ hasText: "are you there?" }).waitFor();
  await alice.isDone();
  assert.equal(await alice.runError.count(), 0);
});

/** The package's own warning: the page could not ask the provider for a newer token. */
const couldNotAsk = /\[threadpass\] auth\/callback-failed/;

scene(
  "a session that ends while offline is back with the network",
  { expected: [disconnected, couldNotAsk], providerLifetime: 10, tokenLifetime: 10 },
  async (stage) => {
    const alice = await stage.newcomer();
    await alice.signIn("Alice");
    await alice.ask("hello", "Hello from the fake model.");
    const context = alice.page.context();

    await context.setOffline(true);
    await alice.page.locator('[data-testid="auth-status"]:not([data-status="identified"])').waitFor();
    assert.equal(await alice.name.innerText(), "Alice", "she is still the one who is here");
    assert.equal(await alice.answers.count(), 1, "what was there stays");

    await context.setOffline(false);
    await alice.isIdentified();
    await alice.banner.waitFor({ state: "detached" });
    await alice.ask("back again", "back again");
  },
);
