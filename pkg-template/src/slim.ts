import type { CoreSource } from "../slim.js";
import { ThreadpassError, once, withCore } from "./face.js";

export { ThreadpassError, isThreadpassError } from "./face.js";
export { version } from "./version.js";

let given: CoreSource | undefined;

const load = once(async () => {
  if (given === undefined)
    throw new ThreadpassError(
      "client/core-load-failed",
      "threadpass/slim has no core yet; pass the module, bytes or URL of threadpass/client.wasm to its init() first",
      { retryable: true },
    );
  return (await import("./bare.js")).load(given);
});

export const createClient = withCore(load);

export async function init(source: CoreSource): Promise<void> {
  given = source;
  await load();
}
