/** A LangGraph server behind a `fetch`. */
import type { FakeBackendOptions } from "../../testing/index.js";
import { isThreadpassError } from "../face.js";
import { type Loose, isObject } from "../langgraph/read.js";
import type { Service } from "./fake-backend.js";
import { copyOf } from "./memory.js";
import { usualReply } from "./pieces.js";
import { ProviderTokens } from "./tokens.js";
import { refused } from "./langgraph-answers.js";
import { Memory, node } from "./langgraph-memory.js";
import { Routes } from "./langgraph-routes.js";

export function langGraphService(options: FakeBackendOptions<"langgraph">): Service<"langgraph"> {
  const { reply = usualReply, tokenLifetime = 3600 } = options;
  const memory = new Memory();
  const tokens = new ProviderTokens(tokenLifetime);
  const routes = new Routes(memory, reply);

  return {
    options: { assistantId: node },
    async answer({ method, path, query, headers, text, failure }) {
      const bearer = headers.get("authorization");
      const userId = bearer === null ? "" : tokens.userOf(bearer.replace(/^Bearer /i, ""));
      const failing = failure();
      if (failing) return [refused(failing.status, failing.message), userId ?? null];
      // The server does not say why.
      if (userId === undefined) return [refused(401, ""), null];
      const body = bodyOf(text);
      if (!body) return [refused(422, "Invalid JSON in request body"), userId];
      const parts = path.split("/").slice(1).map(decodeURIComponent);
      try {
        return [await routes.answer({ method, parts, query, headers, body, userId }), userId];
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
  if (!text) return {};
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
