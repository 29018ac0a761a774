import type { ProviderTokenFn } from "../providers/index.js";
import type { Given } from "./options.js";

/** Listens to what a provider's callback says of its user, where it does. Answers what ends that. */
export function watchProvider({ value }: Given, heed: Parameters<ProviderTokenFn["onUserChange"]>[0]): () => void {
  return (value as Partial<ProviderTokenFn> | undefined)?.onUserChange?.(heed) ?? (() => {});
}
