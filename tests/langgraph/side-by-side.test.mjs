/** The same trouble, met by `@langchain/langgraph-sdk` as it is published and by us, in one page, with LangGraph's own server. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "@langchain/langgraph-sdk";
import { makeLab, timeout, words } from "./support/lab.mjs";
import { servers } from "./support/servers.mjs";

const creation = /^POST \/threads\/[^/]+\/runs\/stream$/;
const stream = /\/runs\/(.+\/)?stream/;
const claimsOf = (bearer) => JSON.parse(Buffer.from(bearer.split(".")[1], "base64url").toString());

describe("side by side", () => {
  const lab = makeLab(servers["LangGraph's server"], { lifetime: 8 });

  /** Runs a script for somebody new, and answers what it told and what the server saw meanwhile. */
  const meet = async (t, script, more = {}) => {
    const page = await lab.page(t);
    const from = lab.proxy.passed.length;
    await page.exposeFunction("cut", () => lab.proxy.cut(stream));
    const told = await page.evaluate(script, { given: lab.given, name: lab.name(), ...more });
    return { told, seen: lab.proxy.passed.slice(from) };
  };
  const at = ({ method, path }) => `${method} ${path}`;

  test("no token: five attempts, or a server that seems not to be there; ours sends none", { timeout }, async (t) => {
    const id = "01a1fcc0-c362-7044-bb56-04bd554298ea";
    const before = lab.proxy.passed.length;
    const sdk = new Client({ apiUrl: lab.given.baseUrl, apiKey: null });
    await assert.rejects(sdk.threads.get(id), { status: 500 });
    const attempts = lab.proxy.passed.slice(before).map(({ status }) => status);
    assert.deepEqual(attempts, [500, 500, 500, 500, 500], "in Node, where the answer can be read");

    const inPage = async ({ given, id }) => {
      const { Client } = await import("@langchain/langgraph-sdk");
      const sdk = new Client({ apiUrl: given.baseUrl, apiKey: null });
      return sdk.threads.get(id).catch(({ status, message }) => ({ status, message }));
    };
    const theirs = await meet(t, inPage, { id });
    assert.equal(theirs.told.status, undefined, "a page cannot even see that it was a 500");
    assert.match(theirs.told.message, /Unable to connect/);

    const ourScript = async ({ given, id }) => {
      const { clientOf, codeOf, signInOf } = await import("/inside.mjs");
      return codeOf(clientOf(given, signInOf(given, "nobody")).threads.get(id));
    };
    const ours = await meet(t, ourScript, { id });
    assert.equal(ours.told, "auth/not-signed-in");
    assert.deepEqual(ours.seen, []);
  });

  test("a token that ends before a retry: theirs is sent again; ours is a fresh one", { timeout }, async (t) => {
    /** The first answer to a reading of threads comes when its token has ended, and invites to another try. */
    const late = () => {
      let nth = 0;
      lab.proxy.rule(async ({ method, path, headers }) => {
        if (!/^GET \/threads\//.test(`${method} ${path}`) || ++nth > 1) return undefined;
        const { exp } = claimsOf(headers.authorization ?? "");
        await pause(exp * 1000 - Date.now() + 1_000);
        return { status: 503 };
      });
    };
    t.after(() => lab.proxy.rule());
    const reads = ({ seen }) => seen.filter((call) => /^GET \/threads\//.test(at(call)));

    late();
    const theirs = await meet(t, async ({ given, name }) => {
      const [{ enter, signInOf }, { Client }] = [await import("/inside.mjs"), await import("@langchain/langgraph-sdk")];
      const supabase = signInOf(given, name);
      await enter(supabase, name);
      let asked = 0;
      const onRequest = async (_url, init) => {
        asked += 1;
        const { data } = await supabase.auth.getSession();
        return { ...init, headers: { ...init.headers, authorization: `Bearer ${data.session.access_token}` } };
      };
      const sdk = new Client({ apiUrl: given.baseUrl, apiKey: null, onRequest });
      const { thread_id: id } = await sdk.threads.create();
      asked = 0;
      const status = await sdk.threads.get(id).then(
        () => 200,
        (error) => error.status,
      );
      return { asked, status };
    });
    assert.deepEqual(theirs.told, { asked: 1, status: 401 });
    const [first, second] = reads(theirs).map(({ headers }) => headers.authorization);
    assert.equal(first, second, "the token that had ended was sent again");

    late();
    const ours = await meet(t, async ({ given, name }) => {
      const { codeOf, person } = await import("/inside.mjs");
      const { client } = await person(given, name);
      const { id } = await client.threads.create();
      return (await codeOf(client.threads.get(id))).value?.id === id;
    });
    assert.equal(ours.told, true);
    const [before, after] = reads(ours).map(({ headers }) => headers.authorization ?? "");
    assert.notEqual(before, after);
    assert.deepEqual(
      reads(ours).map(({ status }) => status),
      [503, 200],
    );
  });

  test("a lost answer to a run's creation: theirs starts it twice; ours once", { timeout }, async (t) => {
    const loseFirst = (lost) => {
      let nth = 0;
      lab.proxy.rule((call) => (creation.test(at(call)) && ++nth === 1 ? { lost } : undefined));
    };
    t.after(() => lab.proxy.rule());

    loseFirst(504);
    const theirs = await meet(t, async ({ given, name }) => {
      const [{ person }, { Client }] = [await import("/inside.mjs"), await import("@langchain/langgraph-sdk")];
      const { client } = await person(given, name);
      const onRequest = async (_url, init) => ({
        ...init,
        headers: { ...init.headers, ...(await client.auth.headers()) },
      });
      const sdk = new Client({ apiUrl: given.baseUrl, apiKey: null, onRequest });
      const { id } = await client.threads.create();
      const input = { messages: [{ role: "user", content: "slow 5 20" }] };
      const run = sdk.runs.stream(id, "agent", { input, streamMode: "values", streamResumable: true });
      for await (const event of run) if (event.event === "error") break;
      return (await client.runs.list(id)).items.length;
    });
    assert.equal(theirs.seen.filter((call) => creation.test(at(call))).length, 2);
    assert.equal(theirs.told, 2, "the server has run it twice");

    for (const lost of [504, "cut"]) {
      loseFirst(lost);
      const ours = await meet(t, async ({ given, name }) => {
        const { person, take } = await import("/inside.mjs");
        const { client } = await person(given, name);
        const { id } = await client.threads.create();
        const { text } = await take(client.runs.stream(id, "slow 5 20"));
        return { text, runs: (await client.runs.list(id)).items.length };
      });
      assert.deepEqual(ours.told, { text: words(5), runs: 1 });
      assert.equal(ours.seen.filter((call) => creation.test(at(call))).length, 1);
    }
  });

  test("a connection cut, in a page of another origin: theirs ends there; ours goes on", { timeout }, async (t) => {
    const joined = ({ seen }) => seen.filter((call) => /^GET .*\/runs\/.*stream/.test(at(call))).length;
    const theirs = await meet(t, async ({ given, name }) => {
      const [{ person }, { Client }] = [await import("/inside.mjs"), await import("@langchain/langgraph-sdk")];
      const { client } = await person(given, name);
      const defaultHeaders = await client.auth.headers();
      const sdk = new Client({ apiUrl: given.baseUrl, apiKey: null, defaultHeaders });
      const { id } = await client.threads.create();
      const input = { messages: [{ role: "user", content: "slow 40 50" }] };
      const run = sdk.runs.stream(id, "agent", { input, streamMode: "messages-tuple", streamResumable: true });
      let text = "";
      let isCut = false;
      try {
        for await (const { event, data } of run) {
          if (event === "messages") text += data[0].content;
          if (isCut || !text.includes("word-10 ")) continue;
          isCut = true;
          await globalThis.cut();
        }
      } catch {
        // That it fails is seen by what is missing.
      }
      return { text, isCut };
    });
    assert.ok(theirs.told.isCut);
    assert.ok(!theirs.told.text.includes("word-40"), theirs.told.text);
    assert.equal(joined(theirs), 0);

    const ours = await meet(t, async ({ given, name }) => {
      const { person, take } = await import("/inside.mjs");
      const { client } = await person(given, name);
      let isCut = false;
      const { text } = await take(client.runs.stream(null, "slow 40 50"), async (_event, text) => {
        if (isCut || !text.includes("word-10 ")) return;
        isCut = true;
        await globalThis.cut();
      });
      return { text, isCut };
    });
    assert.deepEqual(ours.told, { text: words(40), isCut: true });
    assert.ok(joined(ours) >= 1);
  });
});
