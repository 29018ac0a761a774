/** Renewals that run beside everything else. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";
import { grantOf, tokens } from "./support/server.mjs";

everywhere("a renewal may be asked for while another one is announced", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, until }, { url }) => {
      let asked = 0;
      const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
      const settled = [];
      client.onActivity(async ({ kind }) => {
        if (kind !== "renewed" || settled.length >= 3) return;
        const nth = settled.push("pending") - 1;
        settled[nth] = await client.auth.getToken({ forceRefresh: true }).then(
          () => "settled",
          ({ code }) => code,
        );
      });
      await client.auth.getToken();
      await until("all of them", () => settled.length === 3 && !settled.includes("pending"));
      return settled;
    },
    { url: server.url },
  );
  assert.deepEqual(seen, ["settled", "settled", "settled"]);
});

everywhere("a renewal that nobody waits for fails quietly", {}, async ({ serve, run }) => {
  // That nothing is left unhandled is looked at after every test here.
  const server = await serve({
    [tokens]: ({ json, nth }) => (nth === 1 ? json(201, grantOf(nth, { expires_in: 2 })) : json(500, {})),
  });
  const seen = await run(
    async ({ open, until, stateOf }, { url }) => {
      let asked = 0;
      const userToken = async () => {
        asked += 1;
        if (asked > 2) throw new Error("canary");
        return `canary-subject-${asked}`;
      };
      const client = open({ baseUrl: url, userToken, onWarning: () => {} });
      client.auth.subscribe(() => {});
      await until("the first", () => client.auth.getSnapshot().status === "identified");
      await until("the failure", () => client.auth.getSnapshot().status !== "identified");
      await until("the other failure", () => asked > 2);
      await until("the error", () => client.auth.getSnapshot().status === "error");
      return stateOf(client.auth.getSnapshot()).error.code;
    },
    { url: server.url },
  );
  assert.equal(seen, "auth/callback-failed");
});
