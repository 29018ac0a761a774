/** Whether what our client does is what was recorded, in our own words where we have them. */
import assert from "node:assert/strict";
import { decode, isFailedToken } from "./recording.mjs";

const byStatus = {
  400: "api/bad-request",
  402: "api/payment-required",
  404: "api/not-found",
  409: "api/conflict",
  500: "api/server",
  503: "api/server",
};

/** What the contract has in bodies of errors beside their words. */
const named = ["plan", "period_end", "cap", "details"];

/** Our codes for the recorded client's failures, by what it says. */
const bySentence = [
  [/"(anonymous|refresh) auth token response/, "auth/exchange-malformed"],
  [/^Invalid Assistant Cloud response/, "api/malformed-response"],
  [/^Authorization failed$/, "auth/anonymous-refused"],
  [/^auth down$/, "auth/callback-failed"],
  [/^fetch failed$/, "network/failed"],
  [/^Invalid configuration: Must provide/, "config/missing-credential"],
];

function codeOf({ message, status = Number(/status (\d+)$/.exec(message)?.[1]) }) {
  return byStatus[status] ?? bySentence.find(([pattern]) => pattern.test(message))?.[1];
}

/** Headers that mean something to the server: who asks, and what a body is. */
export function requestAgrees(ours, recorded) {
  assert.ok(ours, "ours makes no such request");
  const [path, query = ""] = ours.path.split("?");
  const [theirPath, theirQuery = ""] = recorded.path.split("?");
  assert.deepEqual([ours.method, path], [recorded.method, theirPath]);
  const members = (query) => query.split("&").sort();
  assert.deepEqual(members(query), members(theirQuery));
  assert.deepEqual(ours.body, recorded.body);
  for (const name of ["authorization", "aui-user-id", "aui-workspace-id"])
    assert.equal(ours.headers[name], recorded.headers[name], name);
  // Ours says of what type a body is if there is one; theirs always, but where nothing may be said.
  assert.equal(ours.headers["content-type"], recorded.body ? "application/json" : undefined, "content-type");
  if (recorded.headers.accept !== "*/*") assert.equal(ours.headers.accept, recorded.headers.accept, "accept");
}

/**
 * What ours sends beyond what was recorded: a token request that has failed in a way that may pass is made again, as it was, while
 * a call waits for it. Everything else is sent as often as it was recorded.
 */
export function countAgrees(ours, group) {
  const recorded = group.steps.flatMap(({ request }) => request ?? []);
  const [last] = recorded.slice(-1);
  const more = ours.slice(recorded.length);
  if (!isFailedToken(group)) assert.equal(ours.length, recorded.length, `ours makes ${ours.length} requests`);
  for (const request of more) requestAgrees(request, last);
}

/** What theirs makes anew of what the server says: times, and a title of nothing where there is none. */
function inOurForm(value) {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inOurForm);
  const member = ([name, member]) => [name, name === "title" && member === "" ? null : inOurForm(member)];
  return Object.fromEntries(Object.entries(value).map(member));
}

const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** @param {import("./recording.mjs").Group} group @param {{ ok: boolean, value?: any, error?: any }} ours */
export function outcomeAgrees(group, ours) {
  const recorded = group.outcome;
  if (!recorded.ok) {
    assert.ok(!ours.ok, `ours succeeds: ${JSON.stringify(ours.value)}`);
    return failureAgrees(recorded.error, ours.error, group);
  }
  assert.ok(ours.ok, `ours fails: ${ours.error?.code} ${ours.error?.message}`);
  let expected = inOurForm(decode(recorded.value));
  // What is answered to an update or a deletion is not read.
  if (/^threads\.(messages\.)?(update|delete)$/.test(group.call.method)) expected = undefined;
  if (group.call.method === "runs.stream") expected = { text: expected.text };
  if (expected?.firstError) {
    const { firstError, ...rest } = ours.value;
    failureAgrees(expected.firstError, firstError, group);
    delete expected.firstError;
    return assert.deepEqual(plain(rest), plain(expected));
  }
  assert.deepEqual(plain(ours.value), plain(expected));
}

function failureAgrees(recorded, ours, group) {
  assert.ok(ours, "ours does not fail");
  const { response } = group.steps.at(-1);
  const status = recorded.status ?? (/with status/.test(recorded.message) ? response?.status : undefined);
  const code = codeOf(recorded);
  assert.ok(code, `nothing of ours is like: ${recorded.message}`);
  assert.equal(ours.code, code, ours.message);
  if (status) assert.equal(ours.status, status);
  // A refused identity's status and reason are lost in theirs.
  if (code === "auth/anonymous-refused") assert.equal(ours.status, response?.status);
  if (code === "auth/callback-failed") assert.equal(ours.cause, recorded.message);
  const [, place] = /for "([\w.[\]]*[.[][\w.[\]]*)"/.exec(recorded.message) ?? [];
  if (place) assert.ok(ours.message.includes(place), `${place} is not in: ${ours.message}`);
  const { message, error } = response?.body ?? {};
  const words = [message, error].find((words) => typeof words === "string" && words);
  if (recorded.status && words) assert.ok(ours.message.includes(words), `${words} is not in: ${ours.message}`);
  const details = Object.entries(recorded.details ?? {}).filter(([name]) => named.includes(name));
  for (const [name, value] of details) assert.deepEqual(ours.details?.[name], value, `details.${name}`);
}
