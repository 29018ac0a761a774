/**
 * The well-known sign-ins as token callbacks. They are taken by their shape: nothing here depends on their packages.
 *
 * @example
 * ```ts
 * import { createClient } from "threadpass";
 * import { fromSupabase } from "threadpass/providers";
 *
 * const client = createClient({ backend: "tambo", apiKey: "tambo_…", userToken: fromSupabase(supabase) });
 * ```
 */

import type { TokenFn } from "../index.js";

/**
 * A token callback that also says when its user changes. A client whose credential it is listens from its start until it is
 * disposed of, so that the app has nothing to do when somebody signs in or out. Yours may have the member, too.
 *
 * @example
 * ```ts
 * import type { ProviderTokenFn } from "threadpass/providers";
 *
 * const userToken: ProviderTokenFn = Object.assign(() => provider.getIdToken(false), {
 *   onUserChange(listener: (change: "user" | "token") => void) {
 *     return provider.onUserChanged(() => listener("user"));
 *   },
 * });
 * ```
 */
export interface ProviderTokenFn extends TokenFn {
  /**
   * Calls the listener with `"user"` when another person or nobody is signed in, whereupon the client starts anew as with
   * `auth.invalidate()`; with `"token"` when the same person has signed in again or has another token, which the client then
   * asks for. Answers what removes the listener.
   */
  onUserChange(listener: (change: "user" | "token") => void): () => void;
}

/** What is used of a session of Supabase's. */
export interface SupabaseSession {
  /** The JWT that the backend is shown. */
  readonly access_token: string;
  /** Whose it is. */
  readonly user: { readonly id: string };
}

/** What is used of a client of `@supabase/supabase-js`; `{ auth: new AuthClient(…) }` of `@supabase/auth-js` will do, too. */
export interface SupabaseClient {
  /** The part of it that signs in. */
  readonly auth: {
    getSession(): Promise<SupabaseAnswer>;
    refreshSession(): Promise<SupabaseAnswer>;
    onAuthStateChange(listener: (event: string, session: SupabaseSession | null) => void): {
      data: { subscription: { unsubscribe(): void } };
    };
  };
}

/** How Supabase's methods answer: they do not throw. */
export interface SupabaseAnswer {
  readonly data: { readonly session: SupabaseSession | null };
  readonly error: { readonly name: string; readonly status?: number | undefined } | null;
}

/**
 * A token callback that gets Supabase's access tokens. Supabase refreshes by itself, and is asked to only where the client
 * needs a token other than the one it has. No session is null: nobody is signed in. What says nothing about the session, such
 * as a network that is down, is thrown as Supabase's own error: the user stays.
 *
 * The same client gives the same callback, so it may be written inline.
 *
 * @example
 * ```ts
 * import { createClient } from "threadpass";
 * import { fromSupabase } from "threadpass/providers";
 *
 * const client = createClient({ backend: "tambo", apiKey: "tambo_…", userToken: fromSupabase(supabase) });
 * ```
 */
export function fromSupabase(client: SupabaseClient): ProviderTokenFn;
