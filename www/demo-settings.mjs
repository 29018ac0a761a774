/** Where the demo's parts are, handed to the page by whoever serves it. */

import { policyFor } from "./policy.mjs";

const pagePath = "/demo.json";

/**
 * A Vite plugin that serves the environment variable THREADPASS_DEMO (JSON: backend, apiKey, assistantCloud, controlKey,
 * issuer, clientId) to the page, in development and from the built page alike, and allows the built page to talk to these
 * places only.
 *
 * @returns {import("vite").Plugin}
 */
export function demoSettings() {
  const given = process.env.THREADPASS_DEMO;
  /** @type {import("vite").Connect.NextHandleFunction} */
  const serve = (request, response, next) => {
    if (request.url?.split("?")[0] !== pagePath) return next();
    response.statusCode = given ? 200 : 404;
    response.setHeader("Content-Type", "application/json");
    response.setHeader("Cache-Control", "no-store");
    response.end(given ?? "{}");
  };
  return {
    name: "threadpass-demo-settings",
    configureServer: (server) => void server.middlewares.use(serve),
    configurePreviewServer(server) {
      server.middlewares.use((_request, response, next) => {
        response.setHeader("Content-Security-Policy", policy(given));
        response.setHeader("Referrer-Policy", "no-referrer");
        next();
      });
      server.middlewares.use(serve);
    },
  };
}

/** @param {string | undefined} given */
function policy(given) {
  const { backend, assistantCloud, issuer } = given ? JSON.parse(given) : {};
  const places = [backend, assistantCloud, issuer].filter(Boolean).map((place) => new URL(place).origin);
  return `${policyFor([...new Set(places)])}; frame-ancestors 'none'`;
}
