import type { Unsubscribe } from "../index.js";

/**
 * Listeners that are told later, in order, each on its own: one that throws stops nobody, and one that has been removed is
 * not told any more, not even of what had happened before.
 */
export class Listeners<T extends unknown[]> {
  #listeners = new Set<{ tell: (...args: T) => unknown }>();

  get size(): number {
    return this.#listeners.size;
  }

  add(
    tell: (...args: T) => unknown,
    removed?: () => void,
  ): { listener: { tell: (...args: T) => unknown }; off: Unsubscribe } {
    const listener = { tell };
    this.#listeners.add(listener);
    const off = (() => {
      if (this.#listeners.delete(listener)) removed?.();
    }) as Unsubscribe;
    off.unsubscribe = off;
    return { listener, off };
  }

  tell(...args: T): void {
    for (const listener of this.#listeners) this.tellOne(listener, ...args);
  }

  tellOne(listener: { tell: (...args: T) => unknown }, ...args: T): void {
    queueMicrotask(() => {
      if (this.#listeners.has(listener)) guarded(() => listener.tell(...args));
    });
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** Runs code of the app. What it throws or rejects with is reported, and stops nothing. */
export function guarded(run: () => unknown): void {
  const report = (error: unknown) => {
    if (typeof reportError === "function") reportError(error);
    else console.error(error);
  };
  try {
    const result = run() as { then?: (a: undefined, b: typeof report) => unknown } | undefined;
    if (typeof result?.then === "function") result.then(undefined, report);
  } catch (error) {
    report(error);
  }
}
