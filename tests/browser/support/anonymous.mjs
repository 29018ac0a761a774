/** Assistant Cloud's token endpoints, as a test wants them to be. */
import { jwt } from "./inside.mjs";

export const mint = "POST /v1/auth/tokens/anonymous";
export const refresh = "POST /v1/auth/tokens/refresh";
export const list = "GET /v1/threads";
export const claim = "POST /v1/threads/claim";

/** Where the record of a backend is kept. */
export const keyOf = (url) => `aui:refresh_token:${url}`;

export const later = "2099-01-01T00:00:00.000Z";
export const evenLater = "2099-02-01T00:00:00.000Z";

/** The record of the nth identity, as it is stored. Not a canary: storage is where it belongs. */
export const recordOf = (nth, expires_at = later) => JSON.stringify({ token: `refresh_0${nth}`, expires_at });

let issued = 0;
/** An access token: no two are alike. */
export const accessOf = (sub, lifetime = 300) => {
  const iat = Math.floor(Date.now() / 1000);
  return jwt({ sub, workspace_id: sub, project_id: "proj", iat, exp: iat + lifetime, jti: ++issued });
};

/** Whom a call was made as. */
export const subOf = ({ headers }) => {
  const payload = headers.authorization?.split(".")[1];
  return payload && JSON.parse(Buffer.from(payload, "base64url").toString()).sub;
};

const grantOf = (nth, expires_at) => ({
  access_token: accessOf(`usr_anon_0${nth}`),
  refresh_token: { token: `refresh_0${nth}`, expires_at },
});

/** A backend that gives out identities: the nth one is `usr_anon_0<n>`. */
export const routes = (more = {}) => ({
  [mint]: ({ json, nth }) => json(200, grantOf(nth, later)),
  [refresh]: ({ json, call }) => json(200, grantOf(/_0(\d+)$/.exec(JSON.parse(call.body).refresh_token)[1], evenLater)),
  [list]: ({ json }) => json(200, { threads: [] }),
  ...more,
});

/** Which routes were called, in order. */
export const named = (server) => server.calls.map(({ method, path }) => `${method} ${path.split("?")[0]}`);
