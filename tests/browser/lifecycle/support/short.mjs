/** Sessions that end while a test can wait for it. */
import { grantOf, tokens } from "../../support/server.mjs";

/** Grants that end after 6 seconds, and are renewed after 5 where somebody looks. */
export const shortGrants = { [tokens]: ({ json, nth }) => json(201, grantOf(nth, { expires_in: 6 })) };

/** Longer than such a grant lasts. */
export const shortMs = 8_000;
