/** What may happen in the moment in which a client comes into being. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";
import { grantOf, tokens } from "./support/server.mjs";

everywhere("everything at once, with a token that is nearly over", {}, async ({ serve, run }) => {
  const server = await serve({ [tokens]: ({ json, nth }) => json(201, grantOf(nth, { expires_in: 2 })) });
  const seen = await run(
    async ({ open, jwt, settle }, { url }) => {
      const heard = [];
      let asked = 0;
      const userToken = () => {
        asked += 1;
        const now = Math.floor(Date.now() / 1000);
        return jwt({ sub: "alice", iat: now - 600, exp: now + 2, n: asked });
      };
      const client = open({ baseUrl: url, userToken });
      client.auth.subscribe(() => heard.push("subscribe"));
      client.auth.onChange(({ status }) => heard.push(status));
      const all = [
        client.auth.ready(),
        client.auth.getToken(),
        client.auth.getToken({ forceRefresh: true }),
        client.auth.headers(),
        client.threads.list(),
        client.fetch(`${url}/v1/threads`).then(({ status }) => status),
      ].map((begun) => settle(begun));
      const settled = await Promise.all(all);
      return { failed: settled.filter(({ value }) => value === undefined), heard: heard.includes("identified"), asked };
    },
    { url: server.url },
  );
  assert.deepEqual([seen.failed, seen.heard], [[], true]);
  assert.ok(seen.asked <= 3 && server.count(tokens) <= 3, "and no storm");
});

everywhere("fifty clients that come and go leave one", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, pause }, { url }) => {
      let asked = 0;
      let client;
      // As StrictMode and navigation do it: mounted, unmounted, mounted again.
      for (let i = 0; i < 50; i++) {
        client?.dispose();
        client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
        const off = client.auth.subscribe(() => {});
        void client.auth.ready().catch(() => {});
        off();
      }
      client.auth.subscribe(() => {});
      await client.auth.ready();
      await pause(100);
      const locks = globalThis.navigator?.locks ? await navigator.locks.query() : { held: [], pending: [] };
      return { asked, held: locks.held.length, pending: locks.pending.length };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { asked: 1, held: 0, pending: 0 });
  assert.equal(server.count(tokens), 1);
});
