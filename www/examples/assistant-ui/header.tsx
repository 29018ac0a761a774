/** Who the visitor is. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { client, signedIn } from "./client.js";
import { signIn, signOut } from "./sign-in.js";

const { subscribe, getSnapshot } = client.auth;

function described(state: ReturnType<typeof getSnapshot>): string {
  if (state.status === "error" || state.status === "invalid") return state.error.message;
  if (state.status === "unauthenticated") return "Nobody is signed in";
  if (!signedIn) return "Not signed in";
  return state.user?.email ?? state.user?.id ?? "One moment…";
}

/** How many chats came along when the visitor signed in; 0 if none did. */
function useMoved(): number {
  const [moved, setMoved] = useState(0);
  useEffect(() => client.onActivity((entry) => entry.kind === "claimed" && setMoved(Number(entry.moved))), []);
  return moved;
}

async function leave() {
  await client.auth.signOut();
  if (signedIn) await signOut();
  else location.assign("/");
}

export function Header() {
  const state = useSyncExternalStore(subscribe, getSnapshot);
  const moved = useMoved();
  return (
    <header>
      <h1>assistant-ui over Threadpass</h1>
      <p role="status">
        {described(state)}
        {moved > 0 && `, and ${moved === 1 ? "a chat" : `${moved} chats`} came with you`}
      </p>
      {!signedIn && <button onClick={() => void signIn()}>Sign in</button>}
      <button onClick={() => void leave()}>{signedIn ? "Sign out" : "Forget me"}</button>
    </header>
  );
}
