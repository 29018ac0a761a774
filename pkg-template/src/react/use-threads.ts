import { useContext, useMemo, useSyncExternalStore } from "react";
import type { Backend } from "../../index.js";
import type { UseThreads, UseThreadsOptions } from "../../react/index.js";
import { EraContext, useClient } from "./contexts.js";
import { threadListOf } from "./thread-list.js";

export function useThreads({ pageSize = 20 }: UseThreadsOptions = {}): UseThreads<Backend> {
  const client = useClient();
  // So that it is rendered again in the same commit as everything else when another person comes.
  useContext(EraContext);
  const list = threadListOf(client);
  const subscribe = useMemo(() => (listener: () => void) => list.subscribe(listener, pageSize), [list, pageSize]);
  const state = useSyncExternalStore(subscribe, list.getSnapshot, list.getServerSnapshot);
  return useMemo(() => ({ ...state, ...list.actions }), [state, list]);
}
