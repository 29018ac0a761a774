/** How the provider is set up: one public client, any person, no consent screen. */
import { randomBytes } from "node:crypto";
import { interactionPolicy } from "oidc-provider";
import { makeKeys } from "./keys.mjs";
import { errorPage, signOutPage } from "./pages.mjs";
import { findAccount } from "./people.mjs";

const day = 24 * 60 * 60;
const scopes = "openid profile email offline_access";

export const clientId = "threadpass-demo";

/**
 * @param {{ page: URL, lifetime: number, algorithm: string }} options the page that signs people in, the lifetime of ID
 *   and access tokens in seconds, and what ID tokens are signed with
 */
export async function configuration({ page, lifetime, algorithm }) {
  const prompts = interactionPolicy.base();
  // The demo and its provider belong together, so there is nothing to agree to.
  prompts.remove("consent");
  return {
    clients: [
      {
        client_id: clientId,
        client_name: "Threadpass demo",
        // A native client may be sent back to plain http on loopback; a web client may not.
        application_type: "native",
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        redirect_uris: [page.href],
        post_logout_redirect_uris: [page.href],
        id_token_signed_response_alg: algorithm,
        scope: scopes,
      },
    ],
    jwks: await makeKeys(),
    cookies: { keys: [randomBytes(32).toString("hex")] },
    scopes: scopes.split(" "),
    claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
    // A backend that is given an ID token reads the person from it, so the claims have to be in it.
    conformIdTokenClaims: false,
    findAccount,
    loadExistingGrant,
    clientBasedCORS: (_context, origin) => origin === page.origin,
    // The library drops `offline_access` where no consent was asked for; a page that cannot renew would be no demo.
    issueRefreshToken: (_context, client) => client.grantTypeAllowed("refresh_token"),
    interactions: { policy: prompts, url: (_context, { uid }) => `/sign-in/${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: signOutPage },
    },
    renderError: (context, out) => errorPage(context, out, page),
    ttl: {
      IdToken: lifetime,
      AccessToken: lifetime,
      RefreshToken: day,
      Session: day,
      Grant: day,
      Interaction: day,
    },
  };
}

/** Whoever has signed in has agreed. */
async function loadExistingGrant({ oidc: { client, provider, session } }) {
  const known = session.grantIdFor(client.clientId);
  const existing = known && (await provider.Grant.find(known));
  if (existing) return existing;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(scopes);
  await grant.save();
  return grant;
}
