import { once, withCore } from "./face.js";

export { ThreadpassError, isThreadpassError } from "./face.js";
export { version } from "./version.js";
export const createClient = withCore(
  once(async () => (await import("./bare.js")).load(new URL("./client.wasm", import.meta.url))),
);
