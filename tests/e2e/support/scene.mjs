/** A test at the demo: everything it needs is started for it, watched, and ended with it. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { launch, patienceMs } from "./browser.mjs";
import { root } from "./child.mjs";
import { startDemo } from "./demo.mjs";
import { Person } from "./person.mjs";
import { secretsIn } from "./secrets.mjs";

const pictures = join(root, "target/e2e");

/**
 * @typedef {Awaited<ReturnType<typeof startDemo>>} Demo
 *
 * @typedef {object} Stage
 * @property {Demo} demo
 * @property {(options?: import("playwright-core").BrowserContextOptions) => Promise<Person>} newcomer somebody with a
 *   browser of their own, at the demo's start
 * @property {(person: Person) => Promise<Person>} otherTab the same person in a second tab
 */

/**
 * Runs a test. Whatever it says, the console has to stay clean but for what is `expected` there, and no token may lie
 * around afterwards. Of what fails there are pictures in target/e2e.
 *
 * @param {string} name
 * @param {import("./demo.mjs").DemoOptions & { expected?: RegExp[] }} options
 * @param {(stage: Stage) => Promise<void>} act
 */
export function scene(name, { expected = [], ...options }, act) {
  test(name, async () => {
    const demo = await startDemo(options);
    const browser = await launch();
    /** @type {string[]} */
    const said = [];
    const watch = (page) => {
      page.on("pageerror", (error) => said.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") said.push(message.text());
      });
      return new Person(page);
    };
    const arrive = async (context) => {
      const person = watch(await context.newPage());
      await person.open(demo.page);
      return person;
    };
    const stage = {
      demo,
      async newcomer(contextOptions) {
        const context = await browser.newContext(contextOptions);
        context.setDefaultTimeout(patienceMs);
        return arrive(context);
      },
      otherTab: ({ page }) => arrive(page.context()),
    };
    try {
      await act(stage);
      const { apiKey, controlKey } = demo.backend;
      for (const page of pagesOf(browser)) assert.deepEqual(await secretsIn(page, [apiKey, controlKey]), []);
      const surprising = said.filter((text) => !expected.some((pattern) => pattern.test(text)));
      assert.deepEqual(surprising, [], "the console");
    } catch (error) {
      await picture(name, pagesOf(browser));
      throw error;
    } finally {
      await browser.close();
      await demo.stop();
    }
  });
}

const pagesOf = (browser) => browser.contexts().flatMap((context) => context.pages());

async function picture(name, pages) {
  await mkdir(pictures, { recursive: true });
  for (const [index, page] of pages.entries()) {
    const file = `${name.replaceAll(/\W+/g, "-")}-${index + 1}.png`;
    // A page that cannot be pictured must not hide why the test failed.
    await page.screenshot({ path: join(pictures, file), timeout: 10_000 }).catch(() => {});
  }
}
