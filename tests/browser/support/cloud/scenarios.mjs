/**
 * What the recorded client was told to do, said in a way that another client can be told, too. Where the recording describes
 * it in words only, the requests say the rest.
 */
import { decode } from "./recording.mjs";

/**
 * @typedef {object} Client
 * @property {(method: string, ...args: any[]) => Promise<any>} call answers in the form of the recorded client
 * @property {() => number} asked how often its token callback was
 * @property {(thrown: unknown) => object} tell a failure as plain data
 */

/** @type {Record<string, (client: Client, group: import("./recording.mjs").Group) => Promise<unknown>>} */
const described = {
  "threads.list x2 sequential": async ({ call, asked }) => {
    await call("threads.list");
    await call("threads.list");
    return { authTokenCalls: asked() };
  },
  "threads.list x2": async ({ call }) => {
    await call("threads.list");
    await call("threads.list");
  },
  "threads.list x3 concurrent": ({ call }) => Promise.all([1, 2, 3].map(() => call("threads.list"))),
  "threads.list failing, then threads.list": async ({ call, asked }) => {
    await call("threads.list").catch(() => {});
    await call("threads.list");
    return { authTokenCalls: asked() };
  },
  "threads.list, caught, threads.list": async ({ call, asked, tell }) => {
    const firstError = await call("threads.list").then(() => undefined, tell);
    await call("threads.list");
    return { firstError, authTokenCalls: asked() };
  },
  "events.track + events.dispose": ({ call }, { call: { args } }) => call("events", args),
  "runs.stream": ({ call }, { steps: [{ request }] }) => call("runs.stream", request.body),
  generateThreadTitle: ({ call }, { steps: [{ request }] }) =>
    call("generateThreadTitle", { threadId: request.body.thread_id, messages: request.body.messages }),
  "createFormattedPersistence append + load": ({ call }, { steps: [{ request }] }) => {
    const threadId = request.path.split("/")[3];
    return call("append and load", threadId, request.body.format, { id: "local-1", ...request.body.content });
  },
};

/** @param {Client} client @param {import("./recording.mjs").Group} group */
export function perform(client, group) {
  const { method, args } = group.call;
  return Object.hasOwn(described, method) ? described[method](client, group) : client.call(method, ...decode(args));
}

/** The token callback of a recorded configuration: what it answers is what was sent. */
export function tokenCallback(group) {
  const [token] = group.steps.flatMap(({ request }) => request?.headers.authorization?.split(" ")[1] ?? []);
  let asked = 0;
  const isDown = group.name.includes("callback rejecting");
  return {
    asked: () => asked,
    authToken: async () => {
      asked += 1;
      if (isDown && asked === 1) throw new Error("auth down");
      return token;
    },
  };
}
