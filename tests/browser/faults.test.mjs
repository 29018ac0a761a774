/** Every fault that the local backend can have, as an app sees it. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";
import { startBackend } from "./support/backend.mjs";

/** How many rows run side by side, each with a backend of its own. */
const atOnce = 4;
/** A time that nothing waits for. */
const never = 600_000;

/**
 * What an app does while the backend is faulty. `fulfilled` is what comes of it, or else `error`.
 *
 * @typedef {object} Row
 * @property {string[]} faults
 * @property {"list" | "create" | "get" | "run" | "weather" | "early" | "ready" | "start" | "hammer"} act
 * @property {boolean} [cold] whether the faults are there before the sign-in
 * @property {"revoke" | "rotate-keys"} [event] what happens on top of the faults
 * @property {object} [options] of the client
 * @property {{ error?: object, [member: string]: unknown }} expect a part of what comes of it
 * @property {object} [inPage] what of the error is otherwise in a page
 */

/** @type {Record<string, Row>} */
const rows = {
  "latency is waited for": { faults: ["latency=200"], act: "list", expect: { fulfilled: [] } },
  "latency beyond the time-out ends a call": {
    faults: [`latency=${never}`],
    act: "list",
    options: { timeouts: { requestMs: 300 } },
    expect: { error: { code: "network/timeout", retryable: true }, state: "identified" },
  },
  "latency beyond the time-out ends an exchange, and the next one is made": {
    faults: [`latency=${never};on=exchange;times=1`],
    act: "ready",
    cold: true,
    options: { timeouts: { exchangeMs: 500 } },
    expect: { fulfilled: "identified", statuses: { 201: 1 } },
  },

  "one 401 costs one exchange and one replay": {
    faults: ["status=401;on=api;times=1"],
    act: "list",
    expect: { fulfilled: [], exchanges: 1, statuses: { 200: 1, 201: 1, 401: 1 }, state: "identified" },
  },
  "a 401 for every token is refused, after one exchange": {
    faults: ["status=401;on=api"],
    act: "list",
    expect: { error: { code: "api/unauthorized", status: 401 }, exchanges: 1, statuses: { 201: 1, 401: 2 } },
  },
  "one 401 at the exchange is final for that token, and another token is tried": {
    faults: ["status=401;on=exchange;times=1"],
    act: "ready",
    cold: true,
    expect: { fulfilled: "identified", statuses: { 201: 1, 401: 1 } },
  },
  "403 at the exchange is final": {
    faults: ["status=403;on=exchange"],
    act: "start",
    cold: true,
    options: { sameToken: true },
    expect: { error: { code: "auth/exchange-rejected", status: 403 }, statuses: { 403: 1 }, state: "error" },
  },

  "a 429 says when to come again, where a header of another origin can be read": {
    faults: ["status=429;retry-after=30;on=api"],
    act: "list",
    expect: { error: { code: "api/rate-limited", status: 429, retryAfterMs: 30_000, retryable: true } },
    inPage: { retryAfterMs: undefined },
  },
  "a 429 may not say it": {
    faults: ["status=429;on=api"],
    act: "list",
    expect: { error: { code: "api/rate-limited", status: 429, retryAfterMs: undefined } },
  },
  "a 429 is waited out where the call may be repeated": {
    faults: ["status=429;retry-after=1;on=api;times=1"],
    act: "list",
    options: { retries: 1 },
    expect: { fulfilled: [], statuses: { 200: 1, 429: 1 } },
  },
  "a 429 at the exchange is told with the time it asks for": {
    faults: ["status=429;retry-after=30;on=exchange"],
    act: "start",
    cold: true,
    expect: { error: { code: "api/rate-limited", status: 429, retryAfterMs: 30_000 }, state: "error" },
    inPage: { retryAfterMs: undefined },
  },
  "a 429 at the exchange that asks for no time is tried again": {
    faults: ["status=429;on=exchange;times=1"],
    act: "ready",
    cold: true,
    expect: { fulfilled: "identified", statuses: { 201: 1, 429: 1 } },
  },

  "a 503 is told when there are no retries": {
    faults: ["status=503;on=api"],
    act: "list",
    expect: { error: { code: "api/server", status: 503, retryable: true }, statuses: { 503: 1 }, state: "identified" },
  },
  "two 500s are survived by two retries": {
    faults: ["status=500;on=api;times=2"],
    act: "list",
    options: { retries: 2 },
    expect: { fulfilled: [], statuses: { 200: 1, 500: 2 } },
  },
  "a call that may not be repeated is not": {
    faults: ["status=500;on=api;times=1"],
    act: "create",
    options: { retries: 2 },
    expect: { error: { code: "api/server", status: 500 }, statuses: { 500: 1 } },
  },
  "every second call that fails is not noticed": {
    faults: ["status=502;rate=0.5;on=api"],
    act: "hammer",
    options: { retries: 2 },
    expect: { fulfilled: Array(6).fill("fulfilled") },
  },
  "a 503 with Retry-After is waited out": {
    faults: ["status=503;retry-after=1;on=api;times=1"],
    act: "list",
    options: { retries: 1 },
    expect: { fulfilled: [], statuses: { 200: 1, 503: 1 } },
  },
  "a 503 at the exchange is tried again": {
    faults: ["status=503;on=exchange;times=1"],
    act: "ready",
    cold: true,
    expect: { fulfilled: "identified", statuses: { 201: 1, 503: 1 } },
  },

  "a malformed answer is named": {
    faults: ["malformed;on=api"],
    act: "list",
    expect: { error: { code: "api/malformed-response" }, state: "identified" },
  },
  "a malformed exchange is named": {
    faults: ["malformed;on=exchange"],
    act: "start",
    cold: true,
    expect: { state: "error", error: { code: "auth/exchange-malformed" } },
  },
  "a malformed event ends the run": {
    faults: ["malformed;on=run"],
    act: "run",
    expect: { error: { code: "stream/malformed" }, types: ["RUN_STARTED"] },
  },

  "half an answer is a network failure": {
    faults: ["half;on=api"],
    act: "list",
    expect: { error: { code: "network/failed", retryable: true } },
  },
  "half an answer is asked for again": {
    faults: ["half;on=api;times=1"],
    act: "list",
    options: { retries: 1 },
    expect: { fulfilled: [] },
  },
  "half an exchange is made again": {
    faults: ["half;on=exchange;times=1"],
    act: "ready",
    cold: true,
    expect: { fulfilled: "identified", statuses: { 201: 2 } },
  },
  "half an event is an interruption": {
    faults: ["half;on=run"],
    act: "run",
    expect: { error: { code: "stream/interrupted" }, types: ["RUN_STARTED"] },
  },
  "a dropped stream is an interruption": {
    faults: ["drop=3"],
    act: "run",
    expect: {
      error: { code: "stream/interrupted" },
      types: ["RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT"],
    },
  },
  "a stalled stream ends when it has been idle for too long": {
    faults: ["stall=2"],
    act: "run",
    options: { timeouts: { streamIdleMs: 300 } },
    expect: { error: { code: "stream/idle" }, types: ["RUN_STARTED", "TEXT_MESSAGE_START"] },
  },

  "a clock that is ahead changes nothing": {
    faults: ["skew=1800"],
    act: "run",
    cold: true,
    expect: { fulfilled: "finished", exchanges: 1, state: "identified" },
  },
  "a clock that is behind changes nothing": {
    faults: ["skew=-1800"],
    act: "run",
    cold: true,
    expect: { fulfilled: "finished", exchanges: 1, state: "identified" },
  },
  "a clock beyond the provider's token refuses it": {
    faults: ["skew=36000"],
    act: "start",
    cold: true,
    options: { sameToken: true },
    expect: { error: { code: "auth/exchange-rejected", status: 401 }, statuses: { 401: 1 }, state: "error" },
  },
  "a clock that jumps ahead makes every token old, once": {
    faults: ["skew=5400"],
    act: "list",
    expect: { fulfilled: [], exchanges: 1, statuses: { 200: 1, 201: 1, 401: 1 } },
  },
  "tokens of two seconds are renewed": {
    faults: ["lifetime=2"],
    act: "hammer",
    cold: true,
    options: { until: 2 },
    expect: { fulfilled: ["fulfilled"], state: "identified" },
  },

  "revoked tokens are replaced by one exchange": {
    faults: [],
    event: "revoke",
    act: "list",
    expect: { fulfilled: [], exchanges: 1, statuses: { 200: 1, 201: 1, 401: 1 } },
  },
  "a key that was rotated is refused": {
    faults: [],
    event: "rotate-keys",
    act: "list",
    expect: { error: { code: "api/forbidden", status: 403 }, exchanges: 0, statuses: { 403: 1 } },
  },

  "results wait for RUN_FINISHED, however slow the commit": {
    faults: ["slow-commit=400"],
    act: "weather",
    expect: { fulfilled: "finished", result: "awaiting-input" },
  },
  "results that do not wait for it are refused": {
    faults: ["slow-commit=5000"],
    act: "early",
    expect: { error: { code: "api/bad-request", status: 400 } },
  },
  "an error that is told twice arrives once": {
    faults: [],
    act: "run",
    options: { text: "err401" },
    expect: { error: { code: "run/failed" }, types: ["RUN_STARTED", "RUN_ERROR"] },
  },
  "an error that is told once arrives once": {
    faults: ["single-error"],
    act: "run",
    options: { text: "err401" },
    expect: { error: { code: "run/failed" }, types: ["RUN_STARTED", "RUN_ERROR"] },
  },
  "a call may name a message that is not there": {
    faults: [],
    act: "weather",
    options: { text: "mixed weather" },
    expect: { fulfilled: "finished", parents: [false] },
  },
  "a call may name its message": {
    faults: ["known-parents"],
    act: "weather",
    options: { text: "mixed weather" },
    expect: { fulfilled: "finished", parents: [true] },
  },
  "200 is as good as 201": { faults: ["ok-200"], act: "run", cold: true, expect: { fulfilled: "finished" } },
  "a thread that is not there is forbidden": {
    faults: [],
    act: "get",
    expect: { error: { code: "api/forbidden", status: 403 } },
  },
  "a thread that is not there may be not found": {
    faults: ["not-found"],
    act: "get",
    expect: { error: { code: "api/not-found", status: 404 } },
  },
};

/** Runs inside: signs in, lets the faults come, does what the row says, and tells what came of it. */
async function meet({ open, settle, stateOf, jwt, until }, { url, controlKey, row }) {
  const control = async (method, route, body) => {
    const headers = { "x-dev-key": controlKey, "content-type": "application/json" };
    const response = await fetch(`${url}/__dev/${route}`, { method, headers, body });
    if (!response.ok) throw new Error(`${route} was answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const { sameToken = false, text = "hello", until: exchanges = 1, ...options } = row.options ?? {};
  let minted = 0;
  const userToken = () => {
    minted += 1;
    const now = Math.floor(Date.now() / 1000);
    return jwt({ iss: "https://id.example", sub: "somebody", exp: now + 7_200, nth: sameToken ? 1 : minted });
  };
  const client = open({ baseUrl: url, userToken, ...options });
  if (!row.cold) await client.auth.ready();
  await control("PUT", "faults", JSON.stringify({ faults: row.faults }));
  await control("POST", "calls/reset");
  if (row.event) await control("POST", row.event);

  const told = {};
  const tools = [{ name: "get_weather", description: "The weather", inputSchema: { type: "object" } }];
  const asked = (content) => ({ message: { role: "user", content }, tools });
  const answer = (call) =>
    asked([{ type: "tool_result", toolUseId: call, content: [{ type: "text", text: "sunny" }] }]);
  /** Reads a run to its end, and notes its events. */
  const read = async (run, events) => {
    for await (const event of run) events.push(event);
    return (await run.result()).outcome;
  };
  const begin = () => client.runs.stream(null, asked([{ type: "text", text: text === "hello" ? "weather" : text }]));
  const act = {
    list: async () => (await client.threads.list()).items.map(({ id }) => id),
    create: async () => void (await client.threads.create()),
    get: async () => void (await client.threads.get("thr_unknown")),
    ready: async () => (await client.auth.ready()).status,
    /** Fails as the state does, whether it will be tried again or not. */
    async start() {
      client.auth.subscribe(() => {});
      throw await until("an error", () => client.auth.getSnapshot().error);
    },
    async hammer() {
      const settled = [];
      let seen = 0;
      const often = async () => {
        settled.push((await settle(client.threads.list())).error?.code ?? "fulfilled");
        seen = (await (await control("GET", "calls")).json()).totals.exchanges;
        return exchanges === 1 ? settled.length === 6 : seen >= exchanges;
      };
      await until("enough calls", often);
      return exchanges === 1 ? settled : [...new Set(settled)];
    },
    async run() {
      const events = [];
      try {
        return await read(client.runs.stream(null, text), events);
      } finally {
        told.types = events.map(({ type }) => type);
      }
    },
    async weather() {
      const [run, events] = [begin(), []];
      told.result = await read(run, events);
      const starts = events.filter(({ type }) => type === "TOOL_CALL_START");
      const named = (id) => events.some(({ type, messageId }) => type === "TEXT_MESSAGE_START" && messageId === id);
      told.parents = starts.filter(({ raw }) => raw.parentMessageId).map(({ raw }) => named(raw.parentMessageId));
      const input = answer(starts[0].toolCallId);
      return read(client.runs.stream(await run.threadId(), { ...input, previousRunId: await run.runId() }), []);
    },
    async early() {
      const run = begin();
      let call;
      for await (const { type, name, value } of run) {
        if (type !== "CUSTOM" || name !== "tambo.run.awaiting_input") continue;
        call = value.pendingToolCalls[0].toolCallId;
        break;
      }
      const [threadId, previousRunId] = [await run.threadId(), await run.runId()];
      return read(client.runs.stream(threadId, { ...answer(call), previousRunId }), []);
    },
  };
  const settled = await settle(act[row.act]);
  if (settled.error) told.error = settled.error;
  else told.fulfilled = settled.value ?? settled;
  told.state = stateOf(client.auth.getSnapshot()).status;
  const { totals } = await (await control("GET", "calls")).json();
  told.exchanges = totals.exchanges;
  told.statuses = totals.byStatus;
  delete told.statuses[204];
  return told;
}

everywhere("every fault has its code or its recovery", {}, async ({ t, where, run }) => {
  const waiting = Object.entries(rows);
  const lane = async () => {
    for (let next; (next = waiting.shift());) {
      const [name, row] = next;
      const backend = await startBackend();
      let told;
      try {
        told = await run(meet, { url: backend.url, controlKey: backend.controlKey, row });
      } finally {
        await backend.stop();
      }
      await t.test(name, () => {
        const { error: usual, ...expected } = row.expect;
        const error = where === "page" ? usual && { ...usual, ...row.inPage } : usual;
        const { error: failure, ...rest } = told;
        assert.equal(failure?.code, error?.code, JSON.stringify(told));
        for (const [member, value] of Object.entries(error ?? {})) assert.deepEqual(failure[member], value, member);
        for (const [member, value] of Object.entries(expected)) assert.deepEqual(rest[member], value, member);
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
});
