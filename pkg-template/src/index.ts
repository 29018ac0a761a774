import { once, withCore } from "./face.js";

export { ThreadpassError, isThreadpassError } from "./face.js";
export { version } from "./version.js";
export const createClient = withCore(once(async () => (await import("./core.js")).load()));
