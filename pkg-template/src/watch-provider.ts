import type { ProviderTokenFn } from "../providers/index.js";
import type { Given } from "./options.js";

/** Listens to what a provider's callback says of its user, where it does. Answers what ends that, also for one that goes on. */
export function watchProvider({ value }: Given, heed: Parameters<ProviderTokenFn["onUserChange"]>[0]): () => void {
  let listening = true;
  const leave = (value as Partial<ProviderTokenFn> | undefined)?.onUserChange?.((change) => listening && heed(change));
  return () => {
    listening = false;
    leave?.();
  };
}
