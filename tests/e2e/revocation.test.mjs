import assert from "node:assert/strict";
import { isApiCall, isExchange } from "./support/backend.mjs";
import { scene } from "./support/scene.mjs";
import { until } from "./support/wait.mjs";

const unauthorized = /status of 401/;

scene("sessions that the backend revokes heal with one exchange", { expected: [unauthorized] }, async (stage) => {
  const { backend } = stage.demo;
  const alice = await stage.newcomer();
  await alice.signIn("Alice");
  await alice.ask("hello", "Hello from the fake model.");

  await backend.revoke();
  await backend.forgetCalls();
  // Looking at the page again has it read the list and the open chat, both at once.
  await alice.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await until("both answers", async () => (await granted(backend)).length >= 2);
  await alice.ask("and again", "and again");

  const calls = await backend.calls();
  assert.ok(calls.some(({ status }) => status === 401));
  assert.deepEqual(
    calls.filter(isExchange).map(({ status }) => status),
    [201],
  );
  assert.equal(await alice.runError.count(), 0);
  assert.equal(await alice.banner.count(), 0);
  await alice.page.locator('[data-testid="timeline-item"][data-kind="refused"]').first().waitFor();
});

const granted = async (backend) => (await backend.calls()).filter((call) => isApiCall(call) && call.status === 200);
