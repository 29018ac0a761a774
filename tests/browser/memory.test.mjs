/** What is not kept as long as somebody is signed in: answers, and what was read of streams. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createClient } from "threadpass";
import { isFirefox } from "./support/browsers.mjs";
import { runId, sse, started, threadId } from "./support/langgraph-runs.mjs";

const timeout = 120_000;
const patienceMs = 20_000;
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** Waits until nothing of these is left. */
async function untilGone(refs) {
  assert.ok(refs.length > 0, "there was something");
  const kept = () => refs.filter((ref) => ref.deref() !== undefined).length;
  for (const end = Date.now() + patienceMs; kept() > 0; collect()) {
    assert.ok(Date.now() < end, `${kept()} of ${refs.length} are still there`);
    await turn();
  }
}

/** An answer whose value can be seen to be kept. */
function answering(refs, value) {
  const response = new Response("{}", { headers: { "content-type": "application/json" } });
  response.json = async () => {
    refs.push(new WeakRef(value));
    return value;
  };
  return response;
}

/** A stream whose pieces can be seen to be kept. */
function streaming(refs, texts) {
  const left = [...texts];
  const body = new ReadableStream(
    {
      pull(controller) {
        const text = left.shift();
        if (text === undefined) return controller.close();
        const piece = new TextEncoder().encode(text);
        refs.push(new WeakRef(piece));
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const agUi = (...events) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`);
const custom = Array.from({ length: 20 }, (_, n) => ({ n }));
const backends = {
  tambo: {
    options: { backend: "tambo", apiKey: "key", anonymous: { persist: "memory" } },
    thread: () => ({ id: threadId, runStatus: "idle", createdAt: "c", updatedAt: "u" }),
    run: agUi(
      { type: "RUN_STARTED", threadId, runId },
      ...custom.map((value) => ({ type: "CUSTOM", name: "said", value })),
      { type: "RUN_FINISHED", threadId, runId },
    ),
  },
  langgraph: {
    options: { backend: "langgraph", open: true, assistantId: "agent" },
    thread: () => ({ thread_id: threadId, created_at: "c", updated_at: "u", metadata: null, values: null }),
    run: [started(), ...custom.map((value) => sse("custom", value)), sse("values", {})],
  },
};

describe("while somebody is signed in", { skip: isFirefox && "memory is Node's here" }, () => {
  for (const [name, { options, thread, run }] of Object.entries(backends)) {
    const open = (t, fetch) => {
      const client = createClient({ ...options, baseUrl: "https://backend.example", fetch });
      t.after(() => client.dispose());
      return client;
    };

    test(`${name}: no answer is kept`, { timeout }, async (t) => {
      const refs = [];
      const client = open(t, async () => answering(refs, thread()));
      for (let n = 0; n < 5; n++) assert.equal((await client.threads.get(threadId)).id, threadId);
      await untilGone(refs);
    });

    test(`${name}: nothing of a stream is kept, neither while it is read nor after it`, { timeout }, async (t) => {
      const refs = [];
      const client = open(t, async ({ url, method }) => {
        if (method === "POST") return streaming(refs, run);
        return Response.json({ ...thread(), run_id: runId, status: "success", values: {} });
      });
      let events = 0;
      for await (const { type } of client.runs.stream(threadId, "hello"))
        if (type === "CUSTOM" && ++events === custom.length) await untilGone(refs.slice(0, -1));
      assert.equal(events, custom.length);
      await untilGone(refs);
    });
  }
});
