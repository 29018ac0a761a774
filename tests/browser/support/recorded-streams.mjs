/** The recorded streams of LangGraph's servers, and a run that is one stream. */
import { readFile, readdir } from "node:fs/promises";
import { createClient } from "threadpass";
import { threadId } from "./langgraph-runs.mjs";

const captures = new URL("../../contracts/captures/langgraph/", import.meta.url);

/** Their names. */
export async function recordedStreams() {
  const names = await readdir(captures);
  return names.filter((name) => name.endsWith(".sse")).sort();
}

/** The body of one, as it was sent. @param {string} name */
export const recordedStream = (name) => readFile(new URL(name, captures));

const json = (value) => new Response(JSON.stringify(value), { headers: { "content-type": "application/json" } });

/** A server that has one stream, in pieces of a size. */
const server = (body, size) => async (input) => {
  const { pathname } = new URL(input.url);
  if (pathname.endsWith("/state")) return json({ values: {}, next: [], tasks: [] });
  if (!pathname.endsWith("/stream")) return json({ run_id: "run", status: "success" });
  let at = 0;
  const stream = new ReadableStream({
    pull(controller) {
      if (at >= body.length) return controller.close();
      controller.enqueue(body.subarray(at, (at += size)));
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
};

/** What a run says whose one stream has this body. @param {Buffer} body @param {number} size of its pieces */
export async function read(body, size) {
  const client = createClient({
    ...{ backend: "langgraph", open: true, assistantId: "agent" },
    ...{ baseUrl: "https://langgraph.invalid", fetch: server(body, size) },
  });
  const events = [];
  try {
    // Those of a run that was joined later do not say which it is.
    const run = body.includes("event: metadata")
      ? client.runs.stream(threadId, "hello")
      : client.runs.joinStream(threadId, "run", { lastEventId: "1" });
    for await (const event of run) events.push(event);
    return { events };
  } catch (error) {
    return { events, code: error.code };
  } finally {
    client.dispose();
  }
}
