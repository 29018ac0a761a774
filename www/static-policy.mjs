/** What the static demo's page may do, said in the page: a static host cannot be told to send a header. */

import { policyFor } from "./policy.mjs";

/** @returns {import("vite").Plugin} */
export function contentSecurity() {
  return {
    name: "threadpass-static-policy",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: policyFor([]) },
        injectTo: "head-prepend",
      },
      { tag: "meta", attrs: { name: "referrer", content: "no-referrer" }, injectTo: "head" },
    ],
  };
}
