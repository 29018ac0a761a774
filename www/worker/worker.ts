/**
 * The static demo's backend: a service worker that answers what the page asks below `backend/`, so that nothing leaves the
 * browser and nothing has to be installed. Everything else it leaves to the host.
 */
import { apiKey, backendPath, claim } from "../src/static/place";
import { Backend } from "./backend";

declare const self: ServiceWorkerGlobalScope;

const scope = new URL(self.registration.scope);
const base = new URL(backendPath, scope).pathname;
const backend = new Backend(apiKey, `threadpass-demo:${scope.pathname}`);

self.addEventListener("install", () => void self.skipWaiting());
// A page that has registered it waits for this.
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === claim) event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== scope.origin || !pathname.startsWith(`${base}/`)) return;
  const answer = backend.answer(event.request, pathname.slice(base.length));
  event.respondWith(answer.then(({ response }) => response));
  // The browser may end a worker that seems to have nothing to do.
  event.waitUntil(answer.then(({ over }) => over));
});
