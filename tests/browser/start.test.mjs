import assert from "node:assert/strict";
import { everywhere, table } from "./support/everywhere.mjs";
import { tokens } from "./support/server.mjs";

everywhere("a client that nobody uses does nothing", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, pause, stateOf }, { url }) => {
      let asked = 0;
      const userToken = () => `canary-subject-${++asked}`;
      const client = open({ baseUrl: url, userToken });
      const first = client.auth.getSnapshot();
      await pause(300);
      return {
        asked,
        state: stateOf(client.auth.getSnapshot()),
        same: first === client.auth.getSnapshot(),
        server: client.auth.getServerSnapshot() === first,
        token: client.auth.peekToken(),
        inspection: client.inspect(),
      };
    },
    { url: server.url },
  );
  const state = { status: "exchanging", attempt: 0, user: null, generation: 0 };
  const inspection = { status: "exchanging", generation: 0, deadlineMs: null, refreshing: false };
  assert.deepEqual(seen, { asked: 0, state, same: true, server: true, token: null, inspection });
  assert.equal(server.calls.length, 0);
});

const uses = ["subscribe", "onChange", "ready", "getToken", "headers", "init", "threads.list", "fetch"];

table(
  "the first use starts a client",
  { rows: uses.map((use) => ({ name: use, given: { use } })) },
  async ({ open, until }, { url, use }) => {
    let asked = 0;
    const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
    const begin = {
      subscribe: () => void client.auth.subscribe(() => {}),
      onChange: () => void client.auth.onChange(() => {}),
      ready: () => client.auth.ready(),
      getToken: () => client.auth.getToken(),
      headers: () => client.auth.headers(),
      init: () => client.init(),
      "threads.list": () => client.threads.list(),
      fetch: () => client.fetch(`${url}/v1/threads`),
    };
    await begin[use]();
    await until("the session", () => client.auth.getSnapshot().status === "identified");
    return { asked, server: client.auth.getServerSnapshot().status };
  },
  (_, result, server) => {
    assert.deepEqual(result, { asked: 1, server: "exchanging" }, "the server's snapshot never changes");
    assert.equal(server.count(tokens), 1);
  },
);

table(
  "what starts nothing",
  {
    rows: ["getSnapshot", "inspect", "onActivity", "invalidate", "setCredential", "list"].map((use) => ({
      name: use,
      given: { use },
    })),
  },
  async ({ open, pause }, { url, use }) => {
    let asked = 0;
    const client = open({ baseUrl: url, userToken: () => `canary-subject-${++asked}` });
    const act = {
      getSnapshot: () => client.auth.getSnapshot(),
      inspect: () => client.inspect(),
      onActivity: () => client.onActivity(() => {}),
      invalidate: () => client.auth.invalidate(),
      setCredential: () => client.auth.setCredential({ userToken: () => `canary-subject-${++asked}` }),
      // A list is lazy: nothing is sent before it is awaited or iterated.
      list: () => void client.threads.list(),
    };
    act[use]();
    await pause(200);
    return { asked, status: client.auth.getSnapshot().status };
  },
  (_, result, server) => {
    assert.deepEqual(result, { asked: 0, status: "exchanging" });
    assert.equal(server.calls.length, 0);
  },
);
