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

/** Whether the host has a worker by now whose model says something else. */
let isNewer = false;
visit(
  "the static demo goes on when a reload passes its worker by, and when its worker is a new one",
  async (walk, site) => {
    const { page } = walk;
    await page.addInitScript(() => {
      const { serviceWorker: workers } = navigator;
      Object.assign(window, { wasPassedBy: !workers.controller, takenOver: false });
      workers.addEventListener("controllerchange", () => Object.assign(window, { takenOver: true }));
    });
    await page.goto(site.url);
    await walk.startAnonymous();
    await walk.ask("hello", "Hello from the fake model.");
    const visitor = await page.evaluate(identity);

    const cdp = await page.context().newCDPSession(page);
    const loaded = page.waitForEvent("load");
    await cdp.send("Page.reload", { ignoreCache: true });
    await loaded;
    assert.ok(await page.evaluate("wasPassedBy"), "the worker was passed by");
    await walk.shows("message", "Hello from the fake model.");
    await walk.ask("and now?", "You said: “and now?”.");

    isNewer = true;
    await page.reload();
    await page.waitForFunction(() => window.takenOver);
    await walk.shows("message", "Hello from the fake model.");
    await walk.ask("hello", "Hello from the newer model.");
    assert.equal(await page.evaluate(identity), visitor);
    assert.deepEqual(walk.said, []);
  },
  (name, content) => (isNewer && name === "worker.js" ? content.replace("the fake model", "the newer model") : content),
);
