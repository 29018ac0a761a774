/** A long chat: a thousand messages, written by an app's server and read by the user's browser. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createClient } from "threadpass";
import { openHistory } from "threadpass/assistant-cloud";
import { makeLab, timeout } from "./support/lab.mjs";

const count = 1_000;
const pageSize = 200;

const textAt = (index) => `message ${index} of ${count}`;
const localAt = (index) => `local-${index}`;

/** Writes them one by one as that user, as an app's server does. */
async function write({ direct, cloud }, user, threadId) {
  const { apiKey } = cloud;
  const client = createClient({
    backend: "assistant-cloud",
    ...{ baseUrl: direct, apiKey, userId: user, workspaceId: user },
  });
  const history = openHistory(client, threadId, { format: "ai-sdk/v6" });
  for (let index = 0; index < count; index++) {
    const parts = [{ type: "text", text: textAt(index) }];
    const message = { id: localAt(index), role: index % 2 ? "assistant" : "user", parts };
    await history.append({ parentId: index ? localAt(index - 1) : null, message });
  }
  client.dispose();
}

describe("a long chat", () => {
  const lab = makeLab();

  test("a thousand messages come back in order, newest first and oldest first", { timeout }, async (t) => {
    const page = await lab.page(t);
    const { thread, user } = await page.evaluate(async (baseUrl) => {
      const { anonymous } = await import("/inside.mjs");
      globalThis.client = anonymous(baseUrl);
      const { id } = await globalThis.client.threads.create();
      return { thread: id, user: globalThis.client.auth.getSnapshot().user.id };
    }, lab.baseUrl);
    await write(lab, user, thread);
    const expected = Array.from({ length: count }, (_, index) => textAt(index));

    const queries = () =>
      lab.proxy.passed.map(({ path }) =>
        [...new URL(path, lab.direct).searchParams].filter(([name]) => name !== "after"),
      );
    lab.fresh();
    const loaded = await page.evaluate(async (id) => {
      const { openHistory, textOf } = await import("/inside.mjs");
      const { messages } = await openHistory(globalThis.client, id, { format: "ai-sdk/v6" }).load();
      const parents = messages.map(({ parentId }, index) => parentId === (messages[index - 1]?.message.id ?? null));
      return { texts: messages.map(textOf), isChain: parents.every(Boolean) };
    }, thread);
    assert.deepEqual(loaded.texts, expected);
    assert.equal(loaded.isChain, true, "each is the child of the one before");
    // The last page is full, so that only an empty one says that it was the last.
    const pages = count / pageSize + 1;
    const query = [
      ["format", "ai-sdk/v6"],
      ["limit", String(pageSize)],
    ];
    assert.deepEqual(
      queries().map((one) => one.sort()),
      Array(pages).fill(query),
    );

    lab.fresh();
    const listed = await page.evaluate(async (id) => {
      const rows = [];
      for await (const { raw } of globalThis.client.messages.list(id))
        rows.push([raw.height, raw.content.parts[0].text]);
      return rows;
    }, thread);
    assert.deepEqual(listed, expected.map((text, height) => [height, text]).reverse());
    assert.ok(lab.proxy.passed.length <= pages, `${lab.proxy.passed.length} requests`);
  });
});
