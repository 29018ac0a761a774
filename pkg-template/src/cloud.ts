/** The lazy chunk of Assistant Cloud: anonymous identities, and titles. */
export { openCloud } from "./cloud/cloud.js";
export { readTitle } from "./cloud/title.js";
