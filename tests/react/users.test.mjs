/** One user after the other: nothing of the first is rendered for the second. */
import assert from "node:assert/strict";
import { callerOf, people, threadsOf, tokenOf } from "./support/people.mjs";
import { tokens } from "../browser/support/server.mjs";
import { withReact } from "./support/versions.mjs";

const [alice, bob] = ["alice", "bob"].map((name) => tokenOf(name));
const serveAll = (serve) => serve(people((name) => threadsOf(name, 2)));

/** Mounts the shell below somebody's name, switches, and gives what was on the page at every commit. */
const switchUsers = async ({ open, until, apiKey }, { url, alice, bob, way }) => {
  const { mount, Rows, bindings, h } = await import("/react.js");
  const { ThreadpassProvider, useClient } = bindings;
  let token = alice;
  let client;
  const Name = ({ name }) => {
    client = useClient();
    return h("h1", null, name);
  };
  let tell = (_change) => {};
  const provider = Object.assign(() => token, {
    onUserChange(listener) {
      tell = listener;
      return () => {};
    },
  });
  const prop = { prop: alice, provider }[way];
  const given = prop ? undefined : open({ baseUrl: url, userToken: () => token });
  const options = given ? { client: given } : { backend: "tambo", apiKey, baseUrl: url };
  const actions = {};
  const App = ({ name, ...credential }) =>
    h(ThreadpassProvider, { ...options, ...credential }, h(Name, { name }), h(Rows, { actions }));
  const note = () => ({ generation: client.auth.getSnapshot().generation });
  const app = mount(App, { note, props: { name: "alice", ...(prop && { userToken: prop }) } });
  await until("the first one's threads", () => app.rows().join() === "alice 2,alice 1");
  const { generation } = note();
  const late = actions.current.refresh().catch(({ code }) => code);
  const change = actions.current.rename("thr_alice_1", "alice renamed").catch(({ code }) => code);
  // It waits for the one before, and must not be sent as the next person.
  const queued = actions.current.rename("thr_alice_1", "alice again").catch(({ code }) => code);
  token = bob;
  if (way === "prop") app.update({ name: "bob", userToken: bob });
  if (way === "provider") tell("user");
  if (way === "setCredential") client.auth.setCredential({ userToken: bob });
  if (way === "invalidate") client.auth.invalidate();
  if (way === "signOut") {
    await client.auth.signOut();
    client.auth.setCredential({ userToken: bob });
  }
  const atOnce = way === "prop" ? app.rows() : [];
  await until("the second one's threads", () => app.rows().join() === "bob 2,bob 1");
  const commits = app.commits.map(({ rows, text, ...more }) => ({
    rows,
    name: /^(alice|bob)/.exec(text)?.[0],
    ...more,
  }));
  app.unmount();
  return { commits, generation, atOnce, ended: [await late, await change, await queued] };
};

for (const way of ["prop", "provider", "setCredential", "invalidate", "signOut"])
  withReact(`a switch of the user renders no row of the last one: ${way}`, {}, async ({ serve, run }) => {
    const server = await serveAll(serve);
    const seen = await run(switchUsers, { url: server.url, alice, bob, way });
    for (const { rows, name, generation } of seen.commits) {
      // Props name the person; otherwise it is the client that says whose generation it is.
      const owner = way === "prop" ? name : generation === seen.generation ? "alice" : "bob";
      const foreign = rows.filter((row) => !row.startsWith(owner));
      assert.deepEqual(foreign, [], `a commit for ${owner}`);
    }
    assert.deepEqual(seen.atOnce, [], "nothing is left to be painted");
    const ended = ["auth/identity-changed", "auth/signed-out"];
    for (const code of seen.ended) assert.ok(ended.includes(code), String(code));
    const sentAsBob = server.apiCalls().filter((call) => callerOf(call) === "bob");
    assert.deepEqual(
      sentAsBob.map(({ method, path }) => `${method} ${path}`),
      ["GET /v1/threads?limit=3"],
    );
  });

withReact("the same person with a newer token loses nothing", {}, async ({ serve, run }) => {
  const server = await serveAll(serve);
  const seen = await run(
    async ({ until, apiKey, pause }, { url, alice, newer }) => {
      const { mount, Shell, h } = await import("/react.js");
      const options = { backend: "tambo", apiKey, baseUrl: url };
      const app = mount(({ userToken }) => h(Shell, { ...options, userToken }), { props: { userToken: alice } });
      await until("the threads", () => app.rows().length === 2);
      const list = app.place.querySelector("ul");
      const before = app.commits.length;
      app.update({ userToken: newer });
      await pause(300);
      const rows = app.commits.slice(before).map(({ rows }) => rows.length);
      const kept = list === app.place.querySelector("ul");
      app.unmount();
      return { rows: [...new Set(rows)], kept };
    },
    { url: server.url, alice, newer: tokenOf("alice", 2) },
  );
  assert.deepEqual(seen, { rows: [2], kept: true });
  assert.equal(server.count("GET /v1/threads"), 1, "nothing is loaded again");
});

withReact("no token means nobody, and a token somebody again", {}, async ({ serve, run, printed }) => {
  const server = await serveAll(serve);
  const seen = await run(
    async ({ until, apiKey }, { url, alice }) => {
      const { mount, Shell, h } = await import("/react.js");
      const options = { backend: "tambo", apiKey, baseUrl: url };
      const app = mount(({ userToken }) => h(Shell, { ...options, userToken }), { props: { userToken: null } });
      const texts = [app.text()];
      for (const userToken of [alice, undefined, () => alice]) {
        app.update({ userToken });
        await until("the change", () => (userToken ? app.rows().length === 2 : app.text() === "no-credential"));
        texts.push(app.text());
      }
      app.unmount();
      return texts;
    },
    { url: server.url, alice },
  );
  assert.deepEqual(seen, ["no-credential", "alice 2alice 1", "no-credential", "alice 2alice 1"]);
  assert.deepEqual(
    printed.filter((text) => text.includes("missing-credential")),
    [],
  );
});

withReact("StrictMode makes one exchange", {}, async ({ serve, run }) => {
  const server = await serveAll(serve);
  const seen = await run(
    async ({ until, apiKey, pause }, { url, alice }) => {
      const { mount, Shell, h } = await import("/react.js");
      let asked = 0;
      const userToken = () => ((asked += 1), alice);
      const options = { backend: "tambo", apiKey, baseUrl: url, userToken };
      const app = mount(() => h(Shell, options), { strict: true });
      await until("the threads", () => app.rows().length === 2);
      await pause(100);
      app.unmount();
      return asked;
    },
    { url: server.url, alice },
  );
  assert.equal(seen, 1, "one callback");
  assert.equal(server.count(tokens), 1, "one exchange");
  assert.equal(server.count("GET /v1/threads"), 1, "one list");
});

withReact("a client of options ends with its provider, and one that was given does not", {}, async ({ serve, run }) => {
  const server = await serveAll(serve);
  const seen = await run(
    async ({ open, until, apiKey, codeOf, pause }, { url, alice }) => {
      const { mount, h, bindings } = await import("/react.js");
      const { ThreadpassProvider, useClient } = bindings;
      const seen = [];
      const Watch = () => void (seen.at(-1) === useClient() || seen.push(useClient()));
      const given = open({ baseUrl: url, userToken: alice });
      const options = { backend: "tambo", apiKey, baseUrl: url, userToken: alice };
      const App = (props) => h(ThreadpassProvider, props, h(Watch));
      const made = mount(App, { props: options });
      made.update({ retries: 0 });
      await until("the first one's end", async () => (await codeOf(seen[0].threads.list())) === "client/disposed");
      const alive = await codeOf(seen[1].threads.list());
      made.unmount();
      const handed = mount(App, { props: { client: given } });
      handed.unmount();
      await pause(50);
      return {
        alive: "value" in alive,
        ended: await codeOf(seen[1].threads.list()),
        given: "value" in (await codeOf(given.threads.list())),
        clients: seen.length,
      };
    },
    { url: server.url, alice },
  );
  assert.deepEqual(seen, { alive: true, ended: "client/disposed", given: true, clients: 3 });
});

withReact("a provider that was hidden works again when it is shown", {}, async ({ serve, run, version }) => {
  const server = await serveAll(serve);
  const seen = await run(
    async ({ until, apiKey, pause }, { url, alice }) => {
      const { mount, Shell, h, React } = await import("/react.js");
      if (!React.Activity) return ["no such thing"];
      const options = { backend: "tambo", apiKey, baseUrl: url, userToken: alice };
      const actions = {};
      const App = ({ mode }) => h(React.Activity, { mode }, h(Shell, { ...options, actions }));
      const app = mount(App, { props: { mode: "visible" } });
      await until("the threads", () => app.rows().length === 2);
      app.update({ mode: "hidden" });
      await pause(50);
      app.update({ mode: "visible" });
      await until("the threads again", () => app.rows().length === 2 && actions.current.status === "ready");
      await actions.current.refresh();
      const rows = app.rows();
      app.unmount();
      return rows;
    },
    { url: server.url, alice },
  );
  assert.deepEqual(seen, version === 18 ? ["no such thing"] : ["alice 2", "alice 1"]);
});
