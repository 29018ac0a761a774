/** A row of the matrix: a consumer that installs the packed package, is built, and uses it. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../browser/support/server.mjs";
import { program } from "../../e2e/support/backend.mjs";
import { launch, patienceMs } from "../../e2e/support/browser.mjs";
import { start } from "../../e2e/support/child.mjs";
import { command } from "./command.mjs";
import { serve } from "./files.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const apps = fileURLToPath(new URL("../apps/", import.meta.url));

/** Builds of a cold bundler on a busy machine, and installations. */
const timeout = 600_000;

/** @type {(() => unknown)[]} */
const closing = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

/** Makes something once for all rows of a file. @template T @param {() => Promise<T>} make */
const shared = (make) => {
  /** @type {Promise<T> | undefined} */
  let made;
  return () => (made ??= make());
};

const folder = shared(async () => {
  const folder = await mkdtemp(join(tmpdir(), "threadpass-consumers-"));
  closing.push(() => rm(folder, { recursive: true, maxRetries: 5 }));
  return folder;
});

/** The package as npm would publish it. */
const tarball = shared(async () => {
  const packed = await command("npm", ["pack", "--json", "--pack-destination", await folder(), "./pkg"], root);
  return join(await folder(), JSON.parse(packed)[0].filename);
});

/** What is asked for by every row. */
export const backend = shared(async () => {
  const thread = { id: "thr_1", name: "One", runStatus: "idle", createdAt: "2026-01-01T00:00:00.000Z" };
  const threads = [{ ...thread, updatedAt: thread.createdAt }];
  const server = await startServer({ "GET /v1/threads": ({ json }) => json(200, { threads, hasMore: false }) });
  closing.push(() => server.stop());
  return server;
});

const cloud = shared(async () => {
  const running = await start(program, ["--db", ":memory:", "--json", "--exit-with-stdin"]);
  closing.push(() => running.stop());
  return running.ready.assistantCloud;
});

/** A server of an app in a runtime, with a project's API key. @param {string} program @param {string[]} args @param {string} root */
export async function assertServes(program, args, root) {
  const { baseUrl, apiKey } = await cloud();
  const printed = await command(program, [...args, "server.js", baseUrl, apiKey], root);
  assert.deepEqual(JSON.parse(printed), { user: "ada", texts: ["hello"] });
}

const browser = shared(async () => {
  const browser = await launch();
  closing.push(() => browser.close());
  return browser;
});

const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

let projects = 0;

/** A folder in which somebody has written an app. */
async function written() {
  const made = join(await folder(), `app-${(projects += 1)}`);
  await cp(apps, made, { recursive: true });
  return made;
}

/** Installs the package beside what the manifest names. */
async function install(made) {
  await command("npm", ["install", "--no-save", "--no-package-lock", ...quiet, await tarball()], made);
  return made;
}

const plain = shared(async () => {
  const made = await written();
  await writeFile(join(made, "package.json"), `{ "name": "app", "private": true, "type": "module" }\n`);
  return install(made);
});

/** A throw-away app that has installed the package and nothing else. */
export async function project() {
  const made = join(await folder(), `app-${(projects += 1)}`);
  await cp(await plain(), made, { recursive: true });
  return made;
}

/** A throw-away app that has also installed what the manifest in a folder names. @param {URL} needs */
export async function projectWith(needs) {
  const made = await written();
  await cp(needs, made, { recursive: true });
  return install(made);
}

/** A row. Its name is what is printed of it. @param {string} name @param {() => Promise<void>} act */
export function row(name, act) {
  if (process.env.LIST_ROWS) console.log(`row: ${name}`);
  else test(name, { timeout }, act);
}

/** What every consumer has to come to. */
export async function assertUsed(answer) {
  const { version } = JSON.parse(await readFile(join(root, "pkg/package.json"), "utf8"));
  assert.match(answer.token ?? JSON.stringify(answer), /^canary-session-\d+$/);
  assert.deepEqual([answer.titles, answer.version], [["One"], version]);
}

/** Opens a page in Chromium and waits for the app's answer. */
export async function answerOf(url) {
  const context = await (await browser()).newContext();
  try {
    const page = await context.newPage();
    const printed = [];
    page.on("console", (message) => printed.push(message.text()));
    page.on("pageerror", (error) => printed.push(String(error)));
    const requested = [];
    page.on("request", (request) => requested.push(new URL(request.url()).pathname));
    const address = new URL(url);
    address.searchParams.set("backend", (await backend()).url);
    await page.goto(String(address));
    try {
      await page.waitForFunction(() => "answer" in globalThis, undefined, { timeout: patienceMs });
      return { ...(await page.evaluate(() => globalThis.answer)), requested };
    } catch (cause) {
      throw new Error(`the app gave no answer; the console has\n${printed.join("\n")}`, { cause });
    }
  } finally {
    await context.close();
  }
}

/** Serves a folder and opens its page. @param {string} folder @param {Record<string, string>} [headers] */
export async function answerOfFiles(folder, headers) {
  const site = await serve(folder, headers);
  try {
    return await answerOf(site.url);
  } finally {
    site.stop();
  }
}

/** The page that loads one script. */
export const page = (script) =>
  `<!doctype html><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,">` +
  `<script type="module" src="${script}"></script>\n`;

/** Writes the page of a folder. */
export const writePage = (folder, script) => writeFile(join(folder, "index.html"), page(script));
