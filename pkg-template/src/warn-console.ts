import type { ThreadpassError } from "../index.js";

/** What was warned of lately. A page that mounts everything twice is not told everything twice. */
const warned = new Map<string, number>();

export function warnConsole(error: ThreadpassError): void {
  const text = `${error.code}: ${error.message}`;
  const now = Date.now();
  if (now - (warned.get(text) ?? -Infinity) < 5_000) return;
  warned.set(text, now);
  console.warn(`[threadpass] ${text}`);
}
