/** A lock of the whole browser, for which nobody waits forever. */

/**
 * Takes the lock, and answers what releases it. Whoever holds it may be a tab that is frozen: after `patienceMs` we go on
 * without it, and where the platform has no locks we never have one.
 */
export function lock(name: string, patienceMs: number, signal: AbortSignal): Promise<() => void> {
  const { locks } = globalThis.navigator ?? {};
  if (!locks || signal.aborted) return Promise.resolve(without);
  return new Promise((resolve) => {
    const waiting = new AbortController();
    const give = (release: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
      resolve(release);
    };
    const leave = () => {
      waiting.abort();
      give(without);
    };
    const timer = setTimeout(leave, patienceMs);
    signal.addEventListener("abort", leave);
    // Granted just when we had gone on without it, nobody would give it back.
    const held = () => (waiting.signal.aborted ? undefined : new Promise<void>((release) => give(release)));
    // A document that is no longer active, or whose origin is opaque, is refused every lock.
    locks.request(name, { signal: waiting.signal }, held).catch(() => give(without));
  });
}

const without = () => {};
