/**
 * The same as `threadpass` without the WebAssembly, which the app passes to `init`: for edge runtimes that allow only modules
 * which were compiled beforehand, for a CDN, and for service workers.
 */
export * from "./index.js";

/**
 * Where the core comes from: the package's file `threadpass/client.wasm` as a compiled module, as bytes, as the answer to a
 * request, or as the URL to ask for it.
 */
export type CoreSource = (WebAssembly.Module & object) | BufferSource | Response | string | URL | PromiseLike<Response>;

/**
 * Says where the core comes from and loads it, once for all clients of this entry. Calls that are made while it loads wait
 * for it. After a success it does nothing; after a failure it can be called again.
 *
 * @throws {ThreadpassError} `client/core-load-failed` if it cannot be loaded or compiled; calls made before the first `init`
 * reject with that, too.
 * @example
 * ```ts
 * import core from "threadpass/client.wasm";
 * import { createClient, init } from "threadpass/slim";
 *
 * await init(core);
 * const client = createClient({ backend: "tambo", apiKey: "tambo_…", anonymous: true });
 * ```
 */
export function init(source: CoreSource): Promise<void>;
