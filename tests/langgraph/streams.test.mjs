/** Streams whose connection or token does not last. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { makeLab, timeout, words } from "./support/lab.mjs";
import { servers } from "./support/servers.mjs";

const creation = /^POST \/threads\/[^/]+\/runs\/stream$/;
const join = /^GET \/threads\/[^/]+\/runs\/[^/]+\/stream/;
const stream = /\/runs\/(.+\/)?stream/;

/** The cursor of each event that the server has sent, without those that came from no stream. */
const isAscending = (ids) =>
  ids.every((id, index) => index === 0 || Number(ids[index - 1].replace("-", ".")) < Number(id.replace("-", ".")));

for (const [title, startServer] of Object.entries(servers)) {
  describe(title, () => {
    const lab = makeLab(startServer);

    test(
      "a connection cut in the middle of a resumable run is resumed with no gap and no repeat",
      { timeout },
      async (t) => {
        const page = await lab.page(t);
        const before = lab.proxy.passed.length;
        await page.exposeFunction("cut", () => lab.proxy.cut(stream));
        const script = async ({ given, name }) => {
          const { person, take } = await import("/inside.mjs");
          const { client } = await person(given, name);
          const ids = new Set();
          let cuts = 0;
          const taken = await take(client.runs.stream(null, "slow 40 50"), async ({ raw }, text) => {
            if (raw?.id) ids.add(raw.id);
            const at = ["word-10 ", "word-25 "][cuts];
            if (!at || !text.includes(at)) return;
            cuts += 1;
            await globalThis.cut();
          });
          return { ...taken, ids: [...ids], cuts };
        };
        const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
        assert.equal(told.text, words(40));
        assert.equal(told.cuts, 2);
        assert.equal(told.failure, undefined);
        assert.equal(told.result.value?.outcome, "finished");
        const deltas = told.events.filter(({ type }) => type === "TEXT_MESSAGE_CONTENT").map(({ delta }) => delta);
        assert.equal(deltas.join(""), words(40), "each piece once");
        const asked = lab.proxy.passed
          .slice(before)
          .map(({ method, path, headers }) => ({ at: `${method} ${path}`, headers }));
        assert.equal(asked.filter(({ at }) => creation.test(at)).length, 1);
        const joins = asked.filter(({ at }) => join.test(at));
        assert.ok(joins.length >= 2, "it was joined again after each cut");
        for (const { headers } of joins) assert.match(headers["last-event-id"] ?? "", /^\S+$/);
        assert.ok(isAscending(told.ids), `${told.ids}`);
      },
    );

    test("a run that is not resumable is whole at the end although its connection was cut", { timeout }, async (t) => {
      const page = await lab.page(t);
      await page.exposeFunction("cut", () => {
        let refused = 0;
        // Nobody gets through for some while, so that something is missed for certain.
        lab.proxy.rule(({ path }) => (stream.test(path) && ++refused <= 2 ? "refuse" : undefined));
        lab.proxy.cut(stream);
      });
      t.after(() => lab.proxy.rule());
      const script = async ({ given, name }) => {
        const { person, take } = await import("/inside.mjs");
        const { client } = await person(given, name);
        const input = { messages: [{ role: "user", content: "slow 60 80" }] };
        let isCut = false;
        const ids = [];
        const run = client.runs.stream(null, { input, stream_resumable: false });
        const taken = await take(run, async ({ raw }, text) => {
          if (raw?.id) ids.push(raw.id);
          if (isCut || !text.includes("word-5 ")) return;
          isCut = true;
          await globalThis.cut();
        });
        return { ...taken, ids, isCut };
      };
      const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
      assert.ok(told.isCut);
      assert.deepEqual(told.ids, [], "there was nothing to resume with");
      assert.equal(told.text, words(60));
      assert.equal(told.result.value?.outcome, "finished");
      const { messages } = told.events.findLast(({ type }) => type === "MESSAGES_SNAPSHOT");
      assert.equal(messages.at(-1).content, words(60));
    });

    test(
      "a run that is not resumable and ends while nobody reads it is completed from the state",
      { timeout },
      async (t) => {
        const page = await lab.page(t);
        t.after(() => lab.proxy.rule());
        await page.exposeFunction("cut", () => {
          // Nobody gets through until the run has ended.
          lab.proxy.rule(async ({ method, path, headers: { authorization = "" } }) => {
            if (!join.test(`${method} ${path}`)) return undefined;
            const run = `${lab.server.url}${path.replace(/\/stream.*$/, "")}`;
            const isOver = async () => {
              const { status } = await (await fetch(run, { headers: { authorization } })).json();
              return status !== "pending" && status !== "running";
            };
            while (!(await isOver())) await pause(100);
            return undefined;
          });
          lab.proxy.cut(stream);
        });
        const script = async ({ given, name }) => {
          const { person, take } = await import("/inside.mjs");
          const { client } = await person(given, name);
          const input = { messages: [{ role: "user", content: "slow 30 50" }] };
          let isCut = false;
          const run = client.runs.stream(null, { input, stream_resumable: false });
          const taken = await take(run, async (_event, text) => {
            if (isCut || !text.includes("word-5 ")) return;
            isCut = true;
            await globalThis.cut();
          });
          return { ...taken, isCut };
        };
        const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
        assert.ok(told.isCut);
        assert.equal(told.text, words(30));
        assert.equal(told.result.value?.outcome, "finished");
      },
    );

    test("two tabs are joined to one run", { timeout }, async (t) => {
      const first = await lab.page(t);
      const second = await lab.page(t, first.context());
      const name = lab.name();
      const entering = async ({ given, name }) => {
        const { person } = await import("/inside.mjs");
        globalThis.mine = await person(given, name);
        await globalThis.mine.client.auth.ready();
      };
      await first.evaluate(entering, { given: lab.given, name });
      const following = async ({ given, name }) => {
        const { clientOf, signInOf } = await import("/inside.mjs");
        // Who is signed in, this tab knows from the other one.
        globalThis.mine = { client: clientOf(given, signInOf(given, name)) };
        await globalThis.mine.client.auth.ready();
      };
      await second.evaluate(following, { given: lab.given, name });
      const starting = async () => {
        const { take } = await import("/inside.mjs");
        const run = globalThis.mine.client.runs.stream(null, "slow 50 80");
        globalThis.taken = take(run);
        return [await run.threadId(), await run.runId()];
      };
      const [threadId, runId] = await first.evaluate(starting);
      const joining = async ({ threadId, runId }) => {
        const { take } = await import("/inside.mjs");
        const { client } = globalThis.mine;
        const { status } = await client.runs.get(threadId, runId);
        const { text, result } = await take(client.runs.joinStream(threadId, runId, { lastEventId: "-1" }));
        return { text, result, status };
      };
      const [joined, started] = await Promise.all([
        second.evaluate(joining, { threadId, runId }),
        first.evaluate(() => globalThis.taken),
      ]);
      assert.match(joined.status, /^(pending|running)$/, "it was still under way");
      assert.deepEqual([joined.text, started.text], [words(50), words(50)]);
      assert.deepEqual([joined.result.value?.outcome, started.result.value?.outcome], ["finished", "finished"]);
    });
  });

  describe(`${title}, with tokens of eight seconds`, () => {
    const lab = makeLab(startServer, { lifetime: 8 });

    test("a stream outlives its token, and what comes after it has a fresh one", { timeout }, async (t) => {
      const page = await lab.page(t);
      const script = async ({ given, name }) => {
        const { person, take } = await import("/inside.mjs");
        const { client } = await person(given, name);
        const run = client.runs.stream(null, "slow 60 200");
        const taken = await take(run);
        const joined = await take(
          client.runs.joinStream(await run.threadId(), await run.runId(), { lastEventId: "-1" }),
        );
        return { ...taken, joined: joined.text, state: client.auth.getSnapshot().status };
      };
      const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
      assert.equal(told.text, words(60));
      assert.equal(told.joined, words(60));
      assert.equal(told.state, "identified");
      const bearers = (pattern) =>
        lab.proxy.passed
          .filter(({ method, path }) => pattern.test(`${method} ${path}`))
          .map(({ headers }) => headers.authorization);
      const [created, joined] = [bearers(creation), bearers(join)];
      assert.deepEqual([created.length, joined.length], [1, 1], "one connection was enough for the stream");
      assert.notEqual(created[0], joined[0]);
      const { exp, iat } = JSON.parse(Buffer.from(created[0].split(".")[1], "base64url").toString());
      assert.equal(exp - iat, 8);
      assert.ok(lab.proxy.passed.every(({ status }) => status !== 401));
    });
  });
}
