/** Code of the app that runs while the client is at work. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";

everywhere("wherever the app's code runs, it may use the client", {}, async ({ serve, run }) => {
  const server = await serve({
    "*": ({ json }) => json(200, { id: "thr_1", runStatus: "idle", createdAt: "c", updatedAt: "u" }),
  });
  const seen = await run(
    async ({ open, settle }, { url }) => {
      const places = new Set();
      const inner = [];
      let client;
      let busy = false;
      /** Uses everything, once for each place. */
      const use = (place) => {
        if (busy || places.has(place)) return;
        places.add(place);
        busy = true;
        client.inspect();
        client.auth.peekToken();
        client.auth.getSnapshot();
        client.auth.subscribe(() => {})();
        client.onActivity(() => {})();
        inner.push(
          client.auth.getToken(),
          client.auth.getToken({ forceRefresh: true }),
          client.threads.list(),
          client.auth.headers(),
        );
        busy = false;
      };
      client = open({
        baseUrl: url,
        userToken: ({ signal }) => {
          signal.addEventListener("abort", () => use("abort of the callback"));
          use("callback");
          return { then: (resolve) => (use("then of the callback"), resolve("canary-subject")) };
        },
        fetch: async (request, init) => {
          use("fetch");
          const response = await fetch(request, init);
          return new Proxy(response, {
            get(target, name) {
              use(`response.${String(name)}`);
              const value = Reflect.get(target, name, target);
              return typeof value === "function" ? value.bind(target) : value;
            },
          });
        },
        logger: () => use("logger"),
        onWarning: () => use("onWarning"),
      });
      client.onActivity(() => use("onActivity"));
      client.auth.subscribe(() => use("subscribe"));
      client.auth.onChange(() => use("onChange"));
      const body = {
        get name() {
          use("getter of a body");
          return "n";
        },
        toJSON() {
          use("toJSON of a body");
          return { name: "n" };
        },
      };
      const query = {
        get limit() {
          use("getter of a query");
          return 1;
        },
      };
      const outer = [
        client.auth.ready(),
        client.threads.update("thr_1", body),
        client.threads.create(body),
        client.threads.list(query).catch(({ code }) => code),
        client.fetch(`${url}/v1/threads/thr_1`),
      ];
      const settled = await Promise.all(outer.map((begun) => settle(begun)));
      for (let n = 0; n < inner.length; n++) settled.push(await settle(inner[n]));
      const unsettled = settled.filter(
        ({ pending, error }) => pending || error?.code === "client/internal" || error?.foreign,
      );
      return { unsettled, places: [...places] };
    },
    { url: server.url },
  );
  assert.deepEqual(seen.unsettled, []);
  for (const place of ["callback", "then of the callback", "fetch", "response.status", "logger", "onActivity"])
    assert.ok(seen.places.includes(place), place);
  for (const place of ["subscribe", "onChange", "toJSON of a body", "getter of a query"])
    assert.ok(seen.places.includes(place), place);
});

everywhere("a callback that waits for its own token ends at its deadline", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, codeOf, settle }, { url }) => {
      const client = open({
        baseUrl: url,
        userToken: ({ forceRefresh }) => (forceRefresh ? "canary-subject" : client.auth.getToken()),
        timeouts: { callbackMs: 300 },
        onWarning: () => {},
      });
      const code = await codeOf(client.auth.getToken());
      client.auth.setCredential({ userToken: () => "canary-subject" });
      return { code, then: (await settle(client.auth.getToken())).value };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { code: "auth/callback-timeout", then: "canary-session-1" });
});
