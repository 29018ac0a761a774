/** Sessions: an access token of some life, and refresh tokens that are good once. */
import { randomBytes, randomUUID } from "node:crypto";
import { SignJWT, jwtVerify } from "jose";
import { Problem } from "./problem.mjs";

const badJwt = (why) => new Problem(403, "bad_jwt", `invalid JWT: ${why}`);

/**
 * @param {object} options
 * @param {string} options.issuer
 * @param {string} options.secret that access tokens are signed with
 * @param {number} options.lifetime of access tokens, in seconds
 * @param {number} options.reuse how long a used refresh token is still taken, in seconds
 * @param {(id: string) => object | undefined} options.userOf
 */
export function makeSessions({ issuer, secret, lifetime, reuse, userOf }) {
  const key = new TextEncoder().encode(secret);
  /** By id. The last refresh token of a session is the good one. */
  const sessions = new Map();

  const rotate = (session) => {
    const last = session.tokens.at(-1);
    if (last) last.usedAtMs = Date.now();
    session.tokens.push({ value: randomBytes(9).toString("base64url") });
  };

  const granted = async (session) => {
    const user = userOf(session.userId);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...{ email: user.email, phone: "", role: "authenticated", aal: "aal1", session_id: session.id },
      ...{ app_metadata: user.app_metadata, user_metadata: user.user_metadata, is_anonymous: false },
      amr: [{ method: "password", timestamp: session.since }],
    };
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuer(issuer)
      .setSubject(user.id)
      .setAudience("authenticated")
      .setIssuedAt(now)
      .setExpirationTime(now + lifetime)
      // Two of the same second are told apart.
      .setJti(randomUUID());
    return {
      access_token: await token.sign(key),
      token_type: "bearer",
      expires_in: lifetime,
      expires_at: now + lifetime,
      refresh_token: session.tokens.at(-1).value,
      user,
    };
  };

  return {
    open(user) {
      const session = { id: randomUUID(), userId: user.id, since: Math.floor(Date.now() / 1000), tokens: [] };
      sessions.set(session.id, session);
      rotate(session);
      return granted(session);
    },
    /** A token that was used longer ago than the one before last ends the session: two must have it. */
    refresh(value) {
      const session = [...sessions.values()].find(({ tokens }) => tokens.some((token) => token.value === value));
      if (!session) throw new Problem(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");
      const age = session.tokens.length - 1 - session.tokens.findIndex((token) => token.value === value);
      if (age === 0) rotate(session);
      const { usedAtMs } = session.tokens.at(-1 - age);
      if (age > 1 && Date.now() - usedAtMs > reuse * 1000) {
        sessions.delete(session.id);
        throw new Problem(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
      }
      return granted(session);
    },
    /** Whose bearer it is, and of which session. */
    async check(authorization) {
      const [, token] = /^bearer (\S+)$/i.exec(authorization ?? "") ?? [];
      if (!token) throw new Problem(401, "no_authorization", "This endpoint requires a Bearer token");
      const { payload } = await jwtVerify(token, key, { issuer, audience: "authenticated" }).catch((error) => {
        throw badJwt(error.code === "ERR_JWT_EXPIRED" ? "token is expired" : "unable to parse or verify signature");
      });
      const session = sessions.get(payload.session_id);
      if (!session) throw new Problem(403, "session_not_found", "Session from session_id claim in JWT does not exist");
      return { session, user: userOf(session.userId) };
    },
    /** Ends this session, all of its user's, or all the others. */
    close(session, scope) {
      const ends = {
        local: (other) => other === session,
        global: (other) => other.userId === session.userId,
        others: (other) => other.userId === session.userId && other !== session,
      }[scope];
      if (!ends) throw new Problem(400, "validation_failed", `Unsupported logout scope "${scope}"`);
      for (const other of [...sessions.values()].filter(ends)) sessions.delete(other.id);
    },
  };
}
