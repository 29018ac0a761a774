/** What a page notices by itself: that it is looked at again, and what other tabs say. */
import { Tell } from "./tell.js";

/** Names a backend, base URL and project between tabs and in storage. The key itself stays out: a checksum tells projects apart. */
export function projectName(backend: string, baseUrl: string, apiKey: string): string {
  let sum = 0x811c9dc5;
  for (let index = 0; index < apiKey.length; index++) sum = Math.imul(sum ^ apiKey.charCodeAt(index), 0x01000193);
  return `${backend}:${baseUrl}:${sum >>> 0}`;
}

/** Out of sight. Where there is no document, nothing ever is. */
const hidden = () => globalThis.document?.visibilityState === "hidden";

/**
 * Tells of waking up. No `unload` and no `beforeunload`, which would cost the page its place in the back/forward cache.
 * Answers how to stop.
 */
export function watchPage(tell: (what: Tell) => void): () => void {
  const stop = new AbortController();
  const on = (target: EventTarget | undefined, name: string, told: (event: Event) => Tell | undefined) =>
    target?.addEventListener?.(
      name,
      (event) => {
        const what = told(event);
        if (what !== undefined) tell(what);
      },
      stop,
    );
  on(globalThis.document, "visibilitychange", () => (hidden() ? Tell.Hidden : Tell.Visible));
  on(globalThis, "focus", () => Tell.Focus);
  on(globalThis, "online", () => Tell.Online);
  // The first `pageshow` of a page is its load, which is no waking up.
  on(globalThis, "pageshow", (event) => ((event as PageTransitionEvent).persisted ? Tell.PageShow : undefined));
  if (hidden()) tell(Tell.Hidden);
  return () => stop.abort();
}

/** The token-free channel between tabs of one origin, where the platform has such a thing. */
export function openTabs(project: string, heard: (message: unknown) => void) {
  const Channel = globalThis.BroadcastChannel;
  if (typeof Channel !== "function") return undefined;
  const channel = new Channel(`threadpass:${project}`);
  channel.onmessage = (event) => heard(event.data);
  // Node keeps a process alive for an open channel unless told otherwise.
  (channel as { unref?(): void }).unref?.();
  return {
    say: (message: string) => channel.postMessage(message),
    close: () => channel.close(),
  };
}
