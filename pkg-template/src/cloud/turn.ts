/** What the tabs of a browser do one after the other. */
import { keyOf } from "./keys.js";
import { lock } from "./lock.js";
import type { Sender } from "./post.js";
import type { RecordStore } from "./record.js";

/**
 * How long we wait for other tabs. A request takes a fraction of it, and without the lock the worst case is a request too many:
 * the record that is stored by then is the identity of all tabs.
 */
const patienceMs = 5_000;
/** Whoever gets the lock after this time has waited for somebody. */
const atOnceMs = 25;
/** What a tab has stored may reach another one a moment after its lock does. */
const onItsWayMs = 100;

/** Does the work when it is this tab's turn, or when we have waited long enough. */
export async function inTurn<T>(
  { baseUrl, deadlineMs }: Sender,
  store: RecordStore,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (!store.isShared()) return work();
  const news = listen(keyOf(baseUrl));
  const began = Date.now();
  const release = await lock(`assistant-cloud:anonymous-auth:${baseUrl}`, Math.min(patienceMs, deadlineMs), signal);
  try {
    if (Date.now() - began > atOnceMs) await news.within(onItsWayMs);
    signal.throwIfAborted();
    return await work();
  } finally {
    news.stop();
    release();
  }
}

/** Hears of what other tabs store there. */
function listen(key: string) {
  const heard = new AbortController();
  const hear = (event: StorageEvent) => {
    if (event.key === key) heard.abort();
  };
  globalThis.addEventListener?.("storage", hear);
  return {
    /** Resolves when something has been heard, or after this time. */
    within: (ms: number) =>
      new Promise<void>((resolve) => {
        if (heard.signal.aborted) return resolve();
        const timer = setTimeout(resolve, ms);
        heard.signal.addEventListener("abort", () => (clearTimeout(timer), resolve()));
      }),
    stop: () => globalThis.removeEventListener?.("storage", hear),
  };
}
