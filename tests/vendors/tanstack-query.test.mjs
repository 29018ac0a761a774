/** TanStack Query, as it is published, over our calls and over `client.fetch`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { createClient } from "threadpass";
import { gate, startSdkServer } from "./support/sdk-server.mjs";

const timeout = 120_000;

const jwt = (sub) => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ iss: "https://id.example", sub })}.x`;
};

/** A client for whoever `user` names at the time, and a cache whose keys begin with the generation. */
async function start(t, routes) {
  const server = await startSdkServer(routes, t);
  const who = { user: "alice" };
  const userToken = () => jwt(who.user);
  const client = createClient({ backend: "tambo", apiKey: "x", baseUrl: server.url, userToken });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, gcTime: Infinity } } });
  t.after(() => {
    queries.clear();
    client.dispose();
  });
  const { generation } = await client.auth.ready();
  return { server, client, queries, who, generation };
}

const thread = (name) => ({ id: name, name, runStatus: "idle", createdAt: "2026-01-01", updatedAt: "2026-01-01" });

test("TanStack Query fetches through client.fetch and through the client's calls", { timeout }, async (t) => {
  const { server, client, queries, generation } = await start(t, {
    "GET /v1/threads": ({ json }) => json(200, { threads: [thread("one")], hasMore: false }),
    "GET /v1/other": ({ json, call }) => json(200, { as: call.headers.authorization }),
  });
  const page = await queries.fetchQuery({
    queryKey: [generation, "threads"],
    queryFn: ({ signal }) => client.threads.list({ signal }),
  });
  assert.deepEqual(
    page.items.map(({ title }) => title),
    ["one"],
  );
  server.revoke(1);
  const other = await queries.fetchQuery({
    queryKey: [generation, "other"],
    queryFn: async ({ signal }) => (await client.fetch(`${server.url}/v1/other`, { signal })).json(),
  });
  assert.deepEqual(other, { as: "Bearer canary-session-2" }, "a token that was refused is renewed in between");
});

test("TanStack Query cancels our calls", { timeout }, async (t) => {
  const arrived = gate();
  const { client, queries, generation } = await start(t, { "GET /v1/threads": () => arrived.open() });
  const queryKey = [generation, "threads"];
  const failures = [];
  const queryFn = ({ signal }) => client.threads.list({ signal }).catch((error) => failures.push(error.name));
  const pending = queries.fetchQuery({ queryKey, queryFn }).catch(({ constructor }) => constructor.name);
  await arrived.opened;
  await queries.cancelQueries({ queryKey });
  assert.equal(await pending, "CancelledError");
  assert.deepEqual(failures, ["AbortError"], "the call has ended with the query");
});

test("TanStack Query keeps one user's data from the next by the generation in its keys", { timeout }, async (t) => {
  const { client, queries, who, generation } = await start(t, {
    "GET /v1/threads": ({ json, call }) => {
      const name = call.headers.authorization?.endsWith("-1") ? "of alice" : "of bob";
      json(200, { threads: [thread(name)], hasMore: false });
    },
  });
  const optionsFor = (generation) => ({
    queryKey: [generation, "threads"],
    queryFn: async ({ signal }) => (await client.threads.list({ signal })).items.map(({ title }) => title),
  });
  const observer = new QueryObserver(queries, optionsFor(generation));
  const shown = [];
  const done = gate();
  t.after(
    observer.subscribe(({ data }) => {
      shown.push(data);
      if (data?.includes("of bob")) done.open();
    }),
  );
  await queries.ensureQueryData(optionsFor(generation));
  who.user = "bob";
  client.auth.invalidate();
  const { generation: next } = await client.auth.ready();
  assert.notEqual(next, generation);
  const before = shown.length;
  observer.setOptions(optionsFor(next));
  await done.opened;
  assert.ok(shown.slice(0, before).flat().includes("of alice"));
  assert.ok(!shown.slice(before).flat().includes("of alice"), "nothing of alice is shown with bob's key");
});
