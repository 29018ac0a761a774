/** The routes of the fake Assistant Cloud, as one user. What is thrown is an answer, too. */
import type { Loose } from "../langgraph/read.js";
import { ThreadpassError } from "../face.js";
import { json, text } from "./cloud-answers.js";
import { type Memory, pageAfter } from "./cloud-memory.js";

interface Incoming {
  readonly method: string;
  /** The parts of the path. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Loose;
  readonly userId: string;
  /** Whose a refresh token is. */
  readonly ownerOf: (refreshToken: unknown) => string | undefined;
}

/** The parts of paths that are no ids. */
const words = ["threads", "messages", "feedback", "runs", "stream", "events", "claim"];

export function answer(memory: Memory, { method, parts, query, body, userId, ownerOf }: Incoming): Response {
  const shape = parts.map((part) => (words.includes(part) ? part : "*")).join("/");
  const thread = () => memory.find(userId, parts[1] ?? "");
  const message = () => memory.message(thread(), parts[3] ?? "");
  const asked = {
    ...(query.has("limit") && { limit: Number(query.get("limit")) }),
    ...(query.has("after") && { after: query.get("after")! }),
  };
  switch (`${method} ${shape}`) {
    case "GET threads": {
      const side = { is_archived: query.get("is_archived") === "true" };
      const external = query.has("external_id") ? { external_id: query.get("external_id")! } : {};
      return json(200, {
        threads: memory.list(userId, { ...asked, ...side, ...external }).map(({ thread }) => thread),
      });
    }
    case "POST threads": {
      const { thread, isNew } = memory.create(userId, body);
      return json(isNew ? 201 : 200, { thread_id: thread.id });
    }
    case "POST threads/claim": {
      const from = ownerOf(body.refresh_token);
      if (from === undefined) throw new ThreadpassError("api/forbidden", "Invalid refresh token", { status: 403 });
      return json(200, { moved: memory.claim(from, userId) });
    }
    case "GET threads/*":
      return json(200, { thread: thread().thread });
    case "PUT threads/*":
      memory.change(thread(), body);
      return json(200, {});
    case "DELETE threads/*":
      memory.remove(userId, thread());
      return json(200, {});
    case "GET threads/*/messages": {
      // Of a thread that is not there, there are none.
      const found = memory.of(userId).find(({ thread }) => thread.id === parts[1]);
      return json(200, { messages: pageAfter(found?.messages ?? [], ({ id }) => id, asked, 200) });
    }
    case "POST threads/*/messages":
      return json(201, { message_id: memory.say(thread(), body).id });
    case "PUT threads/*/messages/*":
      memory.rewrite(message(), body);
      return json(200, {});
    case "POST threads/*/messages/*/feedback":
      message();
      return json(200, { feedback_id: memory.id("score"), ...body });
    case "POST runs":
      return json(201, { run_id: memory.id("run") });
    case "POST runs/stream": {
      const { thread_id: id, messages } = body as { thread_id?: string; messages?: unknown[] };
      return text(memory.title(memory.find(userId, id ?? ""), messages ?? []));
    }
    case "POST events":
      return json(202, { accepted: (body.events as unknown[] | undefined)?.length ?? 0 });
    default:
      throw new ThreadpassError("api/not-found", "Not Found", { status: 404 });
  }
}
