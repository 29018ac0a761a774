/** Tambo behind a `fetch`. */
import type { FakeBackendOptions } from "../../testing/index.js";
import { forbidden, json, refused } from "./answers.js";
import type { Service } from "./fake-backend.js";
import { Memory, copyOf } from "./memory.js";
import { usualReply } from "./pieces.js";
import { type Body, Routes } from "./routes.js";
import { Tokens } from "./tokens.js";

const apiKey = "tambo_fake";

export function tamboService({ reply = usualReply, tokenLifetime = 900 }: FakeBackendOptions): Service<"tambo"> {
  const memory = new Memory();
  const tokens = new Tokens(tokenLifetime);
  const routes = new Routes(memory, reply);

  return {
    options: { apiKey },
    async answer({ method, path, query, headers, text, failure }) {
      if (headers.get("x-api-key") !== apiKey) return [forbidden(), null];
      const failing = failure();
      if (failing) return [refused(failing.status, failing.message), null];
      if (method === "POST" && path === "/oauth/token") return [tokens.exchange(new URLSearchParams(text)), null];
      const [, version, things, ...parts] = path.split("/").map(decodeURIComponent);
      if (version !== "v1" || things !== "threads") return [refused(404, `Cannot ${method} ${path}`), null];
      const body = (text ? JSON.parse(text) : {}) as Body;
      const [bearer, userKey] = [
        headers.get("authorization"),
        query.get("userKey") ?? body.userKey ?? body.thread?.userKey,
      ];
      const userId = bearer ? tokens.userOf(bearer.replace(/^Bearer /i, "")) : userKey?.trim();
      if (bearer && userId === undefined) return [refused(401, "Invalid bearer token"), null];
      if (!userId || (bearer && userKey !== undefined))
        return [badIdentity(bearer ? "received both" : "received neither"), userId ?? null];
      return [routes.answer({ method, parts, query, body, userId }), userId];
    },
    tokenFor: (userId) => tokens.of(userId),
    addThread: (userId, thread) => copyOf(memory.add(userId, thread).thread),
    threadsOf: (userId) => memory.of(userId).map(({ thread }) => copyOf(thread)),
    revoke: () => tokens.revoke(),
  };
}

const badIdentity = (received: string): Response =>
  json(400, {
    message: `V1 APIs require exactly one context identifier: a userKey or a bearer token (${received}).`,
    error: "Bad Request",
    statusCode: 400,
  });
