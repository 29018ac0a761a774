import { withCore } from "./face.js";

export { ThreadpassError, isThreadpassError } from "./face.js";
export const createClient = withCore(async () => (await import("./core.js")).load());
