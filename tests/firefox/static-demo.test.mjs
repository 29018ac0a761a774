import { test } from "node:test";
import { launchFirefox } from "../e2e/support/firefox.mjs";
import { startStaticSite } from "../e2e/support/static-site.mjs";
import { visitStaticDemo } from "../e2e/support/static-visit.mjs";
import { Walk } from "../e2e/support/walk.mjs";

test("the static demo works from any folder of a plain file server (Firefox)", async () => {
  const site = await startStaticSite();
  const browser = await launchFirefox();
  try {
    await visitStaticDemo(new Walk(await browser.newPage()), site);
  } finally {
    await browser.close();
    await site.stop();
  }
});
