/** What components reach without being handed it. */
import { createContext, use, useSyncExternalStore } from "react";
import type { AuthState } from "threadpass";
import type { Demo } from "../demo/demo";
import type { Store } from "../demo/store";

export const DemoContext = createContext<Demo | null>(null);

export function useDemo(): Demo {
  const demo = use(DemoContext);
  if (!demo) throw new Error("there is no demo around this component");
  return demo;
}

/** Who is signed in: the one place where the page listens to Threadpass. */
export function useAuth(): AuthState {
  const { auth } = useDemo().client;
  return useSyncExternalStore(auth.subscribe, auth.getSnapshot, auth.getServerSnapshot);
}

export function useStore<T extends object>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.getSnapshot);
}
