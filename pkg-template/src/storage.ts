/** What the browser keeps for a page. */

export type Place = "local" | "session" | "memory";

/** A storage that is missing or forbidden is normal: what is kept then lives as long as the page. */
export const storageOf = (place: Place): Storage | undefined =>
  attempt(() => (globalThis as unknown as Record<string, Storage | undefined>)[`${place}Storage`]);

/** What a use of a storage comes to; undefined if the storage fails. */
export function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
