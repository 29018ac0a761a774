/** `@modelcontextprotocol/sdk`, as it is published, at the endpoint that an MCP token opens. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { createClient } from "threadpass";
import { startBackend } from "./support/backend.mjs";

const timeout = 120_000;

/** @type {Awaited<ReturnType<typeof startBackend>>} */
let backend;
before(async () => void (backend = await startBackend()));
after(() => backend.stop());

/** Somebody with a thread, an MCP token, and the SDK's client that sends it. */
async function person(t, sub) {
  const userToken = () => backend.tokenOf(sub);
  const client = createClient({ backend: "tambo", apiKey: backend.apiKey, baseUrl: backend.url, userToken });
  const thread = await client.threads.create({ metadata: { of: sub } });
  const ask = async (body = {}, headers = {}) => {
    const init = { method: "POST", body: JSON.stringify(body) };
    const response = await client.fetch(`${backend.url}/auth/mcp/access-token`, {
      ...init,
      headers: { "content-type": "application/json", ...headers },
    });
    return { status: response.status, ...(await response.json()) };
  };
  /** What the endpoint was asked with and answered, and the token that goes with the next request. */
  const sent = { statuses: [], tokens: 0, token: "" };
  /** Sends the token, and after a 401 asks for another one and sends that: what an app has to do, nobody else does it. */
  const authorised = async (url, init) => {
    const send = () => {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${sent.token}`);
      return fetch(url, { ...init, headers });
    };
    let response = await send();
    sent.statuses.push(response.status);
    if (response.status === 401) {
      sent.token = (await ask()).mcpAccessToken;
      sent.tokens += 1;
      response = await send();
      sent.statuses.push(response.status);
    }
    return response;
  };
  const connect = async (given) => {
    sent.token = given.mcpAccessToken;
    const mcp = new Client({ name: "tests", version: "1.0.0" });
    await mcp.connect(new StreamableHTTPClientTransport(new URL(`${backend.url}/mcp`), { fetch: authorised }));
    t.after(() => mcp.close());
    return mcp;
  };
  t.after(() => client.dispose());
  return { thread, ask, connect, sent };
}

test("the official SDK connects through the token, and each user finds their own threads", { timeout }, async (t) => {
  const [alice, bob] = [await person(t, "alice"), await person(t, "bob")];
  const [forAlice, forBob] = [await alice.ask(), await bob.ask()];
  for (const { status, mcpAccessToken, expiresAt, hasSession } of [forAlice, forBob]) {
    assert.deepEqual([status, typeof mcpAccessToken, hasSession], [201, "string", false]);
    const left = expiresAt - Date.now();
    assert.ok(left > 9.5 * 60_000 && left <= 15 * 60_000, `${left} ms`);
  }
  assert.notEqual(forAlice.mcpAccessToken, forBob.mcpAccessToken);

  for (const [one, given, other] of [
    [alice, forAlice, bob],
    [bob, forBob, alice],
  ]) {
    const mcp = await one.connect(given);
    assert.equal(mcp.getServerVersion()?.name, "threadpass-devserver");
    const uri = `thread:///${one.thread.id}`;
    const { resources } = await mcp.listResources();
    assert.deepEqual(
      resources.map(({ uri }) => uri),
      [uri],
    );
    const { contents } = await mcp.readResource({ uri });
    assert.equal(JSON.parse(contents[0].text).id, one.thread.id);
    await assert.rejects(mcp.readResource({ uri: `thread:///${other.thread.id}` }), /no thread/);
    const { prompts } = await mcp.listPrompts();
    const prompt = await mcp.getPrompt({ name: prompts[0].name, arguments: { thread: one.thread.id } });
    assert.match(prompt.messages[0].content.text, new RegExp(one.thread.id));
    await assert.rejects(mcp.getPrompt({ name: prompts[0].name, arguments: { thread: other.thread.id } }));
    assert.ok(one.sent.statuses.every((status) => status < 300 || status === 405));
  }
});

test("the official SDK survives the end of its token", { timeout }, async (t) => {
  const carol = await person(t, "carol");
  const short = await carol.ask({}, { "x-dev-fault": "lifetime=2" });
  const mcp = await carol.connect(short);
  await mcp.listPrompts();
  assert.equal(carol.sent.tokens, 0);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, short.expiresAt - Date.now()) + 100));
  assert.equal((await mcp.listResources()).resources.length, 1);
  assert.equal(carol.sent.tokens, 1);
  assert.deepEqual(carol.sent.statuses.slice(-2), [401, 200]);
});

test("a token for a thread is for that thread alone, and only its user gets one", { timeout }, async (t) => {
  const [dave, erin] = [await person(t, "dave"), await person(t, "erin")];
  const given = await dave.ask({ threadId: dave.thread.id });
  assert.deepEqual([given.status, given.hasSession], [201, true]);
  assert.equal((await erin.ask({ threadId: dave.thread.id })).status, 404);
  assert.equal((await dave.ask({ threadId: "thr_unknown" })).status, 404);
  assert.equal((await dave.ask({ contextKey: "somebody" })).status, 400, "one identity, not two");
  const mcp = await dave.connect(given);
  const { resources } = await mcp.listResources();
  assert.deepEqual(
    resources.map(({ uri }) => uri),
    [`thread:///${dave.thread.id}`],
  );
});
