/** What the built page may load and whom it may talk to. */

/**
 * A Content-Security-Policy.
 *
 * @param {string[]} places origins beside the page's own
 */
export function policyFor(places) {
  return [
    "default-src 'self'",
    // The package's WebAssembly core is compiled in the page.
    "script-src 'self' 'wasm-unsafe-eval'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...places].join(" ")}`,
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}
