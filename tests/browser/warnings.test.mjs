/** What the developer reads on the console. */
import assert from "node:assert/strict";
import { everywhere, inBrowsers, inNode, table } from "./support/everywhere.mjs";
import { tokens } from "./support/server.mjs";

const refuse = { [tokens]: ({ json }) => json(403, { message: "Forbidden resource", statusCode: 403 }) };

everywhere("each warning is on the console once, and says what to do", {}, async ({ serve, run, printed }) => {
  const server = await serve(refuse);
  await run(
    async ({ open, codeOf }, { url }) => {
      for (const credential of [{}, { userToken: "canary", anonymous: true }, { userToken: () => "canary" }]) {
        const client = open({ baseUrl: url, ...credential });
        for (let i = 0; i < 3; i++) await codeOf(client.threads.get("thr_1"));
      }
    },
    { url: server.url },
  );
  const warnings = printed.filter((text) => text.startsWith("[threadpass]"));
  const codes = ["config/missing-credential", "config/conflicting-credentials", "auth/exchange-rejected"];
  assert.deepEqual(
    warnings.map((text) => text.split(" ")[1]),
    codes.map((code) => `${code}:`),
  );
  for (const text of warnings) assert.ok(text.length > 50, text);
});

everywhere("mounting everything twice warns once", {}, async ({ serve, run, printed }) => {
  const server = await serve(refuse);
  const before = printed.length;
  await run(
    async ({ open, codeOf, pause }, { url }) => {
      // As React's StrictMode does it: mounted, unmounted, mounted again.
      for (let i = 0; i < 5; i++) {
        const client = open({ baseUrl: url, userToken: () => `canary-${i}` });
        const off = client.auth.subscribe(() => {});
        if (i < 4) {
          off();
          client.dispose();
        } else await codeOf(client.threads.get("thr_1"));
        const bare = open({ baseUrl: url });
        bare.auth.subscribe(() => {});
        await codeOf(bare.threads.get("thr_1"));
        bare.dispose();
      }
      await pause(50);
    },
    { url: server.url },
  );
  const warnings = printed.slice(before).filter((text) => text.startsWith("[threadpass]"));
  assert.ok(warnings.length <= 2 && new Set(warnings).size === warnings.length, warnings.join("\n"));
});

table(
  "onWarning replaces the console, once per change",
  {
    rows: [
      { name: "no credential", given: { credential: {} }, codes: ["config/missing-credential"] },
      {
        name: "two",
        given: { credential: { userKey: "a", anonymous: true } },
        codes: ["config/conflicting-credentials"],
      },
      { name: "refused", given: { credential: { userToken: "canary" } }, codes: ["auth/exchange-rejected"] },
    ].map((row) => ({ ...row, serve: refuse })),
  },
  async ({ open, codeOf, isThreadpassError }, { url, credential }) => {
    const warnings = [];
    const client = open({ baseUrl: url, ...credential, onWarning: (error) => warnings.push(error) });
    const before = warnings.length;
    for (let i = 0; i < 3; i++) await codeOf(client.threads.get("thr_1"));
    const first = warnings.map(({ code }) => code);
    client.auth.setCredential({ userKey: "a", anonymous: true });
    await codeOf(client.threads.get("thr_1"));
    const second = warnings.slice(first.length).map(({ code }) => code);
    return { before, first, second, ours: warnings.every(isThreadpassError) };
  },
  ({ codes }, result) => {
    assert.deepEqual(result, { before: 0, first: codes, second: ["config/conflicting-credentials"], ours: true });
  },
);

everywhere("a warning that is repeated after things were well is told again", {}, async ({ serve, run, printed }) => {
  let well = false;
  const server = await serve({
    [tokens]: ({ json, nth }) =>
      well
        ? json(201, { access_token: `canary-session-${nth}`, token_type: "Bearer", expires_in: 900 })
        : json(403, {}),
    "GET /well": ({ json }) => {
      well = !well;
      json(200, {});
    },
  });
  const warnings = await run(
    async ({ open, codeOf }, { url }) => {
      const warnings = [];
      let n = 0;
      const client = open({
        baseUrl: url,
        userToken: () => `canary-${++n}`,
        onWarning: ({ code }) => warnings.push(code),
      });
      for (let i = 0; i < 4; i++) {
        await codeOf(client.auth.getToken());
        await fetch(`${url}/well`);
        client.auth.invalidate();
      }
      return warnings;
    },
    { url: server.url },
  );
  assert.deepEqual(warnings, ["auth/exchange-rejected", "auth/exchange-rejected"]);
  assert.deepEqual(
    printed.filter((text) => text.startsWith("[threadpass]")),
    [],
    "nothing goes to the console too",
  );
});

everywhere("a warning handler that throws stops nothing", { errors: [/thrown on purpose/] }, async ({ serve, run }) => {
  const server = await serve();
  const code = await run(
    async ({ open, codeOf, pause }, { url }) => {
      const onWarning = () => {
        throw new Error("thrown on purpose");
      };
      const code = await codeOf(open({ baseUrl: url, onWarning }).threads.list());
      await pause(50);
      return code;
    },
    { url: server.url },
  );
  assert.equal(code, "config/missing-credential");
});

const userKey = async ({ open, settle }, { url }) => {
  const warnings = [];
  const client = open({ baseUrl: url, userKey: "canary-user", onWarning: ({ code }) => warnings.push(code) });
  await settle(client.threads.list());
  return warnings;
};

inBrowsers("a userKey in a page is warned of", { urls: true }, async ({ serve, run }) => {
  assert.deepEqual(await run(userKey, { url: (await serve()).url }), ["config/secret-in-browser"]);
});

inNode("a userKey on a server is not warned of", { urls: true }, async ({ serve, run }) => {
  assert.deepEqual(await run(userKey, { url: (await serve()).url }), []);
});
