/** How often it renders: not at all for what concerns nobody. */
import assert from "node:assert/strict";
import { people, threadsOf, tokenOf } from "./support/people.mjs";
import { grantOf, tokens } from "../browser/support/server.mjs";
import { withReact } from "./support/versions.mjs";

const alice = tokenOf("alice");

withReact("a renewal of the token renders nothing", {}, async ({ serve, run }) => {
  const server = await serve(people((name) => threadsOf(name, 2)));
  const seen = await run(
    async ({ open, until }, { url, editions }) => {
      const { mount, Shell, h } = await import("/react.js");
      const client = open({ baseUrl: url, userToken: () => editions.shift() });
      const app = mount((props) => h(Shell, props), { props: { client } });
      await until("the threads", () => app.rows().length === 2);
      const before = app.commits.length;
      const held = new Set();
      for (let i = 0; i < 5; i++) held.add(await client.auth.getToken({ forceRefresh: true }));
      return { renewals: held.size, commits: app.commits.length - before, rows: app.rows() };
    },
    { url: server.url, editions: [1, 2, 3, 4, 5, 6].map((edition) => tokenOf("alice", edition)) },
  );
  assert.deepEqual(seen, { renewals: 5, commits: 0, rows: ["alice 2", "alice 1"] });
});

withReact("a renewal that comes by itself renders nothing", {}, async ({ serve, run }) => {
  const routes = people((name) => threadsOf(name, 2));
  const server = await serve({
    ...routes,
    [tokens]: ({ json, nth }) =>
      json(201, grantOf(nth, { access_token: `canary-session-alice-${nth}`, expires_in: nth === 1 ? 10 : 900 })),
  });
  const seen = await run(
    async ({ open, until }, { url, editions }) => {
      const { mount, Shell, h } = await import("/react.js");
      const client = open({ baseUrl: url, userToken: () => editions.shift() });
      let renewals = 0;
      client.onActivity(({ kind }) => (renewals += kind === "renewed"));
      const app = mount((props) => h(Shell, props), { props: { client } });
      await until("the threads", () => app.rows().length === 2);
      const before = app.commits.length;
      await until("the renewal", () => renewals === 2);
      await new Promise(requestAnimationFrame);
      return { commits: app.commits.length - before, token: client.auth.peekToken() };
    },
    { url: server.url, editions: [1, 2].map((edition) => tokenOf("alice", edition)) },
  );
  assert.deepEqual(seen, { commits: 0, token: "canary-session-alice-2" });
});

withReact("100 times out of sight and back render nothing", {}, async ({ serve, run }) => {
  const server = await serve(people((name) => threadsOf(name, 2)));
  const seen = await run(
    async ({ open, until, pause }, { url, token }) => {
      const { mount, Shell, h } = await import("/react.js");
      const app = mount((props) => h(Shell, props), {
        props: { client: open({ baseUrl: url, userToken: () => token }) },
      });
      await until("the threads", () => app.rows().length === 2);
      const before = app.commits.length;
      let state = "visible";
      Object.defineProperty(document, "visibilityState", { get: () => state, configurable: true });
      for (let i = 0; i < 100; i++) {
        for (state of ["hidden", "visible"]) document.dispatchEvent(new Event("visibilitychange"));
        window.dispatchEvent(new Event("focus"));
        await pause(1);
      }
      await pause(50);
      return app.commits.length - before;
    },
    { url: server.url, token: alice },
  );
  assert.equal(seen, 0);
  assert.equal(server.count(tokens), 1);
});

withReact("callbacks written inline rebuild nothing, and the newest one is called", {}, async ({ serve, run }) => {
  const server = await serve(people((name) => threadsOf(name, 2)));
  const seen = await run(
    async ({ until, apiKey }, { url, editions }) => {
      const { mount, h, bindings, Rows } = await import("/react.js");
      const { ThreadpassProvider, useClient } = bindings;
      const clients = new Set();
      const asked = [];
      const Watch = () => void clients.add(useClient());
      const App = ({ n }) =>
        h(
          ThreadpassProvider,
          {
            ...{ backend: "tambo", apiKey, baseUrl: url, timeouts: { requestMs: 9_000 } },
            userToken: () => (asked.push(n), editions[n ? 1 : 0]),
            fetch: (...args) => fetch(...args),
            logger: () => {},
            onWarning: () => {},
          },
          h(Watch),
          h(Rows),
        );
      const app = mount(App, { props: { n: 0 } });
      await until("the threads", () => app.rows().length === 2);
      const [client] = clients;
      const { generation } = client.auth.getSnapshot();
      for (let n = 1; n <= 50; n++) app.update({ n });
      const isSame = generation === client.auth.getSnapshot().generation && app.rows().length === 2;
      await client.auth.getToken({ forceRefresh: true });
      app.unmount();
      return { clients: clients.size, asked, isSame };
    },
    { url: server.url, editions: [alice, tokenOf("alice", 2)] },
  );
  assert.deepEqual(seen, { clients: 1, asked: [0, 50], isSame: true });
  assert.equal(server.count(tokens), 2);
});

withReact("a selector renders when what it selects is another", {}, async ({ serve, run }) => {
  const server = await serve(people((name) => threadsOf(name, 2)));
  const seen = await run(
    async ({ open, until }, { url, token }) => {
      const { mount, h, bindings } = await import("/react.js");
      const { ThreadpassProvider, useAuthState } = bindings;
      const client = open({ baseUrl: url, userToken: () => token });
      const seen = { whole: [], status: [], made: 0 };
      const Whole = () => void seen.whole.push(useAuthState().status);
      const Status = () => void seen.status.push(useAuthState((state) => state.status));
      const Made = () => h("p", null, useAuthState(({ status }) => ({ status })).status, void (seen.made += 1));
      const parts = [Whole, Status, Made].map((part) => h(part, { key: part.name }));
      const app = mount(() => h(ThreadpassProvider, { client }, parts));
      await until("the user", () => app.text() === "identified");
      const states = new Set(seen.whole).size;
      return { states, status: seen.status, all: seen.whole.length >= seen.status.length, made: seen.made };
    },
    { url: server.url, token: alice },
  );
  assert.deepEqual(seen.status, ["exchanging", "identified"]);
  assert.ok(seen.all && seen.made < 10, JSON.stringify(seen));
});
