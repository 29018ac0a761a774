/** A browser whose pages run a test's scripts against one server. */
import { after, before } from "node:test";
import { launch } from "../../e2e/support/browser.mjs";
import { startWorld } from "./servers.mjs";
import { startSite } from "./site.mjs";

/** Longer than any of these tests takes on a busy machine. */
export const timeout = 180_000;

const siteParts = {
  inside: new URL("inside.mjs", import.meta.url),
  entries: ["threadpass", "threadpass/providers"],
  bundled: ["@supabase/auth-js", "@langchain/langgraph-sdk"],
};

/** How "slow N" is answered. */
export const words = (count) => Array.from({ length: count }, (_, index) => `word-${index + 1}`).join(" ");

/**
 * Starts everything before the tests of a suite and ends it after them.
 *
 * @param {Parameters<typeof startWorld>[0]} startServer
 * @param {Parameters<typeof startWorld>[1]} [options]
 */
export function makeLab(startServer, options) {
  /** @type {{ stop(): Promise<unknown> }[]} */
  const parts = [];
  /** @type {any} */
  const lab = {};
  let people = 0;

  before(
    async () => {
      const world = await startWorld(startServer, options);
      parts.push(world);
      const site = await startSite(siteParts);
      parts.push(site);
      const browser = await launch();
      parts.push({ stop: () => browser.close() });
      Object.assign(lab, world);
      /** What scripts are given. */
      lab.given = { baseUrl: world.proxy.url, signIn: world.signIn.url, anonKey: world.supabase.anonKey };
      /** A name that nobody has had. */
      lab.name = () => `person-${++people}`;
      /** A page of its own, or of a context that there is. */
      lab.page = async (t, context) => {
        const own = context ?? (await browser.newContext());
        const page = await own.newPage();
        t.after(() => (context ? page.close() : own.close()));
        await page.goto(site.url);
        return page;
      };
    },
    { timeout },
  );
  after(async () => {
    for (const part of parts.reverse()) await part.stop();
  });
  return lab;
}
