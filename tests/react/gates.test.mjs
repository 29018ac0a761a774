/** What is shown to whom. */
import assert from "node:assert/strict";
import { people, threadsOf, tokenOf } from "./support/people.mjs";
import { tokens } from "../browser/support/server.mjs";
import { withReact } from "./support/versions.mjs";

const routes = people((name) => threadsOf(name, 1));
const [alice, bob] = ["alice", "bob"].map((name) => tokenOf(name));

withReact("a lapse of the session unmounts nobody, another person's arrival does", {}, async ({ serve, run }) => {
  let isBroken = false;
  const failing = ({ json }) => json(400, { message: "no", statusCode: 400 });
  const server = await serve({
    ...routes,
    [tokens]: (exchange) => (isBroken ? failing(exchange) : routes[tokens](exchange)),
    "POST /break": ({ json, call }) => json(200, { isBroken: (isBroken = call.body === "yes") }),
  });
  const seen = await run(
    async ({ open, until, codeOf }, { url, tokens }) => {
      const { mount, h, bindings, React } = await import("/react.js");
      const { AuthError, Authenticated, ThreadpassProvider } = bindings;
      const setBroken = (body) => fetch(`${url}/break`, { method: "POST", body });
      let token = tokens.alice;
      const client = open({ baseUrl: url, userToken: () => token });
      let mounted = 0;
      const Draft = () => h("input", { defaultValue: `draft ${React.useState(() => ++mounted)[0]}` });
      let retryNow;
      const problem = ({ error, retry }) => ((retryNow = retry), h("p", null, error.code));
      const app = mount(() =>
        h(ThreadpassProvider, { client }, h(Authenticated, null, h(Draft)), h(AuthError, null, problem)),
      );
      const draft = () => app.place.querySelector("input")?.value;
      await until("the page", draft);
      const seen = [draft()];
      await setBroken("yes");
      token = tokens.newer;
      // The backend takes the present session back, and gives no other one.
      await codeOf(client.auth.getToken({ forceRefresh: true }));
      const kept = [client.auth.getSnapshot().status, draft(), app.text()];
      client.auth.invalidate();
      await until("the error", () => app.text() === "auth/exchange-rejected");
      seen.push(draft() ?? "nothing");
      await setBroken("no");
      token = tokens.newest;
      retryNow();
      await until("the page again", draft);
      seen.push(draft(), app.text());
      token = tokens.bob;
      client.auth.invalidate();
      await until("the other person", () => client.auth.getSnapshot().user?.id === "bob" && draft());
      seen.push(draft());
      return { seen, kept };
    },
    {
      url: server.url,
      tokens: { alice, newer: tokenOf("alice", 2), newest: tokenOf("alice", 3), bob },
    },
  );
  assert.deepEqual(seen.kept, ["identified", "draft 1", ""], "a failed renewal shows nothing while the token is good");
  assert.deepEqual(seen.seen, ["draft 1", "nothing", "draft 2", "", "draft 3"]);
});

withReact("whoever was here stays on the page while their session has ended", {}, async ({ serve, run }) => {
  let isBroken = false;
  const server = await serve({
    ...routes,
    [tokens]: (exchange) => {
      if (isBroken) return exchange.json(503, { message: "later", statusCode: 503 });
      routes[tokens](exchange);
    },
    "GET /v1/threads/any": ({ json }) => {
      isBroken = true;
      json(401, { message: "Invalid bearer token", statusCode: 401 });
    },
  });
  const seen = await run(
    async ({ open, until, codeOf }, { url, tokens }) => {
      const { mount, h, bindings } = await import("/react.js");
      const { AuthError, Authenticated, ThreadpassProvider } = bindings;
      const client = open({ baseUrl: url, userToken: () => tokens.shift() ?? tokens.last });
      const content = h("input", { defaultValue: "mine" });
      const app = mount(() =>
        h(
          ThreadpassProvider,
          { client },
          h(Authenticated, { fallback: "one moment" }, content),
          h(AuthError, null, ({ retryAtMs }) => (retryAtMs > Date.now() - 60_000 ? "again soon" : "never")),
        ),
      );
      await until("the page", () => app.place.querySelector("input"));
      const input = app.place.querySelector("input");
      await codeOf(client.threads.get("any"));
      await until("the error", () => client.auth.getSnapshot().status === "error");
      await until("its words", () => app.text() === "again soon");
      return { isSame: app.place.querySelector("input") === input };
    },
    { url: server.url, tokens: [1, 2, 3, 4, 5, 6].map((edition) => tokenOf("alice", edition)) },
  );
  assert.deepEqual(seen, { isSame: true });
});

withReact("a hook without a provider says what is missing", { errors: [/ThreadpassProvider/] }, async ({ run }) => {
  const seen = await run(async () => {
    const { mount, h, bindings } = await import("/react.js");
    try {
      mount(() => h(() => bindings.useThreads().status));
      return "rendered";
    } catch (error) {
      return error.message;
    }
  });
  if (seen !== "rendered") assert.match(seen, /<ThreadpassProvider>/);
});

withReact(
  "of one person's components nothing is left for the next, without a pause in between",
  {},
  async ({ run }) => {
    const seen = await run(async ({ until }) => {
      const { mount, h, bindings, testing, Rows } = await import("/react.js");
      const { Authenticated, ThreadpassProvider } = bindings;
      const client = testing.createFakeClient({ threads: { ada: [{ name: "ada's" }], bob: [{ name: "bob's" }] } });
      client.fake.signIn("ada");
      const app = mount(() => h(ThreadpassProvider, { client }, h(Authenticated, null, h("input"), h(Rows))));
      const input = () => app.place.querySelector("input");
      await until("her threads", () => app.rows().join() === "ada's");
      input().value = "her draft";
      const before = app.commits.length;
      client.fake.signIn("bob");
      await until("his threads", () => app.rows().join() === "bob's");
      const rows = app.commits.slice(before).flatMap(({ rows }) => rows);
      return { draft: input().value, rows: [...new Set(rows)] };
    });
    assert.deepEqual(seen, { draft: "", rows: ["bob's"] });
  },
);
