/** The examples of how apps are tested, run. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { createFakeBackend } from "threadpass/testing";
import { root } from "../e2e/support/child.mjs";
import { launch, patienceMs } from "../e2e/support/browser.mjs";
import { walk } from "./examples/chat.playwright.mjs";

const examples = join(import.meta.dirname, "examples");

test("with vitest: a fake client, and the real one with a fake backend", async () => {
  const args = ["run", "--config", join(examples, "vitest.config.mjs"), "--reporter=json", "--no-color"];
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [vitest, ...args]).catch((failed) => failed);
  const report = JSON.parse(stdout.slice(stdout.indexOf("{")));
  const names = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = names.filter(({ status }) => status !== "passed").map((one) => [one.title, one.failureMessages]);
  assert.deepEqual(failed, []);
  assert.ok(report.numPassedTests >= 6, JSON.stringify(report));
  assert.doesNotMatch(stderr, /not wrapped in act/);
});

test("with Playwright: a page, and a fake backend behind its requests", async () => {
  const { outputFiles } = await build({
    entryPoints: [join(examples, "main.tsx")],
    ...{ bundle: true, format: "esm", write: false, jsx: "automatic", logLevel: "error" },
    define: { "process.env.NODE_ENV": '"development"' },
  });
  const script = outputFiles[0].text;
  const browser = await launch();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(patienceMs);
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    // A page that comes from no server.
    await page.route("https://app.test/", (route) =>
      route.fulfill({ contentType: "text/html", body: `<!doctype html><script type="module">${script}</script>` }),
    );
    const token = createFakeBackend().tokenFor("ada");
    const backend = await walk(page, `https://app.test/#token=${token}`);
    assert.deepEqual(errors, []);
    const exchanges = backend.requests.filter(({ path }) => path === "/oauth/token");
    assert.equal(exchanges.length, 1, "also in StrictMode");
  } finally {
    await browser.close();
  }
});
