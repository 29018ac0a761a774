/** One user after another. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";
import { grantOf, tokens } from "./support/server.mjs";

/** Gives sessions that say whose they are. */
const named = {
  [tokens]: ({ call, json, nth }) => {
    const [, payload] = (new URLSearchParams(call.body).get("subject_token") ?? "").split(".");
    const { sub } = JSON.parse(Buffer.from(payload, "base64url").toString());
    json(201, grantOf(nth, { access_token: `canary-${sub}-${nth}` }));
  },
};

everywhere("no request is made as the user before, at either of two backends", {}, async ({ serve, run }) => {
  const servers = [await serve(named), await serve(named)];
  const seen = await run(
    async ({ open, jwt, until }, { urls }) => {
      let sub = "alice";
      const userToken = () => jwt({ iss: "https://id.example", sub });
      const clients = urls.map((baseUrl) => open({ baseUrl, userToken, onWarning: () => {} }));
      await Promise.all(clients.map(({ threads }) => threads.list()));
      // Nobody signs out: the provider speaks for somebody else from now on.
      sub = "bob";
      const switched = [];
      for (const { auth, threads } of clients) {
        const forced = auth.getToken({ forceRefresh: true }).catch(({ code }) => code);
        await until("bob", () => auth.getSnapshot().user?.id === "bob");
        switched.push(await forced, (await auth.headers()).authorization.split("-")[1]);
        await threads.list();
      }
      await Promise.all(urls.map((url) => fetch(`${url}/mark`)));
      for (const { auth, threads } of clients) {
        auth.invalidate();
        await threads.list();
        await auth.getToken({ forceRefresh: true });
        await threads.list();
      }
      return switched;
    },
    { urls: servers.map(({ url }) => url) },
  );
  assert.deepEqual(seen, ["auth/identity-changed", "bob", "auth/identity-changed", "bob"]);
  for (const { calls } of servers) {
    const mark = calls.findIndex(({ path }) => path === "/mark");
    const bearers = calls.map(({ headers }) => headers.authorization ?? "");
    assert.ok(bearers.slice(0, mark).some((bearer) => bearer.includes("alice")));
    const first = bearers.findIndex((bearer) => bearer.includes("bob"));
    assert.ok(first > 0 && first < mark);
    assert.ok(!bearers.slice(first).some((bearer) => bearer.includes("alice")), bearers.join("\n"));
    assert.ok(calls.slice(mark).filter(({ path }) => path === "/v1/threads").length >= 2);
  }
});

everywhere("a callback that was replaced is never called again", {}, async ({ serve, run }) => {
  const server = await serve({
    "GET /v1/threads": ({ json, nth }) => (nth % 3 === 0 ? json(401, {}) : json(200, { threads: [], hasMore: false })),
  });
  const seen = await run(
    async ({ open }, { url }) => {
      const asked = [];
      const userToken = (name) => () => `canary-${name}-${asked.push(name)}`;
      const client = open({ baseUrl: url, userToken: userToken("first") });
      const generation = (await client.auth.ready()).generation;
      client.auth.setCredential({ userToken: userToken("second") });
      const before = asked.length;
      for (let i = 0; i < 5; i++) {
        await client.threads.list();
        await client.auth.getToken({ forceRefresh: true });
      }
      client.auth.invalidate();
      await client.auth.ready();
      return { after: [...new Set(asked.slice(before))], before: asked[0], generation };
    },
    { url: server.url },
  );
  assert.deepEqual([seen.after, seen.before, seen.generation], [["second"], "first", 0]);
});
