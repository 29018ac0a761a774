/** `assistant-cloud`, as it is published, at the local backend: all three ways to sign in, and everything it keeps there. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import {
  AssistantCloud,
  CloudAPIError,
  CloudMessagePersistence,
  createFormattedPersistence,
  createRunReport,
  generateThreadTitle,
  readAnonymousRefreshToken,
} from "assistant-cloud";
import { aiSDKV6FormatAdapter } from "assistant-cloud/ai-sdk";
import { startIssuer } from "../assistant-cloud/support/issuer.mjs";
import { startBackend } from "./support/backend.mjs";

const timeout = 120_000;
/** The audience of the rule, as a template of Clerk's has it. */
const audience = "assistant-ui";

/** @type {Awaited<ReturnType<typeof startIssuer>>} */
let issuer;
/** @type {Awaited<ReturnType<typeof startBackend>>} */
let backend;
before(async () => {
  issuer = await startIssuer();
  const rule = (words) => ["--cloud-rule", `issuer=${issuer.url},audience=${words}`];
  backend = await startBackend([...rule(audience), ...rule("team,workspace=organisation")]);
});
after(() => Promise.all([backend.stop(), issuer.stop()]));
afterEach(() => {
  Reflect.deleteProperty(globalThis, "localStorage");
});

/** A client of somebody whom the provider knows, and how often it asked for a token. */
function signedIn(sub, claims = { aud: audience }) {
  const asked = { times: 0 };
  const authToken = () => {
    asked.times += 1;
    return issuer.tokenOf(sub, claims);
  };
  return { cloud: new AssistantCloud({ baseUrl: backend.assistantCloud.baseUrl, authToken, telemetry: false }), asked };
}

const anonymous = () =>
  new AssistantCloud({ baseUrl: backend.assistantCloud.baseUrl, anonymous: true, telemetry: false });

const server = (userId, workspaceId) => new AssistantCloud({ ...backend.assistantCloud, userId, workspaceId });

/** The browser's storage. */
function withStorage() {
  const items = new Map();
  const value = {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, text) => void items.set(key, text),
    removeItem: (key) => void items.delete(key),
  };
  Object.defineProperty(globalThis, "localStorage", { value, configurable: true });
  return items;
}

const created = async (cloud, more = {}) =>
  (await cloud.threads.create({ last_message_at: new Date("2026-09-17T09:30:00Z"), ...more })).thread_id;

const says = (text, role = "user") => ({ role, content: [{ type: "text", text }] });
const idsOf = ({ threads }) => threads.map(({ id }) => id);

/** Status and code that a call is refused with. */
const refusal = (promise) =>
  promise.then(
    () => assert.fail("it was not refused"),
    (error) => {
      assert.ok(error instanceof CloudAPIError, String(error));
      return [error.status, error.code];
    },
  );

/** The calls the backend has seen meanwhile, as `METHOD path status`. */
async function callsOf(work) {
  const before = (await backend.calls()).calls.length;
  await work();
  const { calls } = await backend.calls();
  const short = ({ method, path, status }) => `${method} ${path.replace("/assistant-cloud/v1", "")} ${status}`;
  return calls.slice(before).map(short);
}

test("a provider's token is exchanged once, and asked for no more", { timeout }, async () => {
  const { cloud, asked } = signedIn("alice");
  const seen = [];
  const { fetch } = globalThis;
  globalThis.fetch = async (...args) => {
    const request = new Request(...args);
    const response = await fetch(request);
    seen.push([request.headers.get("authorization"), response.headers.get("authorization")]);
    return response;
  };
  try {
    await cloud.threads.list();
    await cloud.threads.list();
    await cloud.threads.list();
  } finally {
    globalThis.fetch = fetch;
  }
  assert.equal(asked.times, 1);
  const [[first, rotated], [second, none], [third]] = seen;
  assert.notEqual(first, rotated);
  assert.match(rotated, /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  assert.deepEqual([second, third, none], [rotated, rotated, null]);
});

test("an error's answer rotates the token too", { timeout }, async () => {
  const { cloud, asked } = signedIn("alice");
  assert.deepEqual(await refusal(cloud.threads.get("thread_0nope")), [404, "Thread not found"]);
  await cloud.threads.list();
  assert.equal(asked.times, 1);
});

test("a token for another audience, of another issuer, or none at all", { timeout }, async () => {
  const { baseUrl } = backend.assistantCloud;
  const withToken = (authToken) => new AssistantCloud({ baseUrl, authToken, telemetry: false }).threads.list();
  const wrong = [403, "No rule fits this token"];
  assert.deepEqual(await refusal(signedIn("alice", { aud: "another-app" }).cloud.threads.list()), wrong);
  assert.deepEqual(await refusal(signedIn("alice", {}).cloud.threads.list()), wrong);
  assert.deepEqual(await refusal(withToken(async () => backend.tokenOf("alice"))), wrong, "issuer");
  const other = await startIssuer();
  const foreign = await other.tokenOf("alice", { aud: audience });
  await other.stop();
  assert.deepEqual(await refusal(withToken(async () => foreign)), wrong);
  const odd = new AssistantCloud({ baseUrl, apiKey: "hello", userId: "a", workspaceId: "a", telemetry: false });
  assert.deepEqual(await refusal(odd.threads.list()), [403, "Unsupported authorization value"]);
});

test("an organisation's members share its threads", { timeout }, async () => {
  const member = (sub, organisation) => signedIn(sub, { aud: "team", org_id: organisation }).cloud;
  const id = await created(member("alice", "acme"));
  assert.deepEqual(idsOf(await member("bob", "acme").threads.list()), [id]);
  assert.deepEqual(idsOf(await member("bob", "other").threads.list()), []);
  assert.equal((await refusal(member("alice", null).threads.list()))[0], 403);
});

test("an anonymous user stays who they are from one client to the next", { timeout }, async () => {
  const items = withStorage();
  const { baseUrl } = backend.assistantCloud;
  const [first, second] = [anonymous(), anonymous()];
  const calls = await callsOf(() => Promise.all([created(first), first.threads.list(), second.threads.list()]));
  const tokens = calls.filter((call) => call.includes("/auth/tokens"));
  assert.deepEqual(tokens, ["POST /auth/tokens/anonymous 200"], "clients of a page share the request");
  const token = readAnonymousRefreshToken(baseUrl);
  assert.match(token, /^refresh_0/);
  const { expires_at: expires } = JSON.parse(items.get(`aui:refresh_token:${baseUrl}`));
  assert.equal(new Date(expires).toISOString(), expires);
  const ids = idsOf(await first.threads.list());
  assert.equal(ids.length, 1);
  const later = await callsOf(async () => assert.deepEqual(idsOf(await anonymous().threads.list()), ids));
  assert.deepEqual(later, ["POST /auth/tokens/refresh 200", "GET /threads 200"]);
  assert.equal(readAnonymousRefreshToken(baseUrl), token, "it is not rotated");
});

test("a refresh that fails for now keeps the user, one that is refused makes another", { timeout }, async () => {
  const items = withStorage();
  const { baseUrl } = backend.assistantCloud;
  const key = `aui:refresh_token:${baseUrl}`;
  await created(anonymous());
  const record = items.get(key);
  await backend.fault("status=429;on=exchange");
  await assert.rejects(anonymous().threads.list());
  assert.equal(items.get(key), record);
  await backend.fault();
  items.set(key, JSON.stringify({ ...JSON.parse(record), token: "refresh_0unknown" }));
  const calls = await callsOf(async () => assert.deepEqual(idsOf(await anonymous().threads.list()), []));
  assert.deepEqual(calls, ["POST /auth/tokens/refresh 403", "POST /auth/tokens/anonymous 200", "GET /threads 200"]);
});

test("without storage everybody is new", { timeout }, async () => {
  const first = anonymous();
  await created(first);
  assert.equal((await first.threads.list()).threads.length, 1);
  assert.deepEqual(idsOf(await anonymous().threads.list()), []);
});

test("a server calls for its users, and makes tokens for their pages", { timeout }, async () => {
  const cloud = server("carol", "carols");
  const id = await created(cloud, { title: "From the server" });
  const { token } = await cloud.auth.tokens.create();
  const { baseUrl } = backend.assistantCloud;
  const page = new AssistantCloud({ baseUrl, authToken: async () => token, telemetry: false });
  const thread = await page.threads.get(id);
  assert.deepEqual([thread.title, thread.workspace_id], ["From the server", "carols"]);
  assert.equal((await refusal(page.auth.tokens.create()))[0], 403);
  assert.equal((await refusal(page.projects.threads.list()))[0], 403);
  await cloud.threads.messages.create(id, { parent_id: null, format: "aui/v0", content: says("hi") });
  const other = server("dave", "daves");
  assert.ok(idsOf(await other.projects.threads.list({ is_archived: false, limit: 100 })).includes(id));
  assert.equal((await other.projects.threads.messages.list(id, { limit: 10 })).messages.length, 1);
  assert.deepEqual(await refusal(other.threads.get(id)), [404, "Thread not found"]);
});

test("threads: made, found, changed, archived, deleted", { timeout }, async () => {
  const { cloud } = signedIn("erin");
  const day = (n) => new Date(Date.UTC(2026, 8, n));
  const ids = [];
  for (let n = 1; n <= 5; n += 1) {
    const more = { last_message_at: day(n), external_id: `own-${n}`, metadata: { n: String(n) } };
    ids.unshift(await created(cloud, more));
  }
  assert.deepEqual(idsOf(await cloud.threads.list()), ids);
  const thread = await cloud.threads.get(ids[0]);
  assert.deepEqual(
    [thread.title, thread.external_id, thread.metadata, thread.last_message_at, thread.workspace_id],
    ["", "own-5", { n: "5" }, day(5), "erin"],
  );
  const page = await cloud.threads.list({ limit: 2 });
  assert.deepEqual(idsOf(page), ids.slice(0, 2));
  assert.deepEqual(idsOf(await cloud.threads.list({ after: page.threads[1].id })), ids.slice(2));
  await cloud.threads.update(ids[1], { title: "Kept", is_archived: true, metadata: null });
  assert.deepEqual(idsOf(await cloud.threads.list({ is_archived: true })), [ids[1]]);
  assert.deepEqual(idsOf(await cloud.threads.list({ is_archived: false })), [ids[0], ...ids.slice(2)]);
  const archived = await cloud.threads.get(ids[1]);
  assert.deepEqual([archived.title, archived.metadata, archived.is_archived], ["Kept", null, true]);
  await cloud.threads.update(ids[1], { is_archived: false });
  assert.deepEqual(idsOf(await cloud.threads.list()), ids);
  await cloud.threads.delete(ids[0]);
  assert.deepEqual(await refusal(cloud.threads.get(ids[0])), [404, "Thread not found"]);
  assert.equal((await refusal(created(cloud, { external_id: "own-1" })))[0], 409);
});

test("whoever signs in claims the threads from before", { timeout }, async () => {
  withStorage();
  const before = anonymous();
  const id = await created(before);
  const { message_id: message } = await before.threads.messages.create(id, {
    parent_id: null,
    format: "aui/v0",
    content: says("before"),
  });
  const token = { refresh_token: readAnonymousRefreshToken(backend.assistantCloud.baseUrl) };
  const { cloud } = signedIn("frank");
  assert.deepEqual(await cloud.threads.claim(token), { moved: 1 });
  assert.deepEqual(idsOf(await cloud.threads.list()), [id]);
  const { messages } = await cloud.threads.messages.list(id);
  assert.deepEqual(
    messages.map((row) => row.id),
    [message],
  );
  assert.deepEqual(await cloud.threads.claim(token), { moved: 0 });
  assert.deepEqual(idsOf(await before.threads.list()), []);
  assert.equal((await refusal(before.threads.claim(token)))[0], 403);
  assert.equal((await refusal(cloud.threads.claim({ refresh_token: "refresh_0unknown" })))[0], 403);
});

test("a history of 450 messages comes back in order", { timeout }, async () => {
  const { cloud } = signedIn("grace");
  const id = await created(cloud, { title: "Long" });
  const persistence = new CloudMessagePersistence(cloud);
  const locals = Array.from({ length: 450 }, (_, n) => `local-${n}`);
  // All at once: those whose parent is on its way wait for it.
  const append = (local, n) => persistence.append(id, local, locals[n - 1] ?? null, "aui/v0", says(`message ${n}`));
  await Promise.all(locals.map(append));
  const fresh = new CloudMessagePersistence(cloud);
  let rows = [];
  const calls = await callsOf(async () => void (rows = await fresh.load(id, "aui/v0")));
  assert.equal(calls.length, 3, "pages of 200");
  rows.reverse();
  assert.deepEqual(
    rows.map(({ content }) => content.content[0].text),
    locals.map((_, n) => `message ${n}`),
  );
  assert.deepEqual(
    rows.map(({ height, parent_id: parent }) => [height, parent]),
    rows.map((_, n) => [n, rows[n - 1]?.id ?? null]),
  );
  assert.ok(fresh.isPersisted(rows[0].id));
  await persistence.update(id, "local-7", "aui/v0", says("edited"));
  const remote = await persistence.getRemoteId("local-7");
  const edited = (await fresh.load(id)).find((row) => row.id === remote);
  assert.deepEqual(edited.content, says("edited"));
});

test("the AI SDK's messages come back as they were, and those of another format converted", { timeout }, async () => {
  const { cloud } = signedIn("heidi");
  const id = await created(cloud, { title: "Formats" });
  const { message_id: first } = await cloud.threads.messages.create(id, {
    parent_id: null,
    format: "aui/v0",
    content: says("an older one"),
  });
  const formatted = createFormattedPersistence(new CloudMessagePersistence(cloud), aiSDKV6FormatAdapter);
  const tool = { type: "tool-add", toolCallId: "c", state: "output-available", input: { a: 1 }, output: 0 };
  const question = { id: "q", role: "user", parts: [{ type: "text", text: "How much?" }] };
  const answer = { id: "a", role: "assistant", parts: [tool, { type: "text", text: "Nothing" }], metadata: { n: 1 } };
  await formatted.append(id, { parentId: first, message: question });
  await formatted.append(id, { parentId: "q", message: answer });
  await formatted.update(id, { parentId: "q", message: { ...answer, metadata: { n: 2 } } }, "a");
  const fresh = createFormattedPersistence(new CloudMessagePersistence(cloud), aiSDKV6FormatAdapter);
  const { messages } = await fresh.load(id);
  const [older, asked, answered] = messages.map(({ message }) => message);
  assert.deepEqual(older, { id: first, role: "user", parts: [{ type: "text", text: "an older one" }] });
  assert.deepEqual({ ...asked, id: "q" }, question);
  assert.deepEqual({ ...answered, id: "a" }, { ...answer, metadata: { n: 2 } });
  assert.deepEqual(
    messages.map(({ parentId }) => parentId),
    [null, older.id, asked.id],
  );
});

test("feedback and scores", { timeout }, async () => {
  const { cloud } = signedIn("ivan");
  const thread_id = await created(cloud, { title: "Judged" });
  const content = says("hi", "assistant");
  const { message_id } = await cloud.threads.messages.create(thread_id, { parent_id: null, format: "aui/v0", content });
  const { feedback } = cloud.threads.messages;
  const judge = (body) => feedback.call(cloud.threads.messages, thread_id, message_id, body);
  const first = await judge({ type: "positive" });
  assert.deepEqual([first.type, first.comment], ["positive", null]);
  const again = await judge({ type: "negative", comment: " wrong " });
  assert.deepEqual(again, { feedback_id: first.feedback_id, type: "negative", comment: "wrong" });
  const score = await cloud.scores.create({ name: "solved", data_type: "boolean", value: true, thread_id });
  assert.deepEqual([score.name, score.value, score.string_value], ["solved", 1, null]);
  const named = { name: "mood", data_type: "categorical", string_value: "fine", thread_id, message_id };
  assert.equal((await cloud.scores.create(named)).string_value, "fine");
  const [status, code] = await refusal(cloud.scores.create({ name: "x", data_type: "numeric", value: 1 }));
  assert.deepEqual([status, code], [400, "Schema validation error"]);
});

test("runs: a title, and a report", { timeout }, async () => {
  const { cloud } = signedIn("judy");
  const threadId = await created(cloud);
  const messages = [says("What is the capital of Portugal, and why?")];
  assert.equal(await generateThreadTitle(cloud, { threadId, messages }), "What is the capital of Portugal,");
  assert.equal((await cloud.threads.get(threadId)).title, "What is the capital of Portugal,");
  await cloud.threads.update(threadId, { title: "Iberia" });
  assert.equal(await generateThreadTitle(cloud, { threadId, messages }), "Iberia", "one that is there stays");
  const empty = await created(cloud);
  assert.equal(await generateThreadTitle(cloud, { threadId: empty, messages: [] }), null);
  const report = createRunReport({ threadId, status: "completed", usage: { inputTokens: 1, outputTokens: 2 } });
  assert.match((await cloud.runs.report(report)).run_id, /^run_0/);
  const nowhere = createRunReport({ threadId: "thread_0nope", status: "completed" });
  assert.deepEqual(await refusal(cloud.runs.report(nowhere)), [404, "Thread not found"]);
});

test("a thread that nobody has named gets a title by itself", { timeout }, async () => {
  const { cloud } = signedIn("kim");
  const id = await created(cloud);
  await cloud.threads.messages.create(id, { parent_id: null, format: "aui/v0", content: says("Where is Lisbon?") });
  let title = "";
  while (title === "") ({ title } = await cloud.threads.get(id));
  assert.equal(title, "Where is Lisbon?");
});

test("files go up to a signed address and come down from one", { timeout }, async () => {
  const { cloud } = signedIn("leo");
  const up = await cloud.files.generatePresignedUploadUrl({ filename: "notes.txt" });
  assert.equal(up.success, true);
  const headers = { "content-type": "text/plain" };
  const body = "some notes";
  assert.equal((await fetch(up.signedUrl, { method: "PUT", headers, body })).status, 200);
  assert.equal((await fetch(up.publicUrl)).status, 403, "files are private");
  for (const by of [{ key: up.key }, { url: up.publicUrl }]) {
    const down = await cloud.files.generatePresignedDownloadUrl(by);
    const response = await fetch(down.signedUrl);
    assert.deepEqual([response.headers.get("content-type"), await response.text()], ["text/plain", body]);
  }
  const other = signedIn("mallory").cloud;
  assert.equal((await refusal(other.files.generatePresignedDownloadUrl({ key: up.key })))[0], 404);
  const pdf = await cloud.files.pdfToImages({ file_url: "https://files.example/a.pdf" });
  assert.deepEqual([pdf.success, pdf.urls], [false, []]);
});

test("events are taken in batches", { timeout }, async () => {
  const { baseUrl } = backend.assistantCloud;
  const authToken = () => issuer.tokenOf("nina", { aud: audience });
  const cloud = new AssistantCloud({ baseUrl, authToken, telemetry: { events: true } });
  const events = async () => {
    const { calls } = await backend.calls();
    return calls.filter(({ path, user }) => path.endsWith("/v1/events") && user === "nina");
  };
  for (let n = 0; n < 20; n += 1) cloud.events.track({ kind: "message_copied", value: n });
  cloud.events.track({ kind: "message_edited" });
  cloud.events.dispose();
  let seen = [];
  while (seen.filter(({ status }) => status !== null).length < 2) seen = await events();
  assert.deepEqual(
    seen.map(({ status }) => status),
    [202, 202],
  );
});

test("what is refused says why", { timeout }, async () => {
  const { cloud } = signedIn("oscar");
  const wrong = /** @type {any} */ ({ last_message_at: "yesterday", odd: true });
  const error = await cloud.threads.create(wrong).catch((reason) => reason);
  assert.deepEqual([error.status, error.code], [400, "Schema validation error"]);
  assert.deepEqual(
    error.details.details.map(({ path }) => path),
    ["last_message_at", "odd"],
  );
  await backend.fault("status=402;times=1");
  const limit = await cloud.threads.list().catch((reason) => reason);
  assert.deepEqual([limit.status, limit.code, limit.details.plan], [402, "plan_limit_reached", "free"]);
  await backend.fault("status=429;times=1");
  assert.deepEqual(await refusal(cloud.threads.list()), [429, "rate_limited"]);
  await backend.fault();
  await backend.revoke();
  assert.deepEqual(await refusal(cloud.threads.list()), [401, "Invalid token"], "it has a token of ours by now");
});
