/** The tokens of a fake backend: the provider's, which it takes, and Tambo's own, which it gives out. */
import { json, refused } from "./answers.js";

const base64url = (text: string): string => {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const decoded = (part: string | undefined): unknown => {
  const bytes = Uint8Array.from(atob((part ?? "").replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
};

const grantType = "urn:ietf:params:oauth:grant-type:token-exchange";
const accessToken = "urn:ietf:params:oauth:token-type:access_token";

/** A provider's token: another one each time, as if it were renewed. The lifetime is in seconds. */
class Provider {
  #count = 0;

  tokenFor(userId: string, lifetime = 3600): string {
    const now = Math.floor(Date.now() / 1000);
    const jti = (this.#count += 1);
    const claims = { iss: "https://idp.threadpass.test", sub: userId, iat: now, exp: now + lifetime, jti };
    return [JSON.stringify({ alg: "none" }), JSON.stringify(claims), "unsigned"].map(base64url).join(".");
  }
}

interface Claims {
  sub?: unknown;
  exp?: unknown;
}

/** Throws for what is no JWT. */
const claimsOf = (token: string) => decoded(token.split(".")[1]) as Claims;

/** The tokens that a LangGraph server is sent. */
export class ProviderTokens {
  readonly #provider = new Provider();
  readonly #lifetime: number;
  readonly #seen = new Set<string>();
  readonly #revoked = new Set<string>();

  /** In seconds. */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  of(userId: string): string {
    const token = this.#provider.tokenFor(userId, this.#lifetime);
    this.#seen.add(token);
    return token;
  }

  /** Whose a token is, while it is good. */
  userOf(token: string): string | undefined {
    this.#seen.add(token);
    try {
      const { sub, exp } = claimsOf(token);
      const isOver = this.#revoked.has(token) || (typeof exp === "number" && exp * 1000 <= Date.now());
      return typeof sub === "string" && sub && !isOver ? sub : undefined;
    } catch {
      return undefined;
    }
  }

  revoke(): void {
    for (const token of this.#seen) this.#revoked.add(token);
  }
}

export class Tokens {
  readonly #provider = new Provider();
  readonly #lifetime: number;
  readonly #issued = new Map<string, { userId: string; endsAtMs: number }>();
  #count = 0;

  /** In seconds. */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  of(userId: string): string {
    return this.#provider.tokenFor(userId);
  }

  /** `POST /oauth/token`. */
  exchange(form: URLSearchParams): Response {
    if (form.get("grant_type") !== grantType) return refused(400, "Unsupported grant_type");
    const subject = form.get("subject_token");
    if (!subject)
      return json(400, { message: ["subject_token should not be empty"], error: "Bad Request", statusCode: 400 });
    let claims: Claims;
    try {
      claims = claimsOf(subject);
    } catch {
      return refused(401, "Invalid OAuth subject token");
    }
    const { sub, exp } = claims;
    if (typeof sub !== "string" || !sub) return refused(401, "Subject token missing subject (sub)");
    const left = typeof exp === "number" ? exp - Math.floor(Date.now() / 1000) : this.#lifetime;
    if (left <= 0) return refused(401, "Token has expired");
    const seconds = Math.min(this.#lifetime, left);
    const token = `fake-session-${(this.#count += 1)}`;
    this.#issued.set(token, { userId: sub, endsAtMs: Date.now() + seconds * 1000 });
    const grant = { access_token: token, token_type: "Bearer", expires_in: seconds, issued_token_type: accessToken };
    return json(201, grant);
  }

  /** Whose a session token is, while it is good. */
  userOf(token: string): string | undefined {
    const issued = this.#issued.get(token);
    return issued && issued.endsAtMs > Date.now() ? issued.userId : undefined;
  }

  revoke(): void {
    this.#issued.clear();
  }
}
