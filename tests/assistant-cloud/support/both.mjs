/** Assistant Cloud's client from npm and ours, made alike for one scripted server, and ended with the test. */
import assert from "node:assert/strict";
import { AssistantCloud } from "assistant-cloud";
import { createClient } from "threadpass";
import { startServer } from "../../browser/support/server.mjs";

/** Longer than any of these tests takes on a busy machine. */
export const timeout = 120_000;

const exp = Math.floor(Date.now() / 1000) + 3_600;

/** A token that can be read and that lasts, of one user; the number tells it from others of theirs. */
export function tokenOf(sub, number = 1) {
  const [head, claims] = [{ alg: "none" }, { sub, number, exp }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  return `${head}.${claims}.sig`;
}

/** A server of one test. @param {import("node:test").TestContext} t @param {Parameters<typeof startServer>[0]} routes */
export async function serve(t, routes) {
  const server = await startServer(routes);
  t.after(() => server.stop());
  return server;
}

/** Theirs has nothing that could be ended. */
export const theirs = (options) => new AssistantCloud({ ...options, telemetry: false });

/** Ours, as it is without options of its own. */
export function ours(t, options) {
  const client = createClient({ backend: "assistant-cloud", ...options });
  t.after(() => client.dispose());
  return client;
}

/** What a promise fails with, as it is. */
export const failureOf = (promise) =>
  promise.then(
    (value) => assert.fail(`it should have failed, and answered ${JSON.stringify(value)}`),
    (error) => error,
  );

/** Whether a promise has not settled, and does not until `ms` from now. */
export async function isPending(promise, ms) {
  const late = Symbol("late");
  let timer;
  const tooLong = new Promise((resolve) => (timer = setTimeout(resolve, ms, late)));
  const first = await Promise.race([promise.catch(() => {}), tooLong]);
  clearTimeout(timer);
  return first === late;
}

/** A row of the server's. */
export const threadRow = (id, more = {}) => ({
  ...{ id, project_id: "proj_0", workspace_id: "workspace", external_id: null, metadata: null, title: "A title" },
  ...{ is_archived: false, created_at: moment, updated_at: moment, last_message_at: moment, ...more },
});

export const messageRow = (id, parent, height, content) => ({
  ...{ id, parent_id: parent, height, format: "ai-sdk/v6", content, created_at: moment, updated_at: moment },
});

const moment = "2026-09-17T09:30:00.000Z";
