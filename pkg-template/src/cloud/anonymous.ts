/** The tokens of an anonymous identity: refreshed while its record lasts, and otherwise those of a new identity. */
import { share } from "./flights.js";
import { type Grant, readMint, readRefresh } from "./grant.js";
import { type Sender, post } from "./post.js";
import { type RefreshRecord, type RecordStore, isGood } from "./record.js";
import { inTurn } from "./turn.js";

/** A token, asked for once by all clients of this page and one after the other by the tabs of this browser. */
export const anonymousToken = (sender: Sender, store: RecordStore, signal: AbortSignal): Promise<string> =>
  share(store.owner(), sender.baseUrl, signal, (signal) =>
    inTurn(sender, store, signal, () => obtain(sender, store, signal)),
  );

async function obtain(sender: Sender, store: RecordStore, signal: AbortSignal): Promise<string> {
  const refresh = async (used: RefreshRecord): Promise<Grant | undefined> => {
    const answer = await post(sender, "refresh", { refresh_token: used.token }, signal);
    signal.throwIfAborted();
    const grant = readRefresh(answer, used, sender.error);
    // The identity may have been left or replaced meanwhile.
    if (grant?.record && store.read()?.token === used.token) store.write(grant.record);
    return grant;
  };
  const known = store.read();
  const isUsable = known && isGood(known, Date.now());
  if (known && !isUsable) store.remove(known);
  const refreshed = isUsable && (await refresh(known));
  if (refreshed) return refreshed.token;

  const minted = readMint(await post(sender, "anonymous", undefined, signal), sender.error);
  // Whoever has signed out while the answer was read leaves nothing behind.
  signal.throwIfAborted();
  // Another tab that did not get the lock either may have been quicker; then its identity is that of all.
  const theirs = store.read();
  const isTheirs = theirs && theirs.token !== known?.token && isGood(theirs, Date.now());
  const joined = isTheirs && (await refresh(theirs));
  if (joined) return joined.token;
  store.write(minted.record);
  return minted.token;
}
