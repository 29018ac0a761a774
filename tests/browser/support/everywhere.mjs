/** A test that runs in Node and in a browser, and what has to hold after every one of them. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as threadpass from "threadpass";
import { isFirefox, isNotice, launchBrowser } from "./browsers.mjs";
import { runScript } from "./inside.mjs";
import { startServer } from "./server.mjs";
import { startSite } from "./site.mjs";

/** A whole test, with everything it waits for. */
const timeout = 120_000;

/** What no output of the package may have in it: the canary of every secret here, or a token. */
const secret = /canary|eyJ[\w-]{6}/;

/**
 * @typedef {(script: Function, given?: unknown) => Promise<any>} Run runs a function that uses nothing but its two
 *   arguments, the tools of inside.mjs and plain data, and gives what it returns as plain data
 *
 * @typedef {object} Stage
 * @property {"node" | "page"} where
 * @property {(routes?: Parameters<typeof startServer>[0]) => Promise<import("./server.mjs").Server>} serve
 * @property {Run} run
 * @property {string[]} printed what was written to the console
 * @property {import("node:test").TestContext} t
 *
 * @typedef {object} Tab
 * @property {import("playwright-core").Page} page
 * @property {Run} run
 *
 * @typedef {Stage & Tab & { tab: (policy?: string) => Promise<Tab> }} PageStage `tab` opens another page of the same
 *   browser profile
 *
 * @typedef {object} Options
 * @property {RegExp[]} [errors] uncaught errors that are meant to be
 * @property {boolean} [urls] whether a secret may be in URLs, which is where Tambo wants a `userKey`
 * @property {string} [todo]
 */

/** Runs a test in both places. @param {string} name @param {Options} options @param {(stage: Stage) => Promise<void>} act */
export function everywhere(name, options, act) {
  inNode(name, options, act);
  inBrowsers(name, options, act);
}

/** @param {string} name @param {Options} options @param {(stage: Stage) => Promise<void>} act */
export function inNode(name, options, act) {
  // It has run already, beside Chromium.
  if (isFirefox) return;
  test(`${name} (Node)`, { timeout, todo: options.todo }, (t) =>
    watched(options, t, async (base, watch) => {
      const restore = captureConsole(base.printed);
      const onRejection = (reason) => watch.uncaught.push(String(reason));
      process.on("unhandledRejection", onRejection);
      const run = async (script, given) => {
        const { result, heard } = await runScript(threadpass, script, asData(given));
        watch.heard.push(...heard);
        return result;
      };
      try {
        await act({ ...base, where: "node", run });
        // A rejection counts as unhandled only after the tasks that are under way.
        await new Promise(setImmediate);
      } finally {
        process.off("unhandledRejection", onRejection);
        restore();
      }
    }),
  );
}

/**
 * In Chromium, whatever else may run: a test of this kind uses more of Playwright than there is for Firefox.
 *
 * @param {string} name @param {Options} options @param {(stage: PageStage) => Promise<void>} act
 */
export function inChromium(name, options, act) {
  if (!isFirefox) inBrowsers(name, options, act);
}

/** @param {string} name @param {Options} options @param {(stage: PageStage) => Promise<void>} act */
export function inBrowsers(name, options, act) {
  test(`${name} (${isFirefox ? "Firefox" : "Chromium"})`, { timeout, todo: options.todo }, (t) =>
    watched(options, t, async (base, watch) => {
      const { browser, site } = await inCommon();
      const context = await browser.newContext();
      const tab = async (policy) => {
        const page = await context.newPage();
        page.on("pageerror", (error) => {
          if (!isNotice(String(error))) watch.uncaught.push(String(error));
        });
        page.on("console", (message) => base.printed.push(message.text()));
        await page.goto(policy ? `${site.url}?policy=${encodeURIComponent(policy)}` : site.url);
        const run = async (script, given) => {
          const { result, heard } = await page.evaluate(
            `Promise.all([import("/pkg/index.js"), import("/inside.mjs")]).then(([threadpass, { runScript }]) =>
              runScript(threadpass, ${script}, ${JSON.stringify(asData(given))}))`,
          );
          watch.heard.push(...heard);
          return result;
        };
        return { page, run };
      };
      try {
        await act({ ...base, where: "page", ...(await tab()), tab });
        for (const page of context.pages()) watch.heard.push(...(await storedIn(page)));
      } finally {
        await context.close();
      }
    }),
  );
}

/** Runs a test with servers that end with it; then it must have left no secret, and no error that nobody caught. */
async function watched({ errors = [], urls = false }, t, act) {
  /** @type {import("./server.mjs").Server[]} */
  const servers = [];
  const serve = async (routes) => {
    const server = await startServer(routes);
    servers.push(server);
    return server;
  };
  const watch = { heard: /** @type {string[]} */ ([]), uncaught: /** @type {string[]} */ ([]) };
  const base = { t, serve, printed: /** @type {string[]} */ ([]) };
  try {
    await act(base, watch);
  } finally {
    for (const server of servers) await server.stop();
  }
  const paths = urls ? [] : servers.flatMap(({ calls }) => calls.map(({ path }) => path));
  const leaks = [...watch.heard, ...base.printed, ...paths].filter((text) => secret.test(text));
  assert.deepEqual(leaks, [], "no secret is anywhere but where it belongs");
  const surprising = watch.uncaught.filter((text) => !errors.some((pattern) => pattern.test(text)));
  assert.deepEqual(surprising, [], "nothing was left uncaught");
}

/** Plain data, as it comes out on the other side of a page. */
const asData = (given) => JSON.parse(JSON.stringify(given ?? null));

function captureConsole(printed) {
  const names = /** @type {const} */ (["debug", "log", "info", "warn", "error"]);
  const before = names.map((name) => console[name]);
  for (const name of names) console[name] = (...words) => void printed.push(words.map(String).join(" "));
  return () => names.forEach((name, index) => (console[name] = before[index]));
}

/** What a page keeps, and where it is. */
async function storedIn(page) {
  return page.evaluate(() => [
    location.href,
    document.cookie,
    ...[localStorage, sessionStorage].flatMap((store) => Object.entries(store).flat()),
  ]);
}

/** @type {ReturnType<typeof start> | undefined} */
let shared;

const start = async () => ({ browser: await launchBrowser(), site: await startSite() });

/** One browser and one site for all tests of a file. */
const inCommon = () => (shared ??= start());

after(async () => {
  if (!shared) return;
  const { browser, site } = await shared;
  await browser.close();
  await site.stop();
});

/**
 * Tests that differ in their data only: all rows run side by side, each with a server of its own, and each is a test. Routes
 * that remember something are made by a function, for each server anew.
 *
 * @typedef {Parameters<typeof startServer>[0]} Routes
 * @template {{ name: string, serve?: Routes | (() => Routes), given?: object, todo?: string }} Row
 * @param {string} title
 * @param {Options & { rows: Row[] }} options
 * @param {Function} script gets `given` of its row and `url`
 * @param {(row: Row, result: any, server: import("./server.mjs").Server) => void} check
 */
export function table(title, { rows, ...options }, script, check) {
  everywhere(title, options, async ({ t, serve, run }) => {
    const outcomes = rows.map(async (row) => {
      const server = await serve(typeof row.serve === "function" ? row.serve() : row.serve);
      const given = { ...row.given, url: server.url };
      return { row, server, result: await run(script, given) };
    });
    for (const { status, value, reason } of await Promise.allSettled(outcomes)) {
      if (status === "rejected") throw reason;
      const { row, server, result } = value;
      await t.test(row.name, { todo: row.todo }, () => check(row, result, server));
    }
  });
}
