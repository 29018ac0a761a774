/** The browser that tests of pages run in: Chromium, or Firefox where the environment's BROWSER says so. */
import { launch, patienceMs } from "../../e2e/support/browser.mjs";
import { launchFirefox } from "../../e2e/support/firefox.mjs";

export const isFirefox = process.env.BROWSER === "firefox";

/** What Firefox reports like errors of the page's, and what is none: that a request was not let through. */
export const isNotice = (error) =>
  isFirefox && /^Error: (Cross-Origin Request Blocked|Content-Security-Policy):/.test(error);

/**
 * Launches it. Of Firefox there is as much of Playwright's shape as tests need that run in both: contexts, and pages with
 * what Puppeteer and Playwright have in common.
 */
export async function launchBrowser() {
  if (!isFirefox) return launch();
  const firefox = await launchFirefox();
  return {
    async newContext() {
      const context = await firefox.createBrowserContext();
      /** @type {import("puppeteer-core").Page[]} */
      const opened = [];
      return {
        pages: () => opened.filter((page) => !page.isClosed()),
        async newPage() {
          const page = await context.newPage();
          page.setDefaultTimeout(patienceMs);
          opened.push(page);
          return page;
        },
        close: () => context.close(),
      };
    },
    close: () => firefox.close(),
  };
}
