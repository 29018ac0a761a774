/** Tokens that Assistant Cloud answers with. */
import assert from "node:assert/strict";
import { everywhere, table } from "./support/everywhere.mjs";

const get = "GET /v1/threads";
const exposed = { "access-control-expose-headers": "Authorization, Retry-After" };

/** A token of this person that says when it was made, as the service signs it. */
const signed = (claims) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.canary`;
const workspaceToken = (sub, n, lifeS = 300) => {
  const iat = Math.floor(Date.now() / 1_000);
  return signed({ sub, n, iss: "https://proj.example", iat, exp: iat + lifeS });
};

/** Which token each call came with: its number, 0 for the provider's own. */
const numbers = (server) =>
  server.calls.map(({ headers }) => {
    const claims = JSON.parse(Buffer.from(headers.authorization.split(".")[1], "base64url").toString());
    return claims.n ?? 0;
  });

/** Answers a provider's token with a workspace token. */
const rotating =
  (rotate, status = 200) =>
  ({ json, nth }) => {
    const token = rotate(nth);
    json(status, { threads: [] }, { ...exposed, ...(token && { authorization: token }) });
  };

table(
  "the token of an answer is used from then on",
  {
    rows: [
      { name: "of a success", serve: { [get]: rotating((nth) => `Bearer ${workspaceToken("alice", nth)}`) } },
      { name: "of a failure", serve: { [get]: rotating((nth) => `Bearer ${workspaceToken("alice", nth)}`, 404) } },
      {
        name: "of an answer to client.fetch",
        given: { foreign: true },
        serve: { [get]: rotating((nth) => `Bearer ${workspaceToken("alice", nth)}`) },
      },
    ],
  },
  async ({ open, jwt, settle }, { url, foreign }) => {
    let asked = 0;
    const client = open({
      ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
      authToken: () => {
        asked += 1;
        return jwt({ sub: "alice", exp: Math.floor(Date.now() / 1_000) + 3_600 });
      },
    });
    let changes = 0;
    await client.auth.ready();
    client.auth.subscribe(() => (changes += 1));
    for (let n = 0; n < 3; n++)
      await settle(() => (foreign ? client.fetch(`${url}/v1/threads`) : client.threads.list()));
    return { asked, changes, generation: client.inspect().generation, status: client.inspect().status };
  },
  (_, outcome, server) => {
    assert.deepEqual(outcome, { asked: 1, changes: 0, generation: 0, status: "identified" });
    assert.deepEqual(numbers(server), [0, 1, 2]);
  },
);

table(
  "a token of an answer that cannot be used is passed over, and the call succeeds",
  {
    rows: [
      { name: "another user's", rotate: () => `Bearer ${workspaceToken("bob", 9)}` },
      { name: "another scheme", rotate: () => "Basic Y2FuYXJ5" },
      { name: "no JWT", rotate: () => "Bearer canary" },
      { name: "no claims", rotate: () => "Bearer canary.canary.canary" },
      { name: "no end", rotate: () => `Bearer ${signed({ sub: "alice", n: 9 })}` },
      { name: "over already", rotate: () => `Bearer ${workspaceToken("alice", 9, -1)}` },
      { name: "nothing", rotate: () => "Bearer" },
      { name: "two blanks", rotate: () => `Bearer  ${workspaceToken("alice", 9)}` },
    ].map((row) => ({ ...row, serve: { [get]: rotating(row.rotate) } })),
  },
  async ({ open, jwt }, { url }) => {
    let asked = 0;
    const client = open({
      ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
      authToken: () => {
        asked += 1;
        return jwt({ sub: "alice", exp: Math.floor(Date.now() / 1_000) + 3_600 });
      },
    });
    const pages = [await client.threads.list(), await client.threads.list()];
    return { asked, listed: pages.map(({ items }) => items.length) };
  },
  (_, outcome, server) => {
    assert.deepEqual(outcome, { asked: 1, listed: [0, 0] });
    assert.deepEqual(numbers(server), [0, 0]);
  },
);

everywhere("a refused token of an answer gives way to the callback's", {}, async ({ serve, run }) => {
  const server = await serve({
    [get]: ({ call, json, nth }) => {
      const isOurs = call.headers.authorization?.includes(".canary");
      if (isOurs) return json(401, { error: "Invalid token" }, exposed);
      json(200, { threads: [] }, { ...exposed, authorization: `Bearer ${workspaceToken("alice", nth)}` });
    },
  });
  const asked = await run(
    async ({ open, jwt }, { url }) => {
      const asked = [];
      const token = jwt({ sub: "alice", exp: Math.floor(Date.now() / 1_000) + 3_600 });
      const client = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: ({ reason, forceRefresh }) => {
          asked.push([reason, forceRefresh]);
          return token;
        },
      });
      await client.threads.list();
      await client.threads.list();
      return asked;
    },
    { url: server.url },
  );
  assert.deepEqual(asked, [
    ["initial", false],
    ["unauthorized", true],
  ]);
  assert.equal(server.calls.length, 3);
});

everywhere("a 401 with a token in it is sent again with that", {}, async ({ serve, run }) => {
  const server = await serve({
    [get]: ({ json, nth }) =>
      nth === 1
        ? json(401, { error: "expired" }, { ...exposed, authorization: `Bearer ${workspaceToken("alice", 1)}` })
        : json(200, { threads: [] }),
  });
  const asked = await run(
    async ({ open, jwt }, { url }) => {
      let asked = 0;
      const client = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: () => {
          asked += 1;
          return jwt({ sub: "alice", exp: Math.floor(Date.now() / 1_000) + 3_600 });
        },
      });
      await client.threads.list();
      return asked;
    },
    { url: server.url },
  );
  assert.equal(asked, 1);
  assert.deepEqual(numbers(server), [0, 1]);
});

everywhere("short tokens are renewed again and again without a failed call", {}, async ({ serve, run }) => {
  const server = await serve({
    [get]: ({ call, json, nth }) => {
      const claims = JSON.parse(Buffer.from(call.headers.authorization.split(".")[1], "base64url").toString());
      if (claims.exp * 1_000 <= Date.now()) return json(401, { error: "expired" }, exposed);
      // Only a provider's token is exchanged.
      const more = claims.n ? {} : { authorization: `Bearer ${workspaceToken("alice", nth, 6)}` };
      json(200, { threads: [] }, { ...exposed, ...more });
    },
  });
  const outcome = await run(
    async ({ open, jwt, pause }, { url }) => {
      const forced = [];
      const provider = jwt({ sub: "alice", exp: Math.floor(Date.now() / 1_000) + 3_600 });
      let rotated = 0;
      const client = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: ({ forceRefresh }) => {
          forced.push(forceRefresh);
          return provider;
        },
      });
      client.onActivity(({ kind }) => (rotated += kind === "rotated"));
      while (rotated < 3) {
        await client.threads.list();
        await pause(100);
      }
      return { forced: forced.includes(true), generation: client.inspect().generation };
    },
    { url: server.url },
  );
  assert.deepEqual(outcome, { forced: false, generation: 0 });
  const used = numbers(server);
  assert.ok(new Set(used.filter((n) => n > 0)).size >= 2, "the service's own tokens were sent");
});

everywhere("nothing of the user before is taken over from a late answer", {}, async ({ serve, run }) => {
  const held = [];
  const server = await serve({
    [get]: ({ json, nth }) => {
      const answer = () =>
        json(200, { threads: [] }, { ...exposed, authorization: `Bearer ${workspaceToken("alice", nth)}` });
      if (nth === 1) held.push(answer);
      else json(200, { threads: [] }, exposed);
    },
    "GET /held": ({ json }) => json(200, held.length),
    "GET /release": ({ json }) => {
      held.forEach((answer) => answer());
      json(200, {});
    },
  });
  const outcome = await run(
    async ({ open, jwt, codeOf, until }, { url }) => {
      let sub = "alice";
      const client = open({
        ...{ backend: "assistant-cloud", apiKey: undefined, baseUrl: url },
        authToken: () => jwt({ sub, exp: Math.floor(Date.now() / 1_000) + 3_600 }),
      });
      const late = codeOf(() => client.threads.list());
      await until("alice's call", async () => (await fetch(`${url}/held`)).json());
      sub = "bob";
      client.auth.invalidate();
      await client.threads.list();
      await fetch(`${url}/release`);
      await client.threads.list();
      return [await late, client.auth.getSnapshot().user.id];
    },
    { url: server.url },
  );
  assert.deepEqual(outcome, ["auth/identity-changed", "bob"]);
  const subjects = server.calls
    .filter(({ headers }) => headers.authorization)
    .map(({ headers }) => JSON.parse(Buffer.from(headers.authorization.split(".")[1], "base64url").toString()).sub);
  assert.deepEqual(subjects.slice(-2), ["bob", "bob"]);
});
