import { useMemo, useSyncExternalStore } from "react";
import type { AuthState } from "../../index.js";
import { useClient } from "./contexts.js";

/** Selects once for each state, so that a selector may make a new object. */
function selecting<T>(select: (state: AuthState) => T, read: () => AuthState): () => T {
  let last: { state: AuthState; selected: T } | undefined;
  return () => {
    const state = read();
    if (last?.state !== state) last = { state, selected: select(state) };
    return last.selected;
  };
}

const whole = (state: AuthState): unknown => state;

export function useAuthState(select: (state: AuthState) => unknown = whole): unknown {
  const { auth } = useClient();
  const [snapshot, server] = useMemo(
    () => [selecting(select, auth.getSnapshot), selecting(select, auth.getServerSnapshot)] as const,
    [auth, select],
  );
  return useSyncExternalStore(auth.subscribe, snapshot, server);
}
