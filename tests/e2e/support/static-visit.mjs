/** The walk through the static demo that has to work in every browser. */
import assert from "node:assert/strict";

/** By what the visitor is known. Runs in the page. */
export const identity = () =>
  Object.entries(sessionStorage).find(([name]) => name.startsWith("threadpass:anonymous:"))?.[1] ?? null;

/** How many threads the browser keeps. Runs in the page. */
const kept = async () => {
  const [{ name }] = await indexedDB.databases();
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const counting = database.transaction("threads").objectStore("threads").count();
  await new Promise((resolve) => (counting.onsuccess = resolve));
  database.close();
  return counting.result;
};

/**
 * @param {import("./walk.mjs").Walk} walk
 * @param {Awaited<ReturnType<typeof import("./static-site.mjs").startStaticSite>>} site
 */
export async function visitStaticDemo(walk, site) {
  const { page } = walk;
  await page.goto(site.url);
  await walk.shows("start-anonymous");
  assert.deepEqual(await walk.texts("start-sign-in"), [], "there is nobody to sign in at");
  await walk.startAnonymous();
  await walk.ask("hello", "Hello from the fake model.");
  // It streams: there is a beginning of an answer that has not ended, and that can be stopped.
  await walk.send("slow 60");
  await walk.shows("message", "This answer takes its time");
  await walk.press("stop");
  await walk.shows("message", "This answer was stopped before its end.");
  await walk.shows("send");

  const visitor = await page.evaluate(identity);
  assert.match(visitor ?? "", /^anon_[0-9a-f]{32}$/);
  await page.reload();
  await walk.shows("message", "Hello from the fake model.");
  await walk.shows("thread-item", "hello");
  assert.equal(await page.evaluate(identity), visitor, "a reload keeps the visitor");
  await walk.ask("still me?", "You said: “still me?”.");

  await walk.press("sign-out");
  await walk.shows("start-anonymous");
  assert.equal(await page.evaluate(identity), null, "whoever signs out is forgotten");
  assert.equal(await page.evaluate(kept), 0, "with all chats");
  await walk.startAnonymous();
  await walk.ask("hello", "Hello from the fake model.");
  assert.notEqual(await page.evaluate(identity), visitor);
  assert.equal((await walk.texts("thread-item")).length, 1, "the next visitor has chats of their own alone");

  const others = site.asked.filter((call) => !/^GET .*\/(|[\w-]+\.(js|css|svg)|assets\/[\w-]+\.(js|css))$/.test(call));
  assert.deepEqual(others, [], "the host has only served files");
  assert.deepEqual(walk.said, [], "the console");
}
