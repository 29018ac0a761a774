/** The auth state as a switch sees it. */
import { type AuthState, type ThreadpassError, type Unsubscribe, type UserHint, createClient } from "threadpass";
import type { Expect, Same } from "./expect.js";

export function describe(state: AuthState): string {
  switch (state.status) {
    case "unauthenticated": {
      type Reasons = "no-credential" | "no-user" | "signed-out" | "session-ended" | "other-tab";
      const check: Expect<Same<typeof state.reason, Reasons>> = true;
      return check && state.reason;
    }
    case "exchanging":
      return `${state.attempt + 1} ${state.user?.email ?? ""} ${state.generation}`;
    case "identified":
      return `${state.source} ${state.user?.orgId ?? ""} ${state.refreshError?.code ?? ""}`;
    case "error":
      return `${state.error.code} ${state.retryAtMs === null ? "never" : new Date(state.retryAtMs).toISOString()}`;
    case "invalid":
      return state.error.code;
    default: {
      // Nothing is left over: a state that is added has to be handled by whoever handles all of them.
      const none: never = state;
      return none;
    }
  }
}

export function members(state: AuthState): void {
  // @ts-expect-error Not every state has a user.
  state.user;
  // @ts-expect-error Nor an error.
  state.error;
  if (state.status === "identified") {
    type Sources = "userKey" | "tokenExchange" | "sessionToken" | "anonymous" | "authToken" | "apiKey" | "open";
    const checks: [
      Expect<Same<typeof state.source, Sources>>,
      Expect<Same<typeof state.user, UserHint | null>>,
      Expect<Same<typeof state.refreshError, ThreadpassError | null>>,
      Expect<Same<typeof state.generation, number>>,
    ] = [true, true, true, true];
    void checks;
    // @ts-expect-error A renewal that failed is no error of this state.
    state.error;
  }
}

export function writes(state: AuthState & { status: "identified" }): void {
  // @ts-expect-error A state is read, not written.
  state.generation = 1;
}

const { auth, onActivity } = createClient({ backend: "tambo", apiKey: "x", anonymous: true });

// As React's `useSyncExternalStore` wants it.
declare function useSyncExternalStore<T>(
  subscribe: (changed: () => void) => () => void,
  now: () => T,
  server: () => T,
): T;
export const state: AuthState = useSyncExternalStore(auth.subscribe, auth.getSnapshot, auth.getServerSnapshot);

const off: Unsubscribe = auth.onChange((state, { previous, cause }) => describe(previous ?? state) + cause.length);
off();
off.unsubscribe();
onActivity(({ kind }) => kind.length).unsubscribe();

export async function tokens(signal: AbortSignal): Promise<void> {
  const { status, source, user } = await auth.ready({ signal });
  const checks: [Expect<Same<typeof status, "identified">>] = [true];
  void [checks, source, user];
  const token: string | null = await auth.getToken({ signal, forceRefresh: true });
  // @ts-expect-error Not every credential has a token.
  const text: string = await auth.getToken();
  const now: string | null = auth.peekToken();
  const headers: HeadersInit = await auth.headers();
  void [token, text, now, headers];
  auth.invalidate();
  await auth.signOut();
}
