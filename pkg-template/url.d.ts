/**
 * The same as `threadpass`, with the WebAssembly as a file of its own beside the bundle: it is compiled while it arrives,
 * and cached by itself. For bundlers that emit what `new URL("./client.wasm", import.meta.url)` names (Vite 8, webpack, Next
 * client components), and for pages without a bundler. The file's origin has to be in the `connect-src` of a
 * Content-Security-Policy.
 *
 * @example
 * ```ts
 * import { createClient } from "threadpass/url";
 *
 * const client = createClient({ backend: "tambo", apiKey: "tambo_…", anonymous: true });
 * ```
 */
export * from "./index.js";
