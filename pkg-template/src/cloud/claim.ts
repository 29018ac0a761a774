/** What an anonymous user leaves to whoever signs in. */
import type { Sender } from "./post.js";
import { type RecordStore, isGood } from "./record.js";
import { inTurn } from "./turn.js";

/** Moves the anonymous user's threads to the user who is signed in, and answers how many there were. */
export type SendClaim = (refreshToken: string) => Promise<{ readonly moved: number }>;

/**
 * Claims for one tab at a time; undefined if there is nothing to claim. The record goes only when the backend has said yes, so
 * that whatever fails can be tried again: claimed twice, nothing moves the second time. That holds for a 403 too, which is
 * what an unknown record is answered with, but also a user whose token no rule of the project matches yet.
 */
export const claim = (
  sender: Sender,
  store: RecordStore,
  send: SendClaim,
  signal: AbortSignal,
): Promise<number | undefined> =>
  inTurn(sender, store, signal, async () => {
    const record = store.read();
    if (!record || !isGood(record, Date.now())) return undefined;
    const { moved } = await send(record.token);
    store.remove(record);
    return moved;
  });
