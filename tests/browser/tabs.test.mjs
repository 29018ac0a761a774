/** Several pages of one browser, and what they keep. */
import assert from "node:assert/strict";
import { inBrowsers, inChromium, inNode } from "./support/everywhere.mjs";

/** A client that stays, for the steps of a test. */
const openHere = async ({ createClient, apiKey, until }, { url, credential, key = apiKey }) => {
  const heard = [];
  if (credential.userToken) {
    window.sub = credential.userToken;
    const payload = () => btoa(JSON.stringify({ iss: "https://id.example", sub: window.sub })).replaceAll("=", "");
    credential = { userToken: () => (window.sub ? `e30.${payload()}.canary` : null) };
  }
  const client = createClient({ backend: "tambo", apiKey: key, baseUrl: url, onWarning: () => {}, ...credential });
  window.client = client;
  client.auth.onChange(({ status, reason, user }) =>
    heard.push([status, reason ?? user?.id].filter(Boolean).join(" ")),
  );
  window.heard = heard;
  await client.auth.ready();
  await until("the news", () => heard.at(-1)?.startsWith("identified"));
  return client.auth.getSnapshot().generation;
};
const hears = async ({ until }, { last }) => {
  await until(last, () => window.heard.at(-1) === last);
  return window.client.auth.peekToken();
};
const act = async (_, { what, sub }) => {
  if (sub !== undefined) window.sub = sub;
  await window.client.auth[what]();
};
/** A message is on its way for a moment; what does not come within one does not come. */
const hearsNothingNew = async ({ pause }) => {
  const before = window.heard.length;
  await pause(500);
  return window.heard.length - before;
};

inChromium("a sign-out reaches the other tabs, without a token in the message", {}, async ({ serve, tab }) => {
  const server = await serve();
  const [one, two] = [await tab(), await tab()];
  // Every message of every tab, as it is sent.
  const posted = [];
  for (const { page, run } of [one, two]) {
    await page.exposeFunction("posted", (name, message) => void posted.push([name, message]));
    await page.evaluate(() => {
      const { postMessage } = BroadcastChannel.prototype;
      BroadcastChannel.prototype.postMessage = function (message) {
        window.posted(this.name, message);
        return postMessage.call(this, message);
      };
    });
    await run(openHere, { url: server.url, credential: { userToken: "alice" } });
  }
  // Tab one signs out at the provider, whose session both tabs share; the callback of tab two says so.
  await two.page.evaluate(() => void (window.sub = null));
  await one.run(act, { what: "signOut", sub: null });
  assert.equal(await two.run(hears, { last: "unauthenticated other-tab" }), null);
  assert.equal(await one.run(hears, { last: "unauthenticated signed-out" }), null);
  assert.ok(posted.length >= 1);
  for (const [name, message] of posted) {
    assert.equal(typeof message, "string");
    assert.doesNotMatch(`${name} ${message}`, /canary|eyJ|alice/);
    assert.ok(name.includes(server.url), "the channel belongs to this backend");
  }
});

inBrowsers("a tab whose provider still knows the user comes back with its next use", {}, async ({ serve, tab }) => {
  const server = await serve();
  const [one, two] = [await tab(), await tab()];
  for (const { run } of [one, two]) await run(openHere, { url: server.url, credential: { userToken: "alice" } });
  const before = server.count("POST /oauth/token");
  await one.run(act, { what: "signOut" });
  // What the provider says now may be what it said before the sign-out, from a cache.
  assert.equal(await two.run(hears, { last: "unauthenticated other-tab" }), null);
  assert.equal(server.count("POST /oauth/token"), before);
  await two.page.evaluate(() => window.client.threads.list().then(() => {}));
  await two.run(hears, { last: "identified alice" });
  assert.equal(server.count("POST /oauth/token"), before + 1);
});

inBrowsers("another user in one tab is another user in all", {}, async ({ serve, tab }) => {
  const server = await serve();
  const [one, two] = [await tab(), await tab()];
  for (const { run } of [one, two]) await run(openHere, { url: server.url, credential: { userToken: "alice" } });
  await two.page.evaluate(() => void (window.sub = "bob"));
  await one.run(act, { what: "invalidate", sub: "bob" });
  await one.run(hears, { last: "identified bob" });
  await two.run(hears, { last: "identified bob" });
  // And it ends there: the tabs do not tell each other again and again.
  assert.deepEqual([await one.run(hearsNothingNew), await two.run(hearsNothingNew)], [0, 0]);
  assert.equal(server.count("POST /oauth/token"), 4);
});

inBrowsers("other backends and other projects are other people", {}, async ({ serve, tab }) => {
  const [server, other] = [await serve(), await serve()];
  const credential = { userToken: "alice" };
  const [one, project, backend] = [await tab(), await tab(), await tab()];
  await one.run(openHere, { url: server.url, credential });
  await project.run(openHere, { url: server.url, credential, key: "tambo_canary-other" });
  await backend.run(openHere, { url: other.url, credential });
  await one.run(act, { what: "signOut" });
  await one.run(hears, { last: "unauthenticated signed-out" });
  assert.deepEqual([await project.run(hearsNothingNew), await backend.run(hearsNothingNew)], [0, 0]);
});

/** What a page has stored, by store. */
const stored = (page) =>
  page.evaluate(() => ({
    local: Object.entries(localStorage),
    session: Object.entries(sessionStorage),
    cookie: document.cookie,
  }));
const anonymousUser = /[?&]userKey=(anon_[0-9a-f]{32})$/;
const userOf = (server) => anonymousUser.exec(server.apiCalls().at(-1).path)?.[1];
const list = async () => void (await window.client.threads.list());

for (const [persist, store] of [
  [undefined, "session"],
  ["session", "session"],
  ["local", "local"],
  ["memory", undefined],
])
  inBrowsers(
    `an anonymous identity: ${persist ?? "where it lives unless told otherwise"}`,
    {},
    async ({ serve, tab }) => {
      const server = await serve();
      const credential = { anonymous: persist ? { persist } : true };
      const [one, two] = [await tab(), await tab()];
      const visit = async ({ run }) => {
        await run(openHere, { url: server.url, credential });
        await run(list);
        return userOf(server);
      };
      const user = await visit(one);
      assert.ok(user, "a random key of 128 bits");

      const { cookie, ...stores } = await stored(one.page);
      assert.equal(cookie, "");
      for (const [name, entries] of Object.entries(stores)) {
        if (name !== store) assert.deepEqual(entries, [], name);
        else
          assert.deepEqual(
            entries.map(([, value]) => value),
            [user],
          );
      }
      const other = await visit(two);
      assert.equal(other === user, store === "local", "only the whole browser's identity is another tab's too");
      await one.page.reload();
      assert.equal((await visit(one)) === user, store !== undefined, "after a reload");

      const before = userOf(server);
      await one.run(act, { what: "signOut" });
      const left = await stored(one.page);
      assert.deepEqual([left.local, left.session], [[], []], "nothing is kept after sign-out");
      if (store === "local") await two.run(hears, { last: "unauthenticated other-tab" });
      else assert.equal(await two.run(hearsNothingNew), 0, "it was no other tab's");
      const codes = await one.run(async ({ codeOf }) => codeOf(window.client.threads.list()));
      assert.equal(codes, "auth/not-signed-in");
      const next = await visit(one);
      assert.ok(next && next !== before, "somebody else");
    },
  );

inBrowsers(
  "a stored key that is none of ours is replaced, and a storage that is forbidden is no failure",
  {},
  async ({ serve, tab }) => {
    const server = await serve();
    const one = await tab();
    await one.run(openHere, { url: server.url, credential: { anonymous: true } });
    await one.run(list);
    await one.page.evaluate(() => sessionStorage.setItem(Object.keys(sessionStorage)[0], "canary?&x=1"));
    await one.page.reload();
    await one.run(openHere, { url: server.url, credential: { anonymous: true } });
    await one.run(list);
    assert.ok(userOf(server));
    for (const how of ["throws", "is full", "is missing"]) {
      const two = await tab();
      await two.page.evaluate((how) => {
        const fail = () => {
          throw new DOMException("no", "SecurityError");
        };
        if (how === "is full") Storage.prototype.setItem = fail;
        else Object.defineProperty(window, "sessionStorage", how === "throws" ? { get: fail } : { value: undefined });
      }, how);
      await two.run(openHere, { url: server.url, credential: { anonymous: true } });
      await two.run(list);
      assert.ok(userOf(server), how);
      await two.page.close();
    }
  },
);

inNode("an anonymous identity on a server lives as long as its client", {}, async ({ serve, run }) => {
  const server = await serve();
  await run(
    async ({ open }, { url }) => {
      for (let i = 0; i < 2; i++) {
        const client = open({ baseUrl: url, anonymous: true });
        await client.threads.list();
        await client.threads.list();
      }
    },
    { url: server.url },
  );
  const users = server.apiCalls().map(({ path }) => anonymousUser.exec(path)?.[1]);
  assert.ok(users[0] && users[2]);
  assert.deepEqual([users[0] === users[1], users[2] === users[3], users[0] === users[2]], [true, true, false]);
});
