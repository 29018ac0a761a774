/** Loading the core, in pages that allow it and in pages that do not. */
import assert from "node:assert/strict";
import { everywhere, inChromium, inBrowsers } from "./support/everywhere.mjs";
import { tokens } from "./support/server.mjs";

const useIt = async ({ open, settle, codeOf, stateOf }, { url }) => {
  const warnings = [];
  const client = open({
    baseUrl: url,
    userToken: () => "canary-subject",
    onWarning: ({ code }) => warnings.push(code),
  });
  const token = await settle(client.auth.getToken());
  const calls = [
    () => client.init(),
    () => client.auth.ready(),
    () => client.threads.list(),
    () => client.runs.stream(null, "x").result(),
  ];
  const codes = token.error ? await Promise.all(calls.map(codeOf)) : [];
  return { token, codes, state: stateOf(client.auth.getSnapshot()), warnings };
};

for (const [name, policy, works] of [
  ["none", "", true],
  [
    "a strict one with 'wasm-unsafe-eval'",
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *",
    true,
  ],
  ["a strict one without", "default-src 'none'; script-src 'self'; connect-src *", false],
])
  inBrowsers(`Content-Security-Policy: ${name}`, {}, async ({ serve, tab }) => {
    const server = await serve();
    const { token, codes, state } = await (await tab(policy)).run(useIt, { url: server.url });
    if (works) {
      assert.equal(token.value, "canary-session-1");
      assert.equal(server.count(tokens), 1);
      return;
    }
    assert.equal(token.error.code, "client/core-load-failed");
    assert.equal(token.error.retryable, false, "trying again would not help");
    assert.match(token.error.message, /Content-Security-Policy.*'wasm-unsafe-eval'.*script-src/);
    assert.deepEqual(new Set(codes), new Set(["client/core-load-failed"]));
    assert.deepEqual([state.status, state.error.code], ["error", "client/core-load-failed"]);
    assert.equal(server.calls.length, 0);
  });

inChromium("a core that did not come is loaded with init", {}, async ({ serve, page, run }) => {
  const server = await serve();
  let failures = 0;
  await page.route("**/pkg/core.js", (route) => {
    failures += 1;
    return failures === 1 ? route.abort() : route.continue();
  });
  const seen = await run(
    async ({ open, tell, codeOf, stateOf }, { url }) => {
      const client = open({ baseUrl: url, userToken: () => "canary-subject" });
      const states = [];
      client.auth.onChange(({ status }) => states.push(status));
      const first = await client.auth.getToken().catch(tell);
      const failed = stateOf(client.auth.getSnapshot());
      await client.init();
      const { status } = await client.auth.ready();
      return { first, failed, status, states, token: await codeOf(client.auth.getToken()) };
    },
    { url: server.url },
  );
  assert.deepEqual([seen.first.code, seen.first.retryable], ["client/core-load-failed", true]);
  assert.match(seen.first.message, /init\(\)/);
  assert.equal(seen.failed.error.code, "client/core-load-failed");
  assert.equal(seen.status, "identified");
  assert.deepEqual(seen.token, { value: "canary-session-1" });
  assert.deepEqual(seen.states.slice(-2), ["exchanging", "identified"]);
  assert.equal(server.count(tokens), 1);
});

everywhere("init only loads, and many at once load once", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open }, { url }) => {
      const client = open({ baseUrl: url, userKey: "user", onWarning: () => {} });
      const results = await Promise.all([client.init(), client.init(), client.init()]);
      await client.init();
      return { results: results.map((value) => typeof value), status: client.auth.getSnapshot().status };
    },
    { url: server.url },
  );
  assert.deepEqual(seen, { results: ["undefined", "undefined", "undefined"], status: "identified" });
  assert.equal(server.calls.length, 0);
});

inChromium("a page pays for the core when it is used", {}, async ({ page, run, serve }) => {
  const server = await serve();
  const loaded = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  await page.reload();
  await run(async ({ open }) => open({ userToken: () => "canary-subject" }).auth.getSnapshot().status);
  assert.ok(loaded.includes("/pkg/index.js") && !loaded.includes("/pkg/core.js"), loaded.join());
  await run(async ({ open }, { url }) => open({ baseUrl: url, userToken: () => "canary-subject" }).init(), {
    url: server.url,
  });
  assert.ok(loaded.includes("/pkg/core.js"));
});
