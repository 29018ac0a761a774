/** What the tutorial's script shows, through our client in a page: two users, and what each of them sees. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EventSchemas } from "@ag-ui/core/schemas";
import { makeLab, timeout, words } from "./support/lab.mjs";
import { servers } from "./support/servers.mjs";

for (const [title, startServer] of Object.entries(servers)) {
  describe(title, () => {
    const lab = makeLab(startServer);

    test("a thread of the first user is not found for the second, and nobody sends nothing", { timeout }, async (t) => {
      const page = await lab.page(t);
      const script = async ({ given, names }) => {
        const { clientOf, codeOf, person, signInOf } = await import("/inside.mjs");
        const [one, two] = [await person(given, names[0]), await person(given, names[1])];
        const created = await one.client.threads.create({ metadata: { title: "mine" } });
        const seen = await one.client.threads.get(created.id);
        const nobody = clientOf(given, signInOf(given, "nobody"));
        const idsOf = async ({ client }) => (await client.threads.list()).items.map(({ id }) => id);
        return {
          same: seen.id === created.id,
          title: seen.title,
          lists: [(await idsOf(one)).includes(created.id), (await idsOf(two)).includes(created.id)],
          two: [
            await codeOf(two.client.threads.get(created.id)),
            await codeOf(two.client.threads.update(created.id, { metadata: { title: "yours" } })),
            await codeOf(two.client.runs.list(created.id)),
          ],
          nobody: await codeOf(nobody.threads.get(created.id)),
          nobodyRuns: await codeOf(nobody.runs.stream(created.id, "hello").result()),
        };
      };
      const told = await page.evaluate(script, { given: lab.given, names: [lab.name(), lab.name()] });
      assert.deepEqual(told, {
        same: true,
        title: "mine",
        lists: [true, false],
        two: ["api/not-found", "api/not-found", "api/not-found"],
        nobody: "auth/not-signed-in",
        nobodyRuns: "auth/not-signed-in",
      });
      const without = lab.proxy.passed.filter(({ headers }) => !/^Bearer \S+$/.test(headers.authorization ?? ""));
      assert.deepEqual(without, [], "the server has seen no request without a token");
      assert.ok(lab.proxy.passed.every(({ headers }) => !("x-auth-scheme" in headers)));
    });

    test("a run streams its answer, and each of its events is AG-UI's", { timeout }, async (t) => {
      const page = await lab.page(t);
      const script = async ({ given, name }) => {
        const { person, take } = await import("/inside.mjs");
        const { client } = await person(given, name);
        const run = client.runs.stream(null, "slow 5 20");
        const taken = await take(run);
        const threadId = await run.threadId();
        const { status } = await client.runs.get(threadId, await run.runId());
        const { values } = await client.threads.state(threadId);
        const again = await take(client.runs.stream(threadId, "hello again"));
        return { ...taken, status, inState: values.messages.at(-1).content, again };
      };
      const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
      assert.equal(told.text, words(5));
      assert.equal(told.inState, words(5));
      assert.equal(told.again.text, "You said: hello again");
      assert.equal(told.status, "success");
      assert.equal(told.result.value?.outcome, "finished");
      const refused = [...told.events, ...told.again.events].filter((event) => !EventSchemas.safeParse(event).success);
      assert.deepEqual(refused, []);
      const types = told.events.map(({ type }) => type);
      assert.deepEqual([types[0], types.at(-1)], ["RUN_STARTED", "RUN_FINISHED"]);
      assert.ok(types.includes("STATE_SNAPSHOT"));
    });

    test("a run that fails says so, streamed and waited for", { timeout }, async (t) => {
      const page = await lab.page(t);
      const script = async ({ given, name }) => {
        const { codeOf, person, take } = await import("/inside.mjs");
        const { client } = await person(given, name);
        const { events, result, failure } = await take(client.runs.stream(null, "fail"));
        const { id } = await client.threads.create();
        const input = { messages: [{ role: "user", content: "fail" }] };
        const waited = await codeOf(client.runs.wait(id, { input }));
        return { last: events.at(-1), result, failure, waited };
      };
      const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
      assert.equal(told.last.type, "RUN_ERROR");
      assert.match(told.last.message, /the graph failed on purpose/);
      assert.deepEqual([told.failure, told.result, told.waited], [undefined, "run/failed", "run/failed"]);
    });

    test("a run is cancelled once", { timeout }, async (t) => {
      const page = await lab.page(t);
      const script = async ({ given, name }) => {
        const { person, take, until } = await import("/inside.mjs");
        const { client } = await person(given, name);
        const run = client.runs.stream(null, "slow 400 100");
        let cancelled;
        const taken = await take(run, (_event, text) => {
          if (text) cancelled ??= run.cancel();
        });
        const [threadId, runId] = [await run.threadId(), await run.runId()];
        const status = await until("the end of the run", async () => {
          const { status } = await client.runs.get(threadId, runId);
          return !/^(pending|running)$/.test(status) && status;
        });
        const again = await client.runs.cancel(threadId, runId);
        return { cancelled: await cancelled, again, status, whole: taken.text.includes("word-400") };
      };
      const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
      assert.deepEqual(told, {
        cancelled: { cancelled: true },
        again: { cancelled: false },
        status: "interrupted",
        whole: false,
      });
    });

    test("a run that asks for an approval goes on with the answer", { timeout }, async (t) => {
      const page = await lab.page(t);
      const script = async ({ given, name }) => {
        const { person, take } = await import("/inside.mjs");
        const { client } = await person(given, name);
        const run = client.runs.stream(null, "interrupt here");
        const asked = await take(run);
        const threadId = await run.threadId();
        const { status } = (await client.threads.get(threadId)).raw;
        const answered = await take(client.runs.stream(threadId, { command: { resume: "go ahead" } }));
        return { outcome: asked.events.at(-1).outcome, asked: asked.result.value, status, text: answered.text };
      };
      const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
      assert.equal(told.outcome.type, "interrupt");
      assert.deepEqual(told.outcome.interrupts[0].metadata.value, { question: "May I go on?" });
      assert.equal(told.asked.outcome, "awaiting-input");
      assert.equal(told.status, "interrupted");
      assert.equal(told.text, "You said: go ahead");
    });

    // The local backend has no such breakpoints.
    if (title !== "LangGraph's server") return;
    test("a run that stops at a breakpoint goes on without an answer", { timeout }, async (t) => {
      const page = await lab.page(t);
      const script = async ({ given, name }) => {
        const { person, take } = await import("/inside.mjs");
        const { client } = await person(given, name);
        const input = { messages: [{ role: "user", content: "hello" }] };
        const run = client.runs.stream(null, { input, interrupt_before: ["echo"] });
        const stopped = await take(run);
        const went = await take(client.runs.stream(await run.threadId(), { input: null }));
        return { outcome: stopped.events.at(-1).outcome, results: [stopped.result.value, went.result.value], went };
      };
      const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
      const [{ id, ...stop }] = told.outcome.interrupts;
      assert.deepEqual([told.outcome.type, stop], ["interrupt", { reason: "breakpoint", metadata: { node: "echo" } }]);
      assert.ok(id);
      assert.deepEqual(
        told.results.map(({ outcome }) => outcome),
        ["awaiting-input", "finished"],
      );
      assert.equal(told.went.text, "You said: hello");
    });
  });
}
