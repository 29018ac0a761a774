export { createFakeBackend } from "./fake-backend.js";
export { createFakeClient } from "./fake-client.js";
