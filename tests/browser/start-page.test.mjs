/** The start page of the local backend, in Chromium. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "threadpass";
import { launch, patienceMs } from "../e2e/support/browser.mjs";
import { startBackend } from "./support/backend.mjs";
import { apiKey } from "./support/inside.mjs";

/** A whole test, with everything it waits for. */
const timeout = 120_000;

/** Opens the page, and notes what the browser has to say about it. */
async function open(t, viewport) {
  const backend = await startBackend();
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    await backend.stop();
  });
  const page = await (await browser.newContext({ viewport })).newPage();
  page.setDefaultTimeout(patienceMs);
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  await page.goto(backend.url);
  const client = createClient({
    backend: "tambo",
    apiKey,
    baseUrl: backend.url,
    userKey: "somebody",
    retries: 0,
    onWarning: () => {},
  });
  t.after(() => client.dispose());
  const outcome = () =>
    client.threads.list().then(
      () => "fulfilled",
      ({ code }) => code,
    );
  return { page, said, client, outcome };
}

test("faults are switched on and off by hand, and calls are seen", { timeout }, async (t) => {
  const { page, said, outcome } = await open(t);
  await page.getByText(apiKey, { exact: true }).waitFor();
  assert.equal(await outcome(), "fulfilled");
  await page
    .getByRole("row", { name: /GET \/v1\/threads 200 somebody/ })
    .first()
    .waitFor();

  // By keyboard: type it, switch it on.
  await page.getByLabel("A fault to switch on").focus();
  await page.keyboard.type("status=503;on=api");
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: "status=503;on=api 0" }).waitFor();
  assert.equal(await outcome(), "api/server");
  await page.getByRole("row", { name: /GET \/v1\/threads 503/ }).waitFor();
  await page.getByRole("row", { name: "status=503;on=api 1" }).waitFor();

  await page.getByLabel("A fault to switch on").fill("explode");
  await page.getByRole("button", { name: "Switch on" }).click();
  await page.getByRole("status").filter({ hasText: 'there is no fault "explode"' }).waitFor();

  await page.getByRole("button", { name: "status=503;on=api off" }).press("Enter");
  await page.getByRole("status").filter({ hasText: "It is off." }).waitFor();
  assert.equal(await outcome(), "fulfilled");

  await page.getByRole("button", { name: "Replace every API key" }).click();
  await page.getByText(apiKey, { exact: true }).waitFor({ state: "detached" });
  assert.equal(await outcome(), "api/forbidden");
  // The refused fault is the one thing that the browser may have to say.
  assert.deepEqual(
    said.filter((text) => !text.includes("400 (Bad Request)")),
    [],
  );
});

test("nothing of it is wider than a phone", { timeout }, async (t) => {
  const { page, said } = await open(t, { width: 360, height: 640 });
  await page.getByText(apiKey, { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  assert.deepEqual(said, []);
});
