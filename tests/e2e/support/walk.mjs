/**
 * What somebody does at the demo, in any browser. It uses what the pages of Playwright and of Puppeteer have in common;
 * `Person` does more, in Chromium.
 */
import { patienceMs } from "./browser.mjs";
import { until } from "./wait.mjs";

const byId = (id) => `[data-testid="${id}"]`;

/** @typedef {import("playwright-core").Page | import("puppeteer-core").Page} AnyPage */

export class Walk {
  /** Errors and warnings on the console, and errors that nobody has caught. */
  said = /** @type {string[]} */ ([]);

  /** @param {AnyPage} page */
  constructor(page) {
    // The two agree in all that is used of them, but not in their types.
    this.page = /** @type {import("playwright-core").Page} */ (page);
    this.page.setDefaultTimeout(patienceMs);
    this.page.on("pageerror", (error) => this.said.push(String(error)));
    this.page.on("console", (message) => {
      if (/^(error|warn)/.test(message.type())) this.said.push(message.text());
    });
  }

  /** What elements of a test id say, as far as they can be seen. */
  async texts(id) {
    const read = (selector) =>
      [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility()).map((e) => e.textContent);
    try {
      return await this.page.evaluate(read, byId(id));
    } catch {
      // The page is just being left for another one.
      return [];
    }
  }

  /** Waits until one of them says this. */
  shows(id, text = "") {
    return until(`${id} with "${text}"`, async () => (await this.texts(id)).some((shown) => shown.includes(text)));
  }

  async press(id) {
    await this.shows(id);
    await this.page.locator(byId(id)).click();
  }

  async startAnonymous() {
    await this.press("start-anonymous");
    await this.shows("composer");
  }

  /** Signs in at the provider. */
  async signIn(name) {
    await this.press("start-sign-in");
    await this.page.waitForSelector("input[name]");
    await this.page.locator("input[name]").fill(name);
    await this.page.locator("button[type=submit], button:not([type])").click();
    await this.shows("user-name", name);
  }

  async send(text) {
    await this.shows("composer");
    await this.page.locator(byId("composer")).fill(text);
    await this.press("send");
  }

  /** Sends a message and waits until its answer has come in. */
  async ask(text, answer) {
    await this.send(text);
    await this.shows("message", answer);
    await this.shows("send");
  }
}
