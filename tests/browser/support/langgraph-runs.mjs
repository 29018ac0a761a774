/** A LangGraph server whose one run does what the test says. */

export const threadId = "01a1fcc0-0000-7000-8000-000000000001";
export const runId = "01a1fcc0-0000-7000-8000-0000000000aa";

const run = `/threads/${threadId}/runs/${runId}`;

/** Its routes, as the scripted server names them. */
export const creation = `POST /threads/${threadId}/runs/stream`;
export const joining = `GET ${run}/stream`;
export const status = `GET ${run}`;
export const cancelling = `POST ${run}/cancel`;
export const runs = `GET /threads/${threadId}/runs`;
export const state = `GET /threads/${threadId}/state`;
export const making = "POST /threads";

export const location = run;

/** An event as the server in Python frames it. */
export const sse = (event, data, id) =>
  [`event: ${event}`, `data: ${JSON.stringify(data)}`, ...(id === undefined ? [] : [`id: ${id}`]), "", ""].join("\r\n");

export const heartbeat = ": heartbeat\r\n\r\n";

export const started = (id) => sse("metadata", { run_id: runId, attempt: 1 }, id);

/** The whole answer that pieces make. */
export const answer = (content, id = "msg_1") => ({ content, type: "ai", id, tool_calls: [] });
export const question = { content: "hello", type: "human", id: "msg_0" };

/** A piece of the answer, from the one task of the graph. */
export const piece = (content, id, more = {}) =>
  sse(
    "messages",
    [
      { content, type: "AIMessageChunk", id: "msg_1", tool_calls: [], tool_call_chunks: [], ...more },
      { langgraph_checkpoint_ns: "echo:1" },
    ],
    id,
  );

export const values = (messages, id, more = {}) => sse("values", { messages, ...more }, id);

/** Begins a stream. */
export function begin(response, headers = {}) {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", ...headers });
  response.flushHeaders();
  return response;
}

/** A stream that is written and ends. */
export const streaming =
  (...parts) =>
  ({ response }) =>
    void begin(response).end(parts.join(""));

/** A stream that is written and neither goes on nor ends. */
export const stalling =
  (...parts) =>
  ({ response }) =>
    void begin(response).write(parts.join(""));

/** What a page asks for once it has read what comes before a cut. */
export const seen = "GET /seen";

/** The routes of a run whose creation is answered with a stream that breaks: once the page has read it, if there is anything. */
export function breaking(...parts) {
  let cut = () => {};
  return {
    [creation]: ({ response }) => {
      cut = () => response.destroy();
      if (parts.length) begin(response).write(parts.join(""));
      else begin(response).write("", cut);
    },
    [seen]: ({ json }) => {
      json(200, {});
      cut();
    },
  };
}

/** The run has this status, the first times others. */
export const being =
  (...statuses) =>
  ({ nth, json }) =>
    json(200, { run_id: runId, thread_id: threadId, status: statuses[Math.min(nth, statuses.length) - 1] });

/** The thread's state has these messages. */
export const holding =
  (messages, more = {}) =>
  ({ json }) =>
    json(200, { values: { messages }, next: [], tasks: [], ...more });

/** What a table of handlers does, one after the other; the last one goes on. */
export const inTurn =
  (...handlers) =>
  (exchange) =>
    handlers[Math.min(exchange.nth, handlers.length) - 1](exchange);

/** A whole stream of "abcd". */
export const whole = [
  started("1"),
  piece("a", "2"),
  piece("b", "3"),
  piece("c", "4"),
  piece("d", "5", { chunk_position: "last" }),
  values([question, answer("abcd")], "6"),
];

/** Reads a run to its end. */
export async function read(
  { open, tell, jwt },
  { url, threadId, input = "hello", join, options, assistant = "agent", cutAfter = -1 },
) {
  const authToken = () => jwt({ sub: "ann", exp: Math.floor(Date.now() / 1000) + 600 });
  const client = open({
    backend: "langgraph",
    apiKey: undefined,
    baseUrl: url,
    authToken,
    assistantId: assistant || undefined,
    ...options,
  });
  const run = join ? client.runs.joinStream(threadId, join.runId, join.options) : client.runs.stream(threadId, input);
  const events = [];
  const seen = () => events.length === cutAfter && fetch(`${url}/seen`);
  let thrown;
  try {
    for await (const event of run) {
      events.push(event);
      await seen();
    }
  } catch (error) {
    thrown = tell(error);
  }
  const result = await run.result().catch(tell);
  return { events, thrown, result };
}

/** What a page has seen of a run. */
export const textOf = ({ events }) =>
  events.map(({ type, delta }) => (type === "TEXT_MESSAGE_CONTENT" ? delta : "")).join("");
export const count = ({ events }, type) => events.filter((event) => event.type === type).length;
export const last = ({ events }, type) => events.findLast((event) => event.type === type);
export const finished = { threadId, runId, outcome: "finished" };

/** What each call of a route says that it has read last. */
export const askedWith = (server, route) =>
  server.calls
    .filter(({ method, path }) => `${method} ${path.split("?")[0]}` === route)
    .map(({ headers }) => headers["last-event-id"]);
