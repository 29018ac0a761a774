/** Trouble between tabs and between users of one browser, met by `assistant-cloud` as it is published and by us. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch } from "../e2e/support/browser.mjs";
import { startSite } from "../langgraph/support/site.mjs";
import { serve, timeout, tokenOf } from "./support/both.mjs";

/** Issues identities by number, and knows who asks for what. */
const identities = () => {
  const grant = (name) => ({
    access_token: tokenOf(`usr_anon_${name}`),
    refresh_token: { token: `refresh_0${name}`, expires_at: "2099-01-01T00:00:00.000Z" },
  });
  return {
    "POST /v1/auth/tokens/anonymous": ({ nth, json }) => json(200, grant(nth)),
    "POST /v1/auth/tokens/refresh": ({ call, json }) => json(200, grant(JSON.parse(call.body).refresh_token.slice(9))),
    "POST /v1/threads/claim": ({ json }) => json(200, { moved: 2 }),
    "GET /v1/threads": ({ json }) => json(200, { threads: [] }),
  };
};

describe("side by side: tabs and users of one browser", () => {
  /** @type {{ url: string, stop(): Promise<void> }} */
  let site;
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(
    async () => {
      const inside = new URL("support/inside.mjs", import.meta.url);
      const entries = ["threadpass", "threadpass/assistant-cloud"];
      site = await startSite({ inside, entries, bundled: ["assistant-cloud"] });
      browser = await launch();
    },
    { timeout },
  );
  after(async () => {
    await browser.close();
    await site.stop();
  });

  /** A profile of a browser. */
  const visit = async (t) => {
    const context = await browser.newContext();
    t.after(() => context.close());
    return async () => {
      const page = await context.newPage();
      await page.goto(site.url);
      return page;
    };
  };
  const asked = ({ calls }) => calls.map(({ method, path }) => `${method} ${path}`);

  test("a tab that holds the lock and sleeps: theirs waits as long; ours goes on", { timeout }, async (t) => {
    const server = await serve(t, identities());
    const [open, given] = [await visit(t), { baseUrl: server.url, anonymous: true }];

    const asleep = await open();
    await asleep.evaluate(
      (name) =>
        new Promise((held) => {
          void navigator.locks.request(name, () => {
            held(undefined);
            return new Promise(() => {});
          });
        }),
      `assistant-cloud:anonymous-auth:${server.url}`,
    );

    const their = await open();
    await their.evaluate(async (given) => {
      const { AssistantCloud } = await import("assistant-cloud");
      globalThis.settled = false;
      globalThis.list = new AssistantCloud({ ...given, telemetry: false }).threads.list();
      void globalThis.list.finally(() => (globalThis.settled = true));
    }, given);

    const our = await open();
    const count = await our.evaluate(async (given) => {
      const { createClient } = await import("threadpass");
      const client = createClient({ backend: "assistant-cloud", ...given });
      const { items } = await client.threads.list();
      client.dispose();
      return items.length;
    }, given);
    assert.equal(count, 0);
    assert.deepEqual(asked(server), ["POST /v1/auth/tokens/anonymous", "GET /v1/threads"]);
    assert.equal(await their.evaluate(() => globalThis.settled), false);

    await asleep.close();
    const { threads } = await their.evaluate(() => globalThis.list);
    assert.deepEqual(threads, [], "it was the lock");
    assert.deepEqual(asked(server).slice(2), ["POST /v1/auth/tokens/refresh", "GET /v1/threads"]);
    assert.equal(
      JSON.parse(server.calls[2].body).refresh_token,
      "refresh_01",
      "with the identity that ours has stored",
    );
  });

  test(
    "a claim and a sign-out: theirs leaves the identity to whoever comes next; ours nothing",
    { timeout },
    async (t) => {
      const byThem = await serve(t, identities());
      const their = await (await visit(t))();
      const left = await their.evaluate(
        async ({ baseUrl, token }) => {
          const { AssistantCloud, readAnonymousRefreshToken } = await import("assistant-cloud");
          const nobody = () => new AssistantCloud({ baseUrl, anonymous: true, telemetry: false });
          await nobody().threads.list();
          const alice = new AssistantCloud({ baseUrl, authToken: async () => token, telemetry: false });
          const { moved } = await alice.threads.claim({ refresh_token: readAnonymousRefreshToken(baseUrl) });
          // She signs out, which theirs has no call for, and somebody else comes.
          await nobody().threads.list();
          return { moved, stored: Object.keys(localStorage) };
        },
        { baseUrl: byThem.url, token: tokenOf("alice") },
      );
      assert.deepEqual(left, { moved: 2, stored: [`aui:refresh_token:${byThem.url}`] });
      assert.equal(byThem.count("POST /v1/auth/tokens/anonymous"), 1);
      assert.equal(byThem.count("POST /v1/auth/tokens/refresh"), 1, "the next one is who she was");

      const byUs = await serve(t, identities());
      const our = await (await visit(t))();
      const told = await our.evaluate(
        async ({ baseUrl, token }) => {
          const { createClient } = await import("threadpass");
          const claimed = [];
          const logger = (entry) => void (entry.kind === "claimed" && claimed.push(entry.moved));
          const client = createClient({ backend: "assistant-cloud", baseUrl, anonymous: true, logger });
          await client.threads.list();
          client.auth.setCredential({ authToken: async () => token, claimAnonymous: true });
          await client.threads.list();
          const afterClaim = Object.keys(localStorage);
          client.auth.signOut();
          client.auth.setCredential({ anonymous: true });
          await client.threads.list();
          client.dispose();
          return { claimed, afterClaim };
        },
        { baseUrl: byUs.url, token: tokenOf("alice") },
      );
      assert.deepEqual(told, { claimed: [2], afterClaim: [] });
      const claim = byUs.calls.find(({ path }) => path === "/v1/threads/claim");
      assert.equal(claim?.headers.authorization, `Bearer ${tokenOf("alice")}`);
      assert.equal(byUs.count("POST /v1/auth/tokens/anonymous"), 2, "the next one is somebody new");
      assert.equal(byUs.count("POST /v1/auth/tokens/refresh"), 0);
    },
  );
});
