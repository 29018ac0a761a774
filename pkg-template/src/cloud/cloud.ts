/** What one client does with anonymous identities. */
import { anonymousToken } from "./anonymous.js";
import { type SendClaim, claim } from "./claim.js";
import type { Place } from "../storage.js";
import type { Memory } from "./keys.js";
import type { Sender } from "./post.js";
import { RecordStore } from "./record.js";

export interface Cloud {
  /** A token of the anonymous identity that is kept in this place. */
  token(place: Place, signal: AbortSignal): Promise<string>;
  /** Claims what that identity has for the user who is signed in. Answers what was moved, if there was such an identity. */
  claim(place: Place, send: SendClaim, signal: AbortSignal): Promise<number | undefined>;
}

export function openCloud(sender: Sender, unstored: Memory): Cloud {
  const storeIn = (place: Place) => new RecordStore(sender.baseUrl, place, unstored);
  return {
    token: (place, signal) => anonymousToken(sender, storeIn(place), signal),
    claim: (place, send, signal) => claim(sender, storeIn(place), send, signal),
  };
}
