/** An app's server: an API key, in Node, and the tokens that it makes for pages. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createClient } from "threadpass";
import { countOf, makeLab, timeout } from "./support/lab.mjs";

describe("an app's server", () => {
  const lab = makeLab();

  const clientOf = (t, who) => {
    const { apiKey } = lab.cloud;
    const client = createClient({ backend: "assistant-cloud", baseUrl: lab.baseUrl, apiKey, ...who });
    t.after(() => client.dispose());
    return client;
  };

  test("works with everything of a user", { timeout }, async (t) => {
    lab.fresh();
    const client = clientOf(t, { userId: "ada", workspaceId: "org_1" });
    const { id } = await client.threads.create({ title: "Rome", external_id: "app-1" });
    const content = { role: "user", content: [{ type: "text", text: "hello" }] };
    const { id: messageId } = await client.messages.create(id, { parent_id: null, format: "aui/v0", content });
    const { items } = await client.messages.list(id);
    assert.deepEqual(
      items.map((message) => [message.id, message.role, message.raw.height]),
      [[messageId, "user", 0]],
    );
    const all = [];
    for await (const thread of client.projects.threads.list()) all.push(thread.id);
    assert.deepEqual(all, [id]);
    assert.ok(lab.proxy.passed.length > 0);
    for (const { headers } of lab.proxy.passed) {
      const { authorization, "aui-user-id": userId, "aui-workspace-id": workspaceId } = headers;
      assert.deepEqual([authorization, userId, workspaceId], [`Bearer ${lab.cloud.apiKey}`, "ada", "org_1"]);
    }
    const elsewhere = clientOf(t, { userId: "ada", workspaceId: "org_2" });
    await assert.rejects(elsewhere.threads.get(id), { code: "api/not-found" });
  });

  test("makes tokens for its pages", { timeout }, async (t) => {
    lab.fresh();
    const server = clientOf(t, { userId: "grace", workspaceId: "grace" });
    const { id } = await server.threads.create();
    const page = await lab.page(t);
    await page.exposeFunction("endpoint", async () => (await server.auth.tokens.create()).token);
    const seen = await page.evaluate(async (baseUrl) => {
      const { createClient } = await import("threadpass");
      const { idsOf } = await import("/inside.mjs");
      const client = createClient({ backend: "assistant-cloud", baseUrl, authToken: () => globalThis.endpoint() });
      return { threads: await idsOf(client), user: client.auth.getSnapshot().user.id };
    }, lab.baseUrl);
    assert.deepEqual(seen, { threads: [id], user: "grace" });
    assert.equal(countOf(lab, "POST /auth/tokens"), 1);
  });

  test("keeps its key: in a page it is refused, and nothing is sent", { timeout }, async (t) => {
    lab.fresh();
    const page = await lab.page(t);
    const refused = await page.evaluate(async (baseUrl) => {
      const { createClient } = await import("threadpass");
      const { codeOf } = await import("/inside.mjs");
      const who = { apiKey: "no-real-key", userId: "ada", workspaceId: "ada" };
      const call = async () =>
        createClient({ backend: "assistant-cloud", baseUrl, onWarning() {}, ...who }).threads.list();
      return codeOf(call());
    }, lab.baseUrl);
    assert.equal(refused, "config/secret-in-browser");
    assert.equal(lab.proxy.passed.length, 0);
  });
});
