/** The OpenID provider's side: signing in and out by redirect, and the ID token in between. */
import { ErrorResponse, type User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import type { TokenFn, UserHint } from "threadpass";

/** Tabs take turns: of two renewals at once with the same refresh token, a provider takes one for theft. */
const lock = "threadpass-demo:sign-in";

/** Where one signs in. */
export interface Provider {
  readonly issuer: string;
  readonly clientId: string;
}

export class SignIn {
  readonly #manager: UserManager;
  readonly #issuer: string;
  /** Where the signed-in user is kept, shared by all tabs. */
  readonly #key: string;
  #user: User | null = null;

  constructor({ issuer, clientId }: Provider, page: string) {
    this.#issuer = issuer;
    this.#key = `oidc.user:${issuer}:${clientId}`;
    this.#manager = new UserManager({
      authority: issuer,
      client_id: clientId,
      redirect_uri: page,
      post_logout_redirect_uri: page,
      scope: "openid profile email offline_access",
      userStore: new WebStorageStateStore({ store: localStorage }),
      // Threadpass says when a token is needed; a second timer would only race with it.
      automaticSilentRenew: false,
    });
  }

  /** Goes to the provider. `again` has it ask for a name even if it knows somebody. */
  begin(again: boolean): Promise<void> {
    return this.#manager.signinRedirect(again ? { prompt: "login" } : {});
  }

  /** Takes what the provider has put into the page's URL. True if somebody has signed in just now. */
  async complete(url: string): Promise<boolean> {
    if (!new URL(url).searchParams.has("state")) return false;
    await navigator.locks.request(lock, () => this.#manager.signinRedirectCallback(url));
    return true;
  }

  /** What Threadpass asks: the ID token, null if nobody is signed in. Throws if the provider could not be asked. */
  readonly token: TokenFn = async ({ forceRefresh }) => {
    this.#user = await this.#manager.getUser();
    const known = this.#user?.id_token;
    if (!known) return null;
    if (!forceRefresh && !hasEnded(this.#user)) return known;
    return navigator.locks.request(lock, async () => {
      this.#user = await this.#manager.getUser();
      // Another tab may have renewed it, or signed out, while this one waited.
      if (this.#user?.id_token === known) this.#user = await this.#renew();
      return this.#user?.id_token;
    });
  };

  async #renew(): Promise<User | null> {
    try {
      return await this.#manager.signinSilent();
    } catch (error) {
      if (!(error instanceof ErrorResponse && error.error === "invalid_grant")) throw error;
      // The provider has ended the session; that is an answer.
      await this.#manager.removeUser();
      return null;
    }
  }

  /** Forgets the user in all tabs. The result is what the provider wants to see to end its own session. */
  async forget(): Promise<string | undefined> {
    return navigator.locks.request(lock, async () => {
      const user = await this.#manager.getUser();
      await this.#manager.removeUser();
      this.#user = null;
      return user?.id_token;
    });
  }

  /** Goes to the provider to end its session too, unless it cannot be reached. False if this page stays. */
  async endSession(idToken: string): Promise<boolean> {
    try {
      await fetch(`${this.#issuer}/.well-known/openid-configuration`);
    } catch {
      return false;
    }
    await this.#manager.signoutRedirect({ id_token_hint: idToken });
    return true;
  }

  /** Tells when another tab has signed somebody else in, until the result is called. Leaving is told by Threadpass itself. */
  onOtherUser(listener: () => void): () => void {
    const off = new AbortController();
    addEventListener(
      "storage",
      ({ key, oldValue, newValue }) => {
        if (key === this.#key && newValue && subjectOf(newValue) !== subjectOf(oldValue)) listener();
      },
      off,
    );
    return () => off.abort();
  }

  /** The name the provider knows for a user. */
  nameOf({ id, email }: UserHint): string {
    const profile = this.#user?.profile;
    return (profile?.sub === id ? profile.name : undefined) ?? email ?? id;
  }
}

function hasEnded(user: User | null): boolean {
  return (user?.profile.exp ?? 0) * 1000 <= Date.now();
}

function subjectOf(stored: string | null): string | undefined {
  return stored ? (JSON.parse(stored) as User).profile.sub : undefined;
}
