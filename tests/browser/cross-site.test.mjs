/** A page of somebody else's, in a browser on the machine that the local backend runs on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { launch } from "../e2e/support/browser.mjs";
import { startBackend } from "./support/backend.mjs";
import { startSite } from "./support/site.mjs";
import { apiKey } from "./support/inside.mjs";

/** What such a page can try: with the keys, if it has them, and without. */
const attempts = [
  { path: "/v1/threads?userKey=u", headers: {} },
  { path: "/v1/threads?userKey=u", headers: { "x-api-key": apiKey } },
  { path: "/v1/threads", method: "POST", body: '{"userKey":"u"}', headers: { "content-type": "text/plain" } },
  { path: "/__dev/calls", headers: {} },
  { path: "/__dev/revoke", method: "POST", headers: {} },
  { path: "/mcp", method: "POST", body: "{}", headers: { "content-type": "text/plain" } },
  { path: "/oauth/token", method: "POST", body: "grant_type=x", headers: {} },
  { path: "/", headers: {} },
];

test("a page of another site reads nothing of the local backend, by no name", { timeout: 120_000 }, async (t) => {
  const [backend, site] = await Promise.all([startBackend(), startSite()]);
  const browser = await launch(["--host-resolver-rules=MAP evil.test 127.0.0.1"]);
  t.after(async () => {
    await browser.close();
    await Promise.all([site.stop(), backend.stop()]);
  });
  const page = await browser.newPage();
  const port = new URL(backend.url).port;
  const answers = [];
  page.on("response", (response) => {
    const { pathname, port: where } = new URL(response.url());
    if (where === port && pathname !== "/favicon.ico") answers.push(response.status());
  });
  const read = (base) =>
    page.evaluate(
      async ({ base, attempts }) => {
        const outcomes = [];
        for (const { path, ...init } of attempts) {
          outcomes.push(
            await fetch(base + path, init).then(
              ({ status }) => status,
              () => "unreadable",
            ),
          );
        }
        return outcomes;
      },
      { base, attempts },
    );

  const foreign = new URL(site.url);
  foreign.hostname = "evil.test";
  await page.goto(foreign.href);
  assert.deepEqual(
    await read(backend.url),
    attempts.map(() => "unreadable"),
    "by its address",
  );

  // DNS rebinding: the page's own name points here now, so that to the browser it asks its own origin.
  await page.goto(`http://evil.test:${port}/`);
  assert.deepEqual(
    await read(`http://evil.test:${port}`),
    attempts.map(() => 403),
    "by a name of the page's",
  );
  assert.ok(
    answers.every((status) => status === 403),
    String(answers),
  );

  // The same page from this machine may: what refuses above is where it comes from.
  await page.goto(site.url);
  const own = await read(backend.url);
  assert.equal(own[1], 200);
  assert.equal(own.at(-1), "unreadable", "the start page has the keys on it");
});
