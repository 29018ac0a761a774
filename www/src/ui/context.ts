/** What components reach without being handed it. */
import { createContext, use, useSyncExternalStore } from "react";
import type { Demo } from "../demo/demo";
import type { Store } from "../demo/store";

export const DemoContext = createContext<Demo | null>(null);

export function useDemo(): Demo {
  const demo = use(DemoContext);
  if (!demo) throw new Error("there is no demo around this component");
  return demo;
}

export function useStore<T extends object>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.getSnapshot);
}
