/** The static demo has no server; its backend is a service worker that the page brings along. */
import type { Settings } from "../demo/settings";
import { apiKey, backendPath, claim } from "./place";

/** Waits until the worker has taken charge of this page, which on a first visit it does after the page has loaded. */
export async function staticSettings(): Promise<Settings> {
  const page = new URL("./", location.href);
  const { serviceWorker: workers } = navigator;
  if (!workers)
    throw new Error("This demo needs a service worker, which browsers allow over https and on localhost only.");
  await workers.register(new URL("worker.js", page), { scope: page.pathname, updateViaCache: "none" });
  const { active } = await workers.ready;
  if (!workers.controller) {
    const inCharge = new Promise((resolve) => workers.addEventListener("controllerchange", resolve, { once: true }));
    // A page that was reloaded past all caches has a worker that is long active, and does not say so again by itself.
    active?.postMessage(claim);
    if (!workers.controller) await inCharge;
  }
  return { backend: new URL(backendPath, page).href, apiKey };
}
