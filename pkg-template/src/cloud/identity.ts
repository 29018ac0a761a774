/** The anonymous identities of Assistant Cloud, as the engine knows them. Most of it is a chunk of its own. */
import type { TokenFn } from "../../index.js";
import type { Anonymous } from "../anonymous.js";
import { type Place, attempt, storageOf } from "../storage.js";
import type { SendClaim } from "./claim.js";
import type { Cloud } from "./cloud.js";
import { type Memory, keyOf, legacyKey, memory } from "./keys.js";
import type { Sender } from "./post.js";

type Chunk = { openCloud(sender: Sender, unstored: Memory): Cloud };

/** One client's, loaded with the first use. */
export function lazyCloud(sender: Sender, load: () => Promise<Chunk>) {
  let cloud: Cloud | undefined;
  // Here and not in the chunk, which may be there for another client of the page only.
  const unstored = memory();
  const open = async () => {
    const { openCloud } = await load();
    return (cloud ??= openCloud(sender, unstored));
  };
  const keys = [keyOf(sender.baseUrl), legacyKey];
  return {
    /** An anonymous identity that is kept in this place. */
    identity: (place: Place = "local"): Anonymous & { token: TokenFn } => ({
      shared: place === "local",
      key: () => undefined,
      drop() {},
      forget() {
        for (const key of keys) {
          unstored.delete(key);
          attempt(() => storageOf(place)?.removeItem(key));
        }
      },
      token: async ({ signal }) => (await open()).token(place, signal),
    }),
    /** Whether there may be an identity to claim. */
    mayClaim: (place: Place): boolean =>
      keys.some((key) => unstored.has(key) || attempt(() => storageOf(place)?.getItem(key))),
    claim: async (place: Place, send: SendClaim, signal: AbortSignal): Promise<number | undefined> =>
      (await open()).claim(place, send, signal),
  };
}
