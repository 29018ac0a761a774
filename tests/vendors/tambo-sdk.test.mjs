/** `@tambo-ai/typescript-sdk`, as it is published, at the local backend: by itself, and with our identity. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import TamboAI from "@tambo-ai/typescript-sdk";
import { createClient } from "threadpass";
import { startBackend } from "./support/backend.mjs";
import { bySdk, byUs, collect, normalised, say, statusOf, walk } from "./support/walk.mjs";

const timeout = 120_000;

/** @type {Awaited<ReturnType<typeof startBackend>>} */
let backend;
before(async () => void (backend = await startBackend()));
after(() => backend.stop());

/** Exchanges somebody's token as the vendor's client does it. */
async function exchange(subject) {
  const sdk = new TamboAI({ baseURL: backend.url, apiKey: backend.apiKey });
  return sdk.beta.auth.getToken({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: subject,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
  });
}

/** The vendor's client as somebody. */
async function signedIn(sub) {
  const { access_token: bearer } = await exchange(backend.tokenOf(sub));
  return new TamboAI({ baseURL: backend.url, apiKey: backend.apiKey, bearer });
}

/** Our client as somebody. */
const ourClient = (sub, onWarning) =>
  createClient({
    backend: "tambo",
    apiKey: backend.apiKey,
    baseUrl: backend.url,
    userToken: () => backend.tokenOf(sub),
    subjectTokenType: "id_token",
    onWarning,
  });

/** The vendor's client with the identity of ours: no bearer, no key, and what it would say of both is replaced. */
const throughUs = (client) =>
  new TamboAI({ baseURL: backend.url, apiKey: "none", bearer: "none", fetch: (url, init) => client.fetch(url, init) });

test("the vendor's client exchanges a token, and a forged one is refused", { timeout }, async () => {
  const token = await exchange(backend.tokenOf("alice"));
  assert.equal(token.token_type, "Bearer");
  assert.ok(token.access_token && token.expires_in > 0 && token.expires_in <= 3_600);
  assert.equal(await statusOf(exchange(backend.tokenOf("alice", "another secret of somebody else"))), 401);
  assert.equal(await statusOf(exchange("")), 400);
});

test("the vendor's client does everything", { timeout }, async () => {
  const told = await walk(bySdk(await signedIn("sdk")));
  assert.equal(told.created.metadata.topic, "walk");
  assert.equal(told.renamed.name, "A walk");
  assert.deepEqual([told.got.id, told.got.name], [told.created.id, "A walk"]);

  const types = told.first.map(({ type }) => type);
  assert.deepEqual([types[0], types[1], types.at(-1)], ["RUN_STARTED", "TEXT_MESSAGE_START", "RUN_FINISHED"]);
  const text = told.first.map(({ delta }) => delta ?? "").join("");
  assert.ok(text.length > 10);
  assert.ok(
    told.second.some(({ delta }) => delta?.includes("\u2028")),
    "U+2028 is a character like any other",
  );
  assert.equal(told.failed.at(-1).type, "RUN_ERROR");

  const roles = told.messages.map(({ role }) => role);
  assert.deepEqual(roles.slice(0, 4), ["user", "assistant", "user", "assistant"]);
  assert.equal(told.messages[1].content[0].text, text);
  assert.deepEqual(told.newestFirst, told.messages.map(({ id }) => id).reverse());
  assert.deepEqual(told.message, told.messages[0]);
  assert.deepEqual(
    told.list.map(({ id }) => id),
    [told.first[0].threadId, told.created.id],
    "newest first, page by page",
  );
  assert.deepEqual(told.cancelled, { cancelled: true, last: "RUN_ERROR" });
  assert.deepEqual([told.gone, told.goneAgain, told.unknown, told.noMessage], [403, 403, 403, 404]);
  assert.deepEqual(
    told.left.map(({ id }) => id),
    [told.first[0].threadId],
  );
});

test("with our identity, and with our own calls, the same comes of it", { timeout }, async () => {
  const alone = normalised(await walk(bySdk(await signedIn("one"))));
  const [two, three] = [ourClient("two"), ourClient("three")];
  try {
    const told = { through: normalised(await walk(bySdk(throughUs(two)))), ours: normalised(await walk(byUs(three))) };
    // What the threads say of their user is all that may differ.
    const as = (user, told) => JSON.parse(JSON.stringify(told).replaceAll(`:${user}"`, ':somebody"'));
    assert.deepEqual(as("two", told.through), as("one", alone));
    assert.deepEqual(as("three", told.ours), as("one", alone));
    assert.equal(two.auth.getSnapshot().user.id, "two");
  } finally {
    two.dispose();
    three.dispose();
  }
});

test("a userKey does the same for both", { timeout }, async () => {
  const sdk = new TamboAI({ baseURL: backend.url, apiKey: backend.apiKey });
  const alone = normalised(await walk(bySdk(sdk, { userKey: "key-one" })));
  const client = createClient({ backend: "tambo", apiKey: backend.apiKey, baseUrl: backend.url, userKey: "key-two" });
  try {
    const ours = normalised(await walk(byUs(client)));
    assert.deepEqual(JSON.parse(JSON.stringify(ours).replaceAll("key-two", "key-one")), alone);
  } finally {
    client.dispose();
  }
});

test("nobody sees another one's threads, whichever client asks", { timeout }, async () => {
  const alice = await signedIn("alice");
  const bob = ourClient("bob");
  try {
    const { id } = await alice.threads.create({});
    assert.equal(await statusOf(bob.threads.get(id)), 403);
    assert.equal(await statusOf(throughUs(bob).threads.retrieve(id)), 403);
    assert.equal(await statusOf(bob.runs.stream(id, "hello").result()), 403);
    assert.equal(await statusOf(throughUs(bob).threads.delete(id)), 403);
    assert.deepEqual((await throughUs(bob).threads.list()).threads, []);
    assert.equal((await alice.threads.retrieve(id)).id, id);
  } finally {
    bob.dispose();
  }
});

test("revoked tokens end the vendor's client, and go unnoticed with ours", { timeout }, async () => {
  const warnings = [];
  const sdk = await signedIn("carol");
  const client = ourClient("carol", ({ code }) => warnings.push(code));
  const through = throughUs(client);
  try {
    const { id } = await through.threads.create({});
    const before = (await backend.calls()).totals.exchanges;
    await backend.revoke();
    assert.equal(await statusOf(sdk.threads.list()), 401);
    // The subject token of the next second is another one, as a provider's would be.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const calls = [
      through.threads.retrieve(id),
      through.threads.list(),
      client.threads.get(id),
      collect(bySdk(through).run(id, "hello")),
    ];
    const [thread, list, ours, events] = await Promise.all(calls);
    assert.deepEqual([thread.id, list.threads.length, ours.id], [id, 1, id]);
    assert.equal(events.at(-1).type, "RUN_FINISHED");
    assert.equal((await backend.calls()).totals.exchanges, before + 1, "all of them by one exchange");
    assert.deepEqual(warnings, []);
  } finally {
    client.dispose();
  }
});

test("a long conversation is iterated without gaps and repetitions", { timeout }, async () => {
  const client = ourClient("dave");
  try {
    const initialMessages = Array.from({ length: 11 }, (_, n) => ({
      role: n % 2 ? "assistant" : "user",
      content: [{ type: "text", text: `message ${n}` }],
    }));
    const { id } = await client.threads.create({ initialMessages });
    const { messages } = await (await signedIn("dave")).threads.retrieve(id);
    const ids = messages.map(({ id }) => id);
    assert.equal(ids.length, 11);
    for (const order of /** @type {const} */ (["asc", "desc"])) {
      const seen = [];
      for await (const message of client.messages.list(id, { limit: 3, order })) seen.push(message.id);
      assert.deepEqual(seen, order === "asc" ? ids : ids.toReversed(), order);
    }
  } finally {
    client.dispose();
  }
});

test("a run that the vendor's client stops reading is cancelled, with our fetch too", { timeout }, async () => {
  const client = ourClient("erin");
  try {
    for (const sdk of [await signedIn("erin"), throughUs(client)]) {
      let threadId;
      for await (const event of await sdk.threads.runs.create(say("slow 60"))) {
        threadId ??= event.threadId;
        if (event.type === "TEXT_MESSAGE_CONTENT") break;
      }
      for (const end = Date.now() + 60_000; ;) {
        const { runStatus, lastRunCancelled } = await sdk.threads.retrieve(threadId);
        if (runStatus === "idle" && lastRunCancelled) break;
        assert.ok(Date.now() < end, "the run goes on although nobody listens");
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  } finally {
    client.dispose();
  }
});

test("the vendor's client without our fetch takes headers() and peekToken()", { timeout }, async () => {
  const client = ourClient("alice");
  try {
    const thread = await client.threads.create({ metadata: { topic: "headers" } });
    const defaultHeaders = await client.auth.headers();
    const peeked = { apiKey: backend.apiKey, bearer: client.auth.peekToken() };
    for (const identity of [{ apiKey: "none", bearer: "none", defaultHeaders }, peeked]) {
      const sdk = new TamboAI({ baseURL: backend.url, ...identity });
      assert.equal((await sdk.threads.retrieve(thread.id)).id, thread.id);
    }
    const nobody = new TamboAI({ baseURL: backend.url, apiKey: backend.apiKey, bearer: "none" });
    assert.equal(await statusOf(nobody.threads.retrieve(thread.id)), 401);
  } finally {
    client.dispose();
  }
});
