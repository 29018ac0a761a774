/** The entries that get the core from elsewhere, and what a copy of the package tells of itself. */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { version } from "threadpass";
import { createClient as createUrlClient } from "threadpass/url";
import { startServer } from "./support/server.mjs";

const timeout = 120_000;
const folder = new URL("./", import.meta.resolve("threadpass"));
const repository = new URL("../../", import.meta.url);
const wasm = () => readFile(new URL("client.wasm", folder));

let copies = 0;
/** A copy of the entry whose core nobody has loaded yet. */
const freshSlim = () => import(`${import.meta.resolve("threadpass/slim")}?copy=${(copies += 1)}`);

/** Gives a client of an entry, and what its calls come to. */
async function withClient(createClient, act) {
  const server = await startServer();
  const client = createClient({ backend: "tambo", apiKey: "x", baseUrl: server.url, userToken: () => "subject" });
  try {
    await act(() => client.auth.getToken().catch(({ code, message }) => ({ code, message })), client);
  } finally {
    client.dispose();
    await server.stop();
  }
}

test("threadpass/slim says what is missing, and works once it is there", { timeout }, async () => {
  const { createClient, init, ThreadpassError } = await freshSlim();
  await withClient(createClient, async (call, client) => {
    const refused = await call();
    assert.equal(refused.code, "client/core-load-failed");
    assert.match(refused.message, /init\(\)/);
    assert.equal(client.auth.getSnapshot().status, "error");
    await assert.rejects(init(Buffer.from("no core")), (error) => {
      assert.ok(error instanceof ThreadpassError && error.cause instanceof WebAssembly.CompileError);
      return error.code === "client/core-load-failed";
    });
    await init(await wasm());
    assert.equal(await call(), "canary-session-1");
  });
});

test("threadpass/slim: calls wait for an init under way, and later ones do nothing", { timeout }, async () => {
  const { createClient, init } = await freshSlim();
  await withClient(createClient, async (call) => {
    const loading = init(wasm().then((bytes) => new Response(bytes)));
    assert.equal(await call(), "canary-session-1");
    await loading;
    await init("https://nowhere.invalid/client.wasm");
  });
});

test("threadpass/slim takes modules, bytes, answers, files and URLs", { timeout }, async () => {
  const bytes = await wasm();
  const headers = { "content-type": "application/wasm" };
  const site = await startServer({ "GET /client.wasm": ({ send }) => send(200, "application/wasm", bytes) });
  try {
    for (const source of [
      await WebAssembly.compile(bytes),
      bytes,
      new Uint8Array(bytes).buffer,
      new Response(bytes, { headers }),
      new Response(bytes),
      new URL("client.wasm", folder),
      String(new URL("client.wasm", folder)),
      `${site.url}/client.wasm`,
    ]) {
      const { createClient, init } = await freshSlim();
      await init(source);
      await withClient(createClient, async (call) => assert.equal(await call(), "canary-session-1"));
    }
  } finally {
    await site.stop();
  }
});

test("an answer that is not the core is told by what it is", { timeout }, async () => {
  const page = new Response("<!doctype html>", { headers: { "content-type": "text/html; charset=utf-8" } });
  for (const [answer, words] of [
    [page, /answered with a page/],
    [new Response("gone", { status: 404 }), /status 404/],
  ]) {
    const { init } = await freshSlim();
    await assert.rejects(init(answer), ({ code, message }) => {
      assert.match(message, words);
      return code === "client/core-load-failed";
    });
  }
});

test("threadpass/url finds its file in Node", { timeout }, () =>
  withClient(createUrlClient, async (call) => assert.equal(await call(), "canary-session-1")),
);

test("version() says what the package is and what is compiled in", async () => {
  const { threadpass, crates } = version();
  assert.equal(threadpass, JSON.parse(await readFile(new URL("package.json", folder), "utf8")).version);
  const lock = await readFile(new URL("Cargo.lock", repository), "utf8");
  for (const [name, number] of Object.entries(crates))
    assert.ok(lock.includes(`name = "${name}"\nversion = "${number}"\n`), `${name} ${number}`);
  assert.ok("wasm-bindgen" in crates && !("serde_json" in crates) && !("wasm-bindgen-macro" in crates));
  crates["wasm-bindgen"] = "changed";
  assert.notEqual(version().crates["wasm-bindgen"], "changed");
});

test("the notices name every crate that is compiled in", async () => {
  const notices = await readFile(new URL("THIRD-PARTY-NOTICES.txt", folder), "utf8");
  for (const [name, number] of Object.entries(version().crates)) assert.ok(notices.includes(`${name} ${number} (`));
});

test("every module has a source map, with the sources in it", async () => {
  const names = (await readdir(fileURLToPath(folder), { recursive: true })).filter((name) => name.endsWith(".js"));
  for (const name of ["core.js", "tools.js", join("react", "index.js")]) assert.ok(names.includes(name), name);
  for (const name of names) {
    const script = await readFile(new URL(name, folder), "utf8");
    assert.ok(script.trimEnd().endsWith(`//# sourceMappingURL=${basename(name)}.map`), name);
    const { sources, sourcesContent } = JSON.parse(await readFile(new URL(`${name}.map`, folder), "utf8"));
    for (const [index, source] of sources.entries()) {
      assert.match(source, /^src\/([\w-]+\/)?[\w-]+\.[jt]s$/);
      if (!source.endsWith(".ts")) continue;
      assert.equal(sourcesContent[index], await readFile(new URL(`pkg-template/${source}`, repository), "utf8"));
    }
  }
});
