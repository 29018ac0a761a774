import assert from "node:assert/strict";
import { isApiCall, isExchange } from "./support/backend.mjs";
import { scene } from "./support/scene.mjs";

const unauthorized = /status of 401/;

/** Whatever an anonymous visitor is known by. */
const visitorKey = /anon_[0-9a-f]/;

scene(
  "the inspector ends, revokes and sleeps through a session, and no dead token is sent knowingly",
  { expected: [unauthorized] },
  async (stage) => {
    const { backend } = stage.demo;
    const sent = async () => (await backend.calls()).filter((call) => isApiCall(call) || isExchange(call));
    const alice = await stage.newcomer();
    const { page } = alice;
    await alice.signIn("Alice");
    await alice.ask("hello", "Hello from the fake model.");

    await backend.forgetCalls();
    await press(alice, "Expire now");
    await reports(alice, "A new session token was fetched first, then one call went out with it.");
    assert.deepEqual(
      (await sent()).map(({ path, status }) => [path.split("?")[0], status]),
      [
        ["/oauth/token", 201],
        ["/v1/threads", 200],
      ],
    );
    const latest = page.getByTestId("burst").first().getByTestId("trip");
    assert.deepEqual(await latest.evaluateAll((rows) => rows.map(({ dataset }) => dataset.kind)), [
      "callback",
      "exchange",
      "call",
    ]);
    // The countdown is about the new one.
    await page.getByText("until it ends").waitFor();

    await backend.forgetCalls();
    await press(alice, "Revoke");
    await reports(alice, "The backend refused the session token (401) of one call. One new token was fetched");
    assert.deepEqual(
      (await sent()).map(({ status }) => status),
      [401, 201, 200],
    );
    assert.equal(await alice.banner.count(), 0);

    await alice.send("slow 60");
    await alice.answers.filter({ hasText: "This answer takes its time" }).waitFor();
    await backend.forgetCalls();
    await press(alice, "Sleep");
    const dialog = page.getByRole("dialog", { name: "Asleep" });
    await dialog.waitFor();
    const before = await alice.answers.last().innerText();
    await page.evaluate(() => new Promise((resolve) => setInterval(resolve, 1_000)));
    assert.equal(await alice.answers.last().innerText(), before, "nothing comes in while it is asleep");
    assert.deepEqual(await sent(), [], "and nothing goes out");
    await dialog.getByRole("button", { name: "Wake it now" }).click();
    await reports(alice, "The page has slept past the end of its session token");
    await alice.runError.filter({ hasText: "This answer was interrupted." }).waitFor();
    await alice.ask("and again", "and again");
    assert.equal((await sent()).filter(isExchange).length, 1);
    assert.ok((await sent()).every(({ status }) => status !== 401));
  },
);

scene("the client without a network keeps what is there, and heals with it", {}, async (stage) => {
  const alice = await stage.newcomer();
  await alice.signIn("Alice");
  await alice.ask("hello", "Hello from the fake model.");
  await alice.send("slow 60");
  await alice.answers.filter({ hasText: "This answer takes its time" }).waitFor();
  const button = alice.page.getByRole("button", { name: "Offline" });
  await press(alice, "Offline");
  await alice.runError.filter({ hasText: "This answer was interrupted." }).waitFor();
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  await alice.send("are you there?");
  await alice.runError.filter({ hasText: "Your message did not arrive." }).waitFor();
  await alice.banner.filter({ hasText: "The chat backend cannot be reached." }).waitFor();

  await press(alice, "Offline");
  assert.equal(await button.getAttribute("aria-pressed"), "false");
  await alice.banner.filter({ hasText: "Connected again." }).waitFor();
  await alice.page.getByRole("button", { name: "Try again" }).click();
  await alice.answers.filter({ hasText: "are you there?" }).waitFor();
  await alice.isDone();
});

scene("the next visitor sees nothing of the traffic of the one before", {}, async (stage) => {
  const visitor = await stage.newcomer();
  const { page } = visitor;
  await visitor.startAnonymous();
  await visitor.ask("hello", "Hello from the fake model.");
  const trips = page.locator('[data-testid="trip"][data-kind="answer"]');
  await trips.waitFor();
  assert.doesNotMatch(await page.content(), visitorKey);
  for (const name of ["Expire now", "Revoke"]) assert.ok(await page.getByRole("button", { name }).isDisabled(), name);
  await press(visitor, "Sleep");
  // It wakes by itself.
  await reports(visitor, "as the anonymous visitor");

  await press(visitor, "Be somebody else");
  await visitor.threads.first().waitFor({ state: "detached" });
  await visitor.composer.waitFor();
  assert.equal(await trips.count(), 0);
  const users = new Set((await stage.demo.backend.calls()).filter(isApiCall).map(({ user }) => user));
  assert.equal(users.size, 2);
});

const press = ({ page }, name) => page.getByRole("button", { name }).click();

const reports = ({ page }, text) => page.getByTestId("report").filter({ hasText: text }).waitFor();
