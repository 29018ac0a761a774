/** Assistant Cloud behind a `fetch`. */
import type { FakeBackendOptions } from "../../testing/index.js";
import { isThreadpassError } from "../face.js";
import type { Loose } from "../langgraph/read.js";
import { json, refused } from "./cloud-answers.js";
import { Memory } from "./cloud-memory.js";
import { answer } from "./cloud-routes.js";
import type { Service } from "./fake-backend.js";
import { copyOf } from "./memory.js";
import { ProviderTokens } from "./tokens.js";

/** How long an anonymous identity lasts that is not used. */
const thirtyDaysMs = 30 * 24 * 3_600_000;

export function cloudService(options: FakeBackendOptions<"assistant-cloud">): Service<"assistant-cloud"> {
  const memory = new Memory();
  const tokens = new ProviderTokens(options.tokenLifetime ?? 3600);
  /** Anonymous users by their refresh tokens. */
  const nobodies = new Map<string, string>();

  const grant = (refreshToken: string, userId: string): Response =>
    json(200, {
      access_token: tokens.of(userId),
      refresh_token: { token: refreshToken, expires_at: new Date(Date.now() + thirtyDaysMs).toISOString() },
    });
  const mint = (): Response => {
    const userId = memory.id("usr_anon");
    const token = `refresh_0${crypto.randomUUID()}`;
    nobodies.set(token, userId);
    return grant(token, userId);
  };
  const refresh = ({ refresh_token: token }: Loose): Response => {
    const userId = nobodies.get(token as string);
    return userId === undefined ? refused(403, "Invalid refresh token") : grant(token as string, userId);
  };

  return {
    options: {},
    async answer({ method, path, query, headers, text, failure }) {
      const [, version, ...parts] = path.split("/").map(decodeURIComponent);
      const bearer = headers.get("authorization");
      const userId = bearer === null ? null : (tokens.userOf(bearer.replace(/^Bearer /i, "")) ?? null);
      const failing = failure();
      if (failing) return [refused(failing.status, failing.message), userId];
      if (version !== "v1") return [refused(404, "Not Found"), userId];
      const body = bodyOf(text);
      if (!body) return [refused(400, "Invalid JSON"), userId];
      if (path === "/v1/auth/tokens/anonymous") return [mint(), null];
      if (path === "/v1/auth/tokens/refresh") return [refresh(body), null];
      if (userId === null) return [refused(401, "Unauthorized"), null];
      try {
        const ownerOf = (token: unknown) => nobodies.get(token as string);
        return [answer(memory, { method, parts, query, body, userId, ownerOf }), userId];
      } catch (thrown) {
        if (!isThreadpassError(thrown) || !thrown.status) throw thrown;
        return [refused(thrown.status, thrown.message), userId];
      }
    },
    tokenFor: (userId) => tokens.of(userId),
    addThread: (userId, thread) => copyOf(memory.add(userId, thread).thread),
    threadsOf: (userId) => memory.of(userId).map(({ thread }) => copyOf(thread)),
    revoke: () => tokens.revoke(),
  };
}

/** Undefined for what is no JSON object. */
function bodyOf(text: string): Loose | undefined {
  try {
    const body: unknown = text ? JSON.parse(text) : {};
    return typeof body === "object" && body !== null ? (body as Loose) : undefined;
  } catch {
    return undefined;
  }
}
