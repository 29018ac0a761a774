/** Every recorded exchange of Assistant Cloud's own client, by that client again and by ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countAgrees, outcomeAgrees, requestAgrees } from "./support/cloud/agreement.mjs";
import { openOurs, tellOurs } from "./support/cloud/ours.mjs";
import { decode, isFailedToken, recordedGroups, skippedExchanges } from "./support/cloud/recording.mjs";
import { openReference, tellReference } from "./support/cloud/reference.mjs";
import { perform, tokenCallback } from "./support/cloud/scenarios.mjs";
import { inItsWorld } from "./support/cloud/world.mjs";

const timeout = 120_000;

/** What was recorded of something that we do not have, and why. */
const notOffered = new Map([
  ["Aui-Sdk with registered identities", "ours does not say which libraries an app is made of"],
  ["runs.__internal_getAssistantOptions", "internal, and the server answers what it builds with 404"],
  ["events.track normalisation drops bad fields", "events are sent as given; there is no buffer that could edit them"],
  ["CloudEngagementReporter maps ids and durations", "an app reports what it wants to; nothing watches it"],
]);

const groups = await recordedGroups();
const offered = groups.filter(({ name }) => !notOffered.has(name));

/** Plays a group with a client. */
function play(t, group, open, tell) {
  return inItsWorld(t, group, async ({ fill }) => {
    const { authToken, asked } = tokenCallback(group);
    const config = fill(group.config);
    if ("authToken" in config) config.authToken = authToken;
    let client;
    try {
      client = open(config);
      const value = await perform({ ...client, asked }, group);
      return { ok: true, value };
    } catch (thrown) {
      return { ok: false, error: (client?.tell ?? tell)(thrown) };
    } finally {
      client?.close();
    }
  });
}

test("the recorded client does again what was recorded of it", { timeout }, async (t) => {
  for (const group of offered) {
    const { result, requests, stored, locks } = await play(t, group, openReference, tellReference);
    const recorded = group.steps.flatMap(({ request }) => request ?? []);
    assert.deepEqual(requests, recorded, group.name);
    assert.deepEqual(stored, group.after, group.name);
    assert.deepEqual(locks, group.locks, group.name);
    const plain = (value) => JSON.parse(JSON.stringify(value));
    assert.deepEqual(plain(result), plain(decode(group.outcome)), group.name);
  }
});

/** Runs a check, and answers why it fails. */
function complaint(check) {
  try {
    check();
    return undefined;
  } catch (error) {
    return String(error.message);
  }
}

const skipped = await skippedExchanges();
let agreed = 0;

for (const group of offered) {
  test(`as recorded: ${group.name}`, { timeout }, async (t) => {
    const { result, requests, stored, locks } = await play(t, group, openOurs, tellOurs);
    const wrong = group.steps.flatMap(({ name, request }, index) => {
      const isLast = index === group.steps.length - 1;
      const complaints = [
        request ? complaint(() => requestAgrees(requests[index], request)) : undefined,
        ...(isLast ? [complaint(() => outcomeAgrees(group, result)), complaint(surroundingsAgree)] : []),
      ].filter(Boolean);
      if (!skipped.has(name)) {
        agreed += complaints.length ? 0 : 1;
        return complaints.map((complaint) => `${name}: ${complaint}`);
      }
      return complaints.length ? [] : [`${name}: it agrees, and is on the list of what does not`];
    });
    assert.deepEqual(wrong, []);

    function surroundingsAgree() {
      countAgrees(requests, group);
      assert.deepEqual(stored, group.after, "what is stored");
      // One for each time that a token is asked for.
      assert.deepEqual(isFailedToken(group) ? [...new Set(locks)] : locks, group.locks, "the locks");
    }
  });
}

test("at most a tenth of what was recorded is left out, each with a reason", (t) => {
  const names = offered.flatMap(({ steps }) => steps.map(({ name }) => name));
  assert.deepEqual(
    [...skipped.keys()].filter((name) => !names.includes(name)),
    [],
    "nothing unknown is left out",
  );
  assert.ok(skipped.size * 10 <= names.length, `${skipped.size} of ${names.length}`);
  assert.equal(agreed, names.length - skipped.size);
  const others = groups.filter(({ name }) => notOffered.has(name)).flatMap(({ steps }) => steps);
  t.diagnostic(`assistant-cloud: ${agreed} exchanges agreed, ${skipped.size} skipped, ${others.length} not offered`);
});
