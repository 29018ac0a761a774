/** A browser whose pages talk to the local backend's Assistant Cloud, through a proxy that sees every request. */
import { after, before } from "node:test";
import { program } from "../../e2e/support/backend.mjs";
import { launch } from "../../e2e/support/browser.mjs";
import { start } from "../../e2e/support/child.mjs";
import { startProxy } from "../../langgraph/support/proxy.mjs";
import { startSite } from "../../langgraph/support/site.mjs";
import { startIssuer } from "./issuer.mjs";

/** Longer than any of these tests takes on a busy machine. */
export const timeout = 180_000;

const siteParts = {
  inside: new URL("inside.mjs", import.meta.url),
  entries: ["threadpass", "threadpass/assistant-cloud"],
};

/**
 * The backend, whose rule is an issuer's.
 *
 * @param {string} issuer
 * @param {number} [lifetime] of its own tokens, in seconds
 */
export async function startCloud(issuer, lifetime) {
  const short = lifetime === undefined ? [] : ["--workspace-token-lifetime", String(lifetime)];
  const options = ["--db", ":memory:", "--json", "--exit-with-stdin", "--trusted-issuer", issuer];
  const running = await start(program, [...options, ...short]);
  const { backend, assistantCloud } = running.ready;
  return { url: backend, apiKey: assistantCloud.apiKey, stop: () => running.stop() };
}

/**
 * Starts everything before the tests of a file and ends it after them.
 *
 * @param {{ lifetime?: number }} [options] of the backend's own tokens, in seconds
 */
export function makeLab({ lifetime } = {}) {
  /** @type {{ stop(): Promise<unknown> }[]} */
  const parts = [];
  const add = async (starting) => {
    const part = await starting;
    parts.push(part);
    return part;
  };
  /** @type {any} */
  const lab = {};
  let people = 0;

  before(
    async () => {
      const issuer = await add(startIssuer());
      const cloud = await add(startCloud(issuer.url, lifetime));
      const proxy = await add(startProxy(cloud.url));
      const site = await add(startSite(siteParts));
      const browser = await launch();
      parts.push({ stop: () => browser.close() });
      const baseUrl = `${proxy.url}/assistant-cloud`;
      Object.assign(lab, { issuer, cloud, proxy, baseUrl });
      /** Where Node's own calls go, past the proxy. */
      lab.direct = `${cloud.url}/assistant-cloud`;
      /** A name that nobody has had. */
      lab.name = () => `person-${++people}`;
      /** A page of its own, or one more of a context that there is. */
      lab.page = async (t, context) => {
        const own = context ?? (await browser.newContext());
        const page = await own.newPage();
        t.after(() => (context ? page.close() : own.close()));
        await page.exposeFunction("tokenOf", issuer.tokenOf);
        await page.goto(site.url);
        return page;
      };
      /** What has come since the last time, and then everything passes again. */
      lab.fresh = () => {
        proxy.rule();
        proxy.passed.length = 0;
      };
    },
    { timeout },
  );
  after(async () => {
    for (const part of parts.reverse()) await part.stop();
  });
  return lab;
}

/** Counts by what is asked for: `POST /auth/tokens/anonymous`, below the version. */
export const countOf = ({ proxy }, what) =>
  proxy.passed.filter(({ method, path }) => `${method} ${path.replace(/^\/assistant-cloud\/v1/, "")}` === what).length;

/** The claims of the token that a request carried; null if it carried none. */
export function claimsOf({ headers }) {
  const [, payload] = headers.authorization?.replace(/^Bearer /, "").split(".") ?? [];
  return payload ? JSON.parse(Buffer.from(payload, "base64url").toString()) : null;
}

/** A promise, and what fulfils it. */
export function gate() {
  let open = () => {};
  const opened = new Promise((resolve) => (open = () => resolve(undefined)));
  return { open, opened };
}
