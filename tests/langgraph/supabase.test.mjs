/** Supabase's own client in the page, ours beside it, and nothing between them but `fromSupabase`. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeLab, timeout } from "./support/lab.mjs";
import { servers } from "./support/servers.mjs";

const startServer = servers["LangGraph's server"];

describe("Supabase", () => {
  const lab = makeLab(startServer);

  test("another person signs in, leaves and comes back, and the app does nothing", { timeout }, async (t) => {
    const page = await lab.page(t);
    const script = async ({ given, names }) => {
      const { codeOf, enter, person, until } = await import("/inside.mjs");
      const { client, supabase } = await person(given, names[0]);
      const whoIs = () => {
        const state = client.auth.getSnapshot();
        return state.status === "identified" ? state.user.email : (state.reason ?? state.status);
      };
      const becomes = (who) => until(who, () => whoIs() === who);
      const [one, two] = names.map((name) => `${name}@example.com`);
      const seen = [];
      client.auth.onChange(() => seen.at(-1) !== whoIs() && seen.push(whoIs()));
      const thread = await client.threads.create();
      await becomes(one);
      const run = client.runs.stream(thread.id, "slow 400 100");
      const pieces = run[Symbol.asyncIterator]();
      await pieces.next();
      await enter(supabase, names[1]);
      const reading = (async () => {
        while (!(await pieces.next()).done);
      })();
      const lost = await codeOf(reading);
      await becomes(two);
      const foreign = await codeOf(client.threads.get(thread.id));
      await supabase.auth.signOut();
      await becomes("no-user");
      const nobody = await codeOf(client.threads.list());
      await enter(supabase, names[0]);
      const back = (await client.threads.get(thread.id)).id === thread.id;
      await client.runs.cancel(thread.id, await run.runId()).catch(() => {});
      return { lost, foreign, nobody, back, seen: seen.filter((who) => who !== "exchanging"), expected: [one, two] };
    };
    const told = await page.evaluate(script, { given: lab.given, names: [lab.name(), lab.name()] });
    const [one, two] = told.expected;
    assert.equal(told.lost, "auth/identity-changed");
    assert.equal(told.foreign, "api/not-found");
    assert.equal(told.nobody, "auth/not-signed-in");
    assert.equal(told.back, true);
    assert.deepEqual(told.seen, [one, two, "no-user", one]);
  });

  test("a server that cannot ask who somebody is signs nobody out", { timeout }, async (t) => {
    const page = await lab.page(t);
    t.after(() => {
      lab.asked.rule();
      lab.signIn.rule();
    });
    await page.exposeFunction("outage", (isOut) => {
      for (const way of [lab.asked, lab.signIn]) way.rule(isOut ? () => "refuse" : undefined);
    });
    const script = async ({ given, name }) => {
      const { codeOf, person } = await import("/inside.mjs");
      const { client, supabase } = await person(given, name, { timeouts: { callbackMs: 2_000 } });
      const { id } = await client.threads.create();
      const { user, generation } = client.auth.getSnapshot();
      const states = [];
      client.auth.onChange(({ status }) => states.push(status));
      await globalThis.outage(true);
      const during = await codeOf(client.threads.get(id));
      await globalThis.outage(false);
      // Whoever is still signed in is tried again by itself.
      await client.auth.ready();
      const after = (await codeOf(client.threads.get(id))).value?.id === id;
      const now = client.auth.getSnapshot();
      const { data } = await supabase.auth.getSession();
      const same = now.user?.id === user.id && now.generation === generation;
      return { during, after, same, status: now.status, session: data.session?.user.id === user.id, states };
    };
    const told = await page.evaluate(script, { given: lab.given, name: lab.name() });
    assert.match(told.during, /^(api\/unauthorized|auth\/callback-timeout|auth\/callback-failed|auth\/refused)$/);
    assert.deepEqual([told.after, told.same, told.status, told.session], [true, true, "identified", true]);
    assert.ok(!told.states.includes("unauthenticated"), `${told.states}`);
    const statuses = lab.proxy.passed.map(({ status }) => status);
    assert.ok(statuses.includes(401), "the server has answered as to a bad token");
  });
});

describe("Supabase, with addresses to be confirmed", () => {
  const lab = makeLab(startServer, { confirm: true });

  test("whoever has signed up is signed in once the address is confirmed", { timeout }, async (t) => {
    const page = await lab.page(t);
    const name = lab.name();
    const signingUp = async ({ given, name }) => {
      const { clientOf, codeOf, enter, signInOf } = await import("/inside.mjs");
      const supabase = signInOf(given, name);
      globalThis.mine = { supabase, client: clientOf(given, supabase) };
      const { data, error } = await enter(supabase, name);
      const early = await supabase.auth.signInWithPassword({
        email: `${name}@example.com`,
        password: "secure-password",
      });
      const called = await codeOf(globalThis.mine.client.threads.create());
      return { session: data.session, error, early: early.error.code, called };
    };
    const before = await page.evaluate(signingUp, { given: lab.given, name });
    assert.deepEqual(before, {
      session: null,
      error: null,
      early: "email_not_confirmed",
      called: "auth/not-signed-in",
    });
    const [, link] = new RegExp(`${name}@example.com confirms with (\\S+)`).exec(lab.supabase.log()) ?? [];
    assert.equal((await fetch(link)).status, 200);
    const signingIn = async (email) => {
      const { client, supabase } = globalThis.mine;
      await supabase.auth.signInWithPassword({ email, password: "secure-password" });
      const { id } = await client.threads.create();
      return (await client.threads.get(id)).id === id && client.auth.getSnapshot().user.email;
    };
    const email = `${name}@example.com`;
    assert.equal(await page.evaluate(signingIn, email), email);
    assert.equal((await fetch(link)).status, 403, "a link is good once");
  });
});
