/** What the static demo's page and its service worker have to agree on. */

/** Where the backend is, relative to the page. */
export const backendPath = "backend";

/** Opens nothing but the visitor's own browser. */
export const apiKey = "tambo_static-demo";

/** What a page says that no worker has taken charge of yet. */
export const claim = "claim";
