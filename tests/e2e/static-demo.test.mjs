import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "./support/browser.mjs";
import { startStaticSite } from "./support/static-site.mjs";
import { identity, visitStaticDemo } from "./support/static-visit.mjs";
import { Walk } from "./support/walk.mjs";

/** A page of the static demo in a browser of its own. */
function visit(name, act, change) {
  test(name, async () => {
    const site = await startStaticSite(change);
    const browser = await launch();
    try {
      await act(new Walk(await browser.newPage()), site);
    } finally {
      await browser.close();
      await site.stop();
    }
  });
}

visit("the static demo works from any folder of a plain file server (Chromium)", visitStaticDemo);

let version = 1;
visit(
  "the static demo goes on when its worker is a new one, and when a reload passes the worker by",
  async (walk, site) => {
    const { page } = walk;
    await page.goto(site.url);
    await walk.startAnonymous();
    await walk.ask("hello", "Hello from the fake model.");
    const visitor = await page.evaluate(identity);

    version = 2;
    await page.reload();
    await page.waitForFunction(async () => {
      const { active, waiting, installing } = await navigator.serviceWorker.ready;
      if (waiting || installing || !active) return false;
      return (await (await fetch(active.scriptURL)).text()).endsWith("// version 2\n");
    });
    await walk.shows("message", "Hello from the fake model.");
    await walk.ask("still there?", "You said: “still there?”.");

    const cdp = await page.context().newCDPSession(page);
    const loaded = page.waitForEvent("load");
    await cdp.send("Page.reload", { ignoreCache: true });
    await loaded;
    await walk.shows("message", "You said: “still there?”.");
    await walk.ask("and now?", "You said: “and now?”.");
    assert.equal(await page.evaluate(identity), visitor);
    assert.deepEqual(walk.said, []);
  },
  (name, content) => (name === "worker.js" ? `${content}\n// version ${version}\n` : content),
);
