/** The place in which Assistant Cloud's client was recorded: its moment, its server's answers, its storage and its locks. */
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { isFailedToken } from "./recording.mjs";

/** When it is, for as long as an exchange is replayed. */
const moment = Date.parse("2026-09-17T09:30:00.000Z");

/** How long a request is waited for that was recorded and does not come. */
const patienceMs = 2_000;

/** What the connection adds to every request. */
const platform = ["host", "connection", "content-length", "transfer-encoding", "user-agent", "accept-encoding"];
const browserLike = /^(sec-|accept-language$|cache-control$|pragma$)/;

/**
 * Gives an exchange's surroundings to `act`, with the clock standing still, and answers what was seen of them.
 *
 * @param {import("node:test").TestContext} t
 * @param {import("./recording.mjs").Group} group
 * @param {(place: { fill: <T>(value: T) => T }) => Promise<unknown>} act gets what turns `{base}` into this server's address
 */
export async function inItsWorld(t, group, act) {
  const server = await startReplay(group);
  const closed = await closedPort();
  const replaceIn = (text, pairs) => pairs.reduce((text, [from, to]) => text.replaceAll(from, to), text);
  const inside = (value, ...pairs) => JSON.parse(replaceIn(JSON.stringify(value), pairs));
  const fill = (value) => inside(value, ["{base}", server.url], ["{closed-port}", closed]);
  const unfill = (value) => inside(value, [server.url, "{base}"]);

  const storage = group.before && makeStorage(fill(group.before));
  const locks = makeLocks();
  const restore = put({ localStorage: storage, navigator: { locks } });
  t.mock.timers.enable({ apis: ["Date"], now: moment });
  try {
    const result = await act({ fill });
    // What is sent without being waited for is on its way.
    await Promise.race([server.all, pause(patienceMs, undefined, { ref: false })]);
    const stored = storage && unfill(Object.fromEntries(storage.entries));
    return { result, requests: server.requests, stored, locks: unfill(locks.names) };
  } finally {
    t.mock.timers.reset();
    restore();
    await server.stop();
  }
}

/** Answers one recorded response after the other. Where no token was given there is none the next time either. */
async function startReplay(group) {
  const requests = [];
  const left = group.steps.flatMap(({ response }) => response ?? []);
  const onAndOn = isFailedToken(group) ? left.at(-1) : undefined;
  let isAll = () => {};
  const all = new Promise((resolve) => (isAll = resolve));
  if (!left.length) isAll();
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request.setEncoding("utf8")) text += piece;
    const headers = Object.entries(request.headers).filter(
      ([name]) => !platform.includes(name) && !browserLike.test(name),
    );
    const { method, url: path } = request;
    requests.push({ method, path, headers: Object.fromEntries(headers), body: text ? JSON.parse(text) : null });
    const recorded = left.shift() ?? onAndOn;
    if (!left.length) isAll();
    if (!recorded) return response.writeHead(404).end("nothing more was recorded");
    response.writeHead(recorded.status, recorded.headers);
    for (const chunk of recorded.body_chunks_base64 ?? []) {
      response.write(Buffer.from(chunk, "base64"));
      await new Promise(setImmediate);
    }
    response.end("body" in recorded ? JSON.stringify(recorded.body) : recorded.body_text);
  });
  const { url, stop } = await listen(server);
  return { url, requests, all, stop };
}

async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    return closed;
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

/** An address at which nobody listens any more. */
async function closedPort() {
  const { url, stop } = await listen(createServer());
  await stop();
  return url;
}

/** A `localStorage`. */
export function makeStorage(entries = {}) {
  const held = new Map(Object.entries(entries));
  return {
    entries: held,
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, String(value)),
    removeItem: (key) => void held.delete(key),
    key: (index) => [...held.keys()][index] ?? null,
    get length() {
      return held.size;
    },
  };
}

/** A `navigator.locks` that knows exclusive locks. */
export function makeLocks() {
  const names = [];
  const tails = new Map();
  return {
    names,
    async request(name, ...rest) {
      names.push(name);
      const work = rest.at(-1);
      const turn = (tails.get(name) ?? Promise.resolve()).then(() => work({ name, mode: "exclusive" }));
      tails.set(
        name,
        turn.catch(() => {}),
      );
      return turn;
    },
  };
}

/** Puts globals in place, and answers what puts the former ones back. */
export function put(values) {
  const before = Object.keys(values).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete globalThis[name];
    }
  };
}
