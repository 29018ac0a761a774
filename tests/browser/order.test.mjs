/** Things that are asked for in the same moment, or before the core is there. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";
import { tokens } from "./support/server.mjs";

everywhere("somebody signs out first of all", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, codeOf, pause }, { url }) => {
      let asked = 0;
      const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
      const states = [];
      client.auth.onChange(({ status, reason }) => states.push(reason ?? status));
      await client.auth.signOut();
      await pause(200);
      return { asked, states: states.slice(1), code: await codeOf(client.auth.getToken()) };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { asked: 0, states: ["signed-out"], code: "auth/not-signed-in" });
  assert.equal(server.calls.length, 0);
});

everywhere("several changes in one moment ask once", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, pause }, { url }) => {
      const signals = [];
      const userToken = ({ signal }) => {
        signals.push(signal);
        return `canary-subject-${signals.length}`;
      };
      const client = open({ baseUrl: url, userToken });
      await client.auth.ready();
      const before = signals.length;
      for (let i = 0; i < 5; i++) client.auth.invalidate();
      await client.auth.ready();
      await pause(100);
      return signals.slice(before).filter((signal) => !signal.aborted).length;
    },
    { url: server.url },
  );
  assert.equal(seen, 1, "one callback at a time; one that is not wanted any more is told so");
  assert.equal(server.count(tokens), 2);
});

everywhere("signing out as soon as anything is known leaves nothing behind", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, pause, until }, { url }) => {
      const late = [];
      for (let gap = 0; gap < 30; gap++) {
        let asked = 0;
        const client = open({ baseUrl: url, userToken: () => `canary-subject-${gap}-${++asked}` });
        await client.init();
        for (let i = 0; i < gap; i++) await new Promise((resolve) => queueMicrotask(resolve));
        const leaving = client.auth.signOut();
        const { reason } = client.auth.getSnapshot();
        await leaving;
        const before = asked;
        await pause(20);
        if (reason !== "signed-out" || client.auth.peekToken() !== null || asked !== before)
          late.push([gap, reason, asked]);
      }
      // An answer may come late; then too it changes nothing.
      await until("quiet", async () => (await pause(200), true));
      return late;
    },
    { url: server.url },
  );
  assert.deepEqual(seen, []);
});

everywhere("the credential is replaced while the core is loaded", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, pause }, { url }) => {
      const asked = [];
      const userToken = (name) => () => {
        asked.push(name);
        return `canary-subject-${name}`;
      };
      const client = open({ baseUrl: url, userToken: userToken("first") });
      const off = client.auth.subscribe(() => {});
      client.auth.setCredential({ userToken: userToken("second") });
      await client.auth.ready();
      off();
      await pause(100);
      return asked;
    },
    { url: server.url },
  );
  assert.deepEqual(seen, ["second"], "the old callback is never called again");
  assert.ok(server.calls.every(({ body }) => !body.includes("first")));
});
