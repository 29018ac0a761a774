/** Signing in at an OpenID provider, by redirect. */
import { ErrorResponse, UserManager, WebStorageStateStore } from "oidc-client-ts";
import type { TokenFn } from "threadpass";

const { VITE_ISSUER, VITE_CLIENT_ID } = import.meta.env;
const page = new URL("/", location.href).href;
/** Tabs take turns: of two renewals at once with the same refresh token, a provider takes one for theft. */
const lock = "assistant-ui-example:sign-in";

const manager = new UserManager({
  authority: VITE_ISSUER,
  client_id: VITE_CLIENT_ID,
  redirect_uri: page,
  post_logout_redirect_uri: page,
  scope: "openid profile email offline_access",
  userStore: new WebStorageStateStore({ store: localStorage }),
  // The client says when a token is needed.
  automaticSilentRenew: false,
});

/** Takes what the provider has put into the page's URL, and answers whether somebody is signed in. */
export async function isSignedIn(): Promise<boolean> {
  if (new URLSearchParams(location.search).has("state")) {
    await manager.signinCallback();
    history.replaceState(null, "", page);
  }
  return (await manager.getUser()) !== null;
}

/** The ID token; null if nobody is signed in any more. */
export const idToken: TokenFn = ({ forceRefresh }) =>
  navigator.locks.request(lock, async () => {
    const user = await manager.getUser();
    if (!user || (!forceRefresh && user.profile.exp * 1000 > Date.now())) return user?.id_token;
    try {
      return (await manager.signinSilent())?.id_token;
    } catch (error) {
      // Whatever else it is, it does not say that the session is over.
      if (!(error instanceof ErrorResponse && error.error === "invalid_grant")) throw error;
      await manager.removeUser();
      return null;
    }
  });

export const signIn = () => manager.signinRedirect({ prompt: "login" });

/** Forgets the user here, and has the provider end its session; it sends the visitor back. */
export const signOut = () => manager.signoutRedirect();
