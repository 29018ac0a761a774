/** A provider's callback that says when its user changes. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";

const thread = { thread_id: "t", created_at: "c", updated_at: "u", metadata: null, status: "idle", values: null };
const routes = { "GET /threads/t": ({ json }) => json(200, thread) };

everywhere("whoever signs in with the provider is called as, at once", {}, async ({ serve, run }) => {
  const server = await serve(routes);
  const told = await run(
    async ({ open, jwt, until }, { url }) => {
      const listeners = new Set();
      let user = "one";
      let serial = 0;
      const authToken = Object.assign(() => user && jwt({ sub: user, jti: String(++serial) }), {
        onUserChange: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      });
      const tell = (change) => listeners.forEach((listener) => listener(change));
      const client = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken });
      const first = await client.auth.ready();
      const token = client.auth.peekToken();
      tell("token");
      await until("another token", () => client.auth.peekToken() !== token);
      const renewed = client.auth.getSnapshot();
      user = "two";
      tell("user");
      const second = await client.auth.ready();
      user = null;
      tell("user");
      await until("nobody", () => client.auth.getSnapshot().status === "unauthenticated");
      user = "two";
      tell("token");
      const back = await client.auth.ready();
      const listening = [listeners.size];
      client.auth.setCredential({ authToken: () => jwt({ sub: "three" }) });
      listening.push(listeners.size);
      client.auth.setCredential({ authToken });
      listening.push(listeners.size);
      client.dispose();
      listening.push(listeners.size);
      const users = [first, renewed, second, back].map(({ user }) => user.id);
      return { users, same: renewed.generation === first.generation, listening };
    },
    { url: server.url },
  );
  assert.deepEqual(told, { users: ["one", "one", "two", "two"], same: true, listening: [1, 0, 1, 0] });
});

everywhere("a provider that cannot be left is not heard any more", {}, async ({ serve, run }) => {
  const server = await serve(routes);
  const told = await run(
    async ({ open, jwt }, { url }) => {
      const listeners = [];
      const onUserChange = (listener) => {
        listeners.push(listener);
        return () => {};
      };
      const authToken = Object.assign(() => jwt({ sub: "one" }), { onUserChange });
      const client = open({ backend: "langgraph", apiKey: undefined, baseUrl: url, authToken });
      await client.auth.ready();
      client.auth.setCredential({ authToken: () => jwt({ sub: "two" }) });
      const before = await client.auth.ready();
      listeners[0]("user");
      const after = await client.auth.ready();
      client.auth.setCredential({ authToken });
      await client.auth.ready();
      client.dispose();
      await new Promise((resolve) => setTimeout(resolve));
      // It would reach for what is gone.
      for (const change of ["token", "user"]) listeners.forEach((listener) => listener(change));
      return { heard: listeners.length, generations: after.generation - before.generation };
    },
    { url: server.url },
  );
  assert.deepEqual(told, { heard: 2, generations: 0 });
});
