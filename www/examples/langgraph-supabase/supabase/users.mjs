/** Who has signed up. They are kept in memory. */
import { randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import { Problem } from "./problem.mjs";

const shortest = 6;

const isoNow = () => new Date().toISOString();

/** Keeps users; with `confirm` they have to show first that the address is theirs. */
export function makeUsers({ confirm }) {
  const byEmail = new Map();

  const confirmed = (record) => Object.assign(record.user, { email_confirmed_at: isoNow() });

  const newUser = (email, metadata) => ({
    id: randomUUID(),
    aud: "authenticated",
    role: "authenticated",
    email,
    phone: "",
    app_metadata: { provider: "email", providers: ["email"] },
    user_metadata: metadata,
    identities: [],
    created_at: isoNow(),
    updated_at: isoNow(),
    is_anonymous: false,
  });

  return {
    /** Whoever signs up with an address that is taken is not told so if it would have to be confirmed. */
    signUp(email, password, metadata = {}) {
      if (!/^\S+@\S+$/.test(email ?? ""))
        throw new Problem(400, "validation_failed", "Unable to validate email address: invalid format");
      if (typeof password !== "string" || password.length < shortest)
        throw new Problem(422, "weak_password", `Password should be at least ${shortest} characters.`, {
          weak_password: { reasons: ["length"] },
        });
      const key = email.toLowerCase();
      const user = newUser(key, metadata);
      if (byEmail.has(key)) {
        if (confirm) return { user };
        throw new Problem(422, "user_already_exists", "User already registered");
      }
      const salt = randomBytes(16);
      const record = { user, salt, hash: scryptSync(password, salt, 32), token: randomBytes(24).toString("hex") };
      byEmail.set(key, record);
      if (!confirm) confirmed(record);
      return { user, token: confirm ? record.token : undefined };
    },
    signIn(email, password) {
      const record = byEmail.get(String(email).toLowerCase());
      const isRight = record && timingSafeEqual(scryptSync(String(password), record.salt, 32), record.hash);
      if (!isRight) throw new Problem(400, "invalid_credentials", "Invalid login credentials");
      if (!record.user.email_confirmed_at) throw new Problem(400, "email_not_confirmed", "Email not confirmed");
      return record.user;
    },
    /** What the link in the mail does. */
    verify(token) {
      const record = [...byEmail.values()].find((record) => record.token === token);
      if (!record) throw new Problem(403, "otp_expired", "Email link is invalid or has expired");
      delete record.token;
      return confirmed(record);
    },
    get: (id) => [...byEmail.values()].find(({ user }) => user.id === id)?.user,
    /** What the user changes of themselves. */
    update: (user, { data }) =>
      Object.assign(user, { user_metadata: { ...user.user_metadata, ...data }, updated_at: isoNow() }),
  };
}
