/** What components reach without being handed it. */
import { createContext, use, useSyncExternalStore } from "react";
import type { Demo } from "../demo/demo";
import type { Site } from "../demo/site";
import type { Store } from "../demo/store";

export const SiteContext = createContext<Site | null>(null);

export function useSite(): Site {
  const site = use(SiteContext);
  if (!site) throw new Error("there is no site around this component");
  return site;
}

/** What is there of the backend that is tried at present. */
export const useDemo = (): Demo => useStore(useSite()).demo;

export function useStore<T extends object>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.getSnapshot);
}
