/** `@langchain/langgraph-sdk`, as it is published, with our identity: through `fetch`, `headers()` and `peekToken()`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "@langchain/langgraph-sdk";
import { createClient } from "threadpass";
import { gate, startSdkServer } from "./support/sdk-server.mjs";

const timeout = 120_000;
const threadId = "01a1fcc0-c362-7044-bb56-04bd554298ea";
const stream = `POST /threads/${threadId}/runs/stream`;

/** Events as LangGraph's server frames them. */
const event = (name, data) => `event: ${name}\r\ndata: ${JSON.stringify(data)}\r\n\r\n`;
const human = { type: "human", content: "hi", id: "m1" };
const ai = { type: "ai", content: "You said: hi", id: "m2", tool_calls: [] };

/** A backend whose second state comes when it is let. */
async function start(t) {
  const second = gate();
  const thread = { thread_id: threadId, status: "idle", metadata: {}, values: null };
  const server = await startSdkServer(
    {
      "POST /threads": ({ json }) => json(200, thread),
      [stream]: async ({ response }) => {
        response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
        response.write(event("metadata", { run_id: "r1", attempt: 1 }) + event("values", { messages: [human] }));
        await second.opened;
        response.end(event("values", { messages: [human, ai] }));
      },
    },
    t,
  );
  const client = createClient({ backend: "tambo", apiKey: "x", baseUrl: server.url, userToken: () => "subject" });
  t.after(() => client.dispose());
  return { server, client, second };
}

const options = { input: { messages: [human] }, streamMode: /** @type {const} */ ("values") };

/** Runs once, and lets the second state come when the first is there. */
async function talk(sdk, second) {
  const seen = [];
  for await (const { event, data } of sdk.runs.stream(threadId, "agent", options)) {
    seen.push([event, data.messages?.length]);
    if (data.messages?.length === 1) second.open();
  }
  return seen;
}
const whole = [
  ["metadata", undefined],
  ["values", 1],
  ["values", 2],
];

test("the LangGraph SDK streams with client.fetch, and sees nothing of a renewal", { timeout }, async (t) => {
  const { server, client, second } = await start(t);
  const callerOptions = { fetch: client.fetch, maxRetries: 0 };
  const sdk = new Client({ apiUrl: server.url, apiKey: "the sdk's own", callerOptions });
  assert.equal((await sdk.threads.create()).thread_id, threadId);
  server.revoke(1);
  assert.deepEqual(await talk(sdk, second), whole);
  const [first, next] = ["Bearer canary-session-1", "Bearer canary-session-2"];
  assert.deepEqual(server.bearers(), [first, first, next], "the call that was refused was sent once more");
  assert.equal(server.exchanges(), 2);
});

test("the LangGraph SDK without a fetch takes headers()", { timeout }, async (t) => {
  const { server, client, second } = await start(t);
  const onRequest = async (url, init) => ({ ...init, headers: { ...init.headers, ...(await client.auth.headers()) } });
  const sdk = new Client({ apiUrl: server.url, apiKey: null, onRequest, callerOptions: { maxRetries: 0 } });
  await sdk.threads.create();
  assert.deepEqual(await talk(sdk, second), whole);
  assert.deepEqual(server.bearers(), ["Bearer canary-session-1", "Bearer canary-session-1"]);
});

test("the LangGraph SDK with synchronous headers takes peekToken()", { timeout }, async (t) => {
  const { server, client } = await start(t);
  assert.equal(client.auth.peekToken(), null, "there is none before there is one");
  await client.auth.ready();
  const defaultHeaders = { authorization: `Bearer ${client.auth.peekToken()}` };
  const sdk = new Client({ apiUrl: server.url, apiKey: null, defaultHeaders, callerOptions: { maxRetries: 0 } });
  assert.equal((await sdk.threads.create()).thread_id, threadId);
  assert.deepEqual(server.bearers(), ["Bearer canary-session-1"]);
});
