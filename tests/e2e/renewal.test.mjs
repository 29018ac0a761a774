import assert from "node:assert/strict";
import { isApiCall, isExchange } from "./support/backend.mjs";
import { scene } from "./support/scene.mjs";

const minuteMs = 60_000;

scene(
  "for a minute of tokens that live ten seconds, nobody notices a renewal",
  { providerLifetime: 10, tokenLifetime: 10 },
  async (stage) => {
    const { backend } = stage.demo;
    const alice = await stage.newcomer();
    await alice.signIn("Alice");
    await alice.ask("hello", "Hello from the fake model.");
    await alice.newChat();
    await alice.ask("the second chat", "the second chat");
    await backend.forgetCalls();
    const noticed = await notices(alice.page);

    // Each opening of a chat is a call.
    const chats = alice.threads.locator(".thread-open");
    const begun = Date.now();
    let opened = 0;
    while (Date.now() - begun < minuteMs || opened < 300) {
      opened += 1;
      await chats.nth(opened % 2).click();
      // Now and then an answer streams in, across a renewal as well.
      if (opened % 100 === 50) await alice.ask("slow 3", "This answer takes its time");
    }

    const calls = await backend.answered();
    const api = calls.filter(isApiCall);
    const exchanges = calls.filter(isExchange);
    assert.ok(api.length >= 300, `${api.length} calls`);
    assert.deepEqual(
      api.filter(({ bearer, status }) => !bearer || status === 401),
      [],
    );
    assert.ok(
      exchanges.every(({ status }) => status === 201),
      "every exchange was granted",
    );
    assert.ok(exchanges.length >= 5, `${exchanges.length} exchanges`);
    const subjects = new Set(exchanges.map(({ subject }) => subject));
    assert.ok(subjects.size >= 3, `${subjects.size} subject tokens`);
    assert.equal(new Set(api.map(({ user }) => user)).size, 1, "all calls were Alice's");
    assert.deepEqual(await noticed.evaluate((list) => list), []);
    // The inspector does show it.
    assert.ok((await alice.page.locator('[data-testid="timeline-item"][data-kind="renewed"]').count()) >= 5);
  },
);

/** What the page shows from now on that would disturb somebody: another state, another person, an error. */
function notices(page) {
  return page.evaluateHandle(() => {
    /** @type {string[]} */
    const list = [];
    const look = () => {
      const status = document.querySelector('[data-testid="auth-status"]');
      const isCalm = status?.dataset.status === "identified" && !("troubled" in status.dataset);
      if (!isCalm) list.push(`auth status: ${status?.dataset.status}`);
      if (document.querySelector('[data-testid="banner"], [data-testid="run-error"]')) list.push("an error");
    };
    const everything = { subtree: true, childList: true, attributes: true };
    new MutationObserver(look).observe(document.body, everything);
    return list;
  });
}
