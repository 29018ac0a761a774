/** The routes below `/v1`, as one user. */
import type { TamboContent, TamboInitialMessage } from "../../index.js";
import { type Answering, type Reply, answer } from "./answering.js";
import { forbidden, json, nothing, problem, refused, stream } from "./answers.js";
import { type Memory, type Stored, copyOf, pageOfMessages, pageOfThreads } from "./memory.js";

interface Asked {
  readonly method: string;
  /** The parts of the path after `/v1/threads`. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly userId: string;
}

export interface Body {
  userKey?: string;
  name?: string;
  metadata?: Record<string, unknown>;
  initialMessages?: readonly TamboInitialMessage[];
  thread?: { userKey?: string; metadata?: Record<string, unknown>; initialMessages?: readonly TamboInitialMessage[] };
  message?: { role?: string; content?: readonly TamboContent[] };
  previousRunId?: string;
}

export class Routes {
  readonly #memory: Memory;
  readonly #reply: Reply;
  readonly #answering = new Map<string, Answering>();

  constructor(memory: Memory, reply: Reply) {
    this.#memory = memory;
    this.#reply = reply;
  }

  answer(asked: Asked): Response {
    const { method, parts, userId } = asked;
    const [id, part, item] = parts;
    if (id === undefined) return method === "GET" ? this.#list(asked) : this.#create(asked);
    if (id === "runs" && method === "POST") return this.#run(asked, this.#add(userId, asked.body.thread));
    const stored = this.#memory.find(userId, id);
    // The service answers the same for unknown threads and other people's.
    if (!stored) return forbidden();
    if (part === "messages") return item === undefined ? this.#messages(asked, stored) : message(stored, item);
    if (part === "runs") return item === undefined ? this.#run(asked, stored) : this.#cancel(stored, item);
    return this.#thread(asked, stored);
  }

  #list({ query, userId }: Asked): Response {
    const limit = limitIn(query, 20);
    if (!limit) return badLimit();
    const { items, ...more } = pageOfThreads(this.#memory.of(userId), { limit, cursor: query.get("cursor") });
    return json(200, { threads: items.map(({ thread }) => thread), ...more });
  }

  #create({ userId, body }: Asked): Response {
    return json(201, this.#add(userId, body).thread);
  }

  #add(userId: string, { metadata, initialMessages = [] }: Body["thread"] & object = {}): Stored {
    const stored = this.#memory.add(userId, metadata ? { metadata } : {});
    for (const { role, content } of initialMessages) this.#memory.say(stored, role, content);
    return stored;
  }

  #thread({ method, body, userId }: Asked, stored: Stored): Response {
    if (method === "GET") return json(200, { ...stored.thread, messages: stored.messages });
    if (method === "DELETE") {
      this.#memory.remove(userId, stored.thread.id);
      return nothing();
    }
    this.#memory.change(stored, body);
    return json(200, stored.thread);
  }

  #messages({ query }: Asked, { messages }: Stored): Response {
    const limit = limitIn(query, 50);
    if (!limit) return badLimit();
    const [cursor, order] = [query.get("cursor"), query.get("order")];
    const { items, ...more } = pageOfMessages(messages, { limit, cursor, order });
    return json(200, { messages: items, ...more });
  }

  #run({ body, userId }: Asked, stored: Stored): Response {
    const { thread, messages } = stored;
    const { currentRunId, lastCompletedRunId } = thread;
    if (currentRunId)
      return problem(409, "concurrent_run", `Thread ${thread.id} already has an active run`, { currentRunId });
    if (messages.length && lastCompletedRunId && body.previousRunId !== lastCompletedRunId)
      return problem(400, "invalid_previous_run", "previousRunId should be the last completed run");
    if (!body.message) return refused(500, "Internal server error");
    this.#memory.say(stored, "user", body.message.content ?? []);
    const answering: Answering = answer(this.#memory, userId, stored, this.#reply, () => {
      this.#answering.delete(answering.runId);
    });
    this.#answering.set(answering.runId, answering);
    return stream(answering.body, { "x-thread-id": thread.id, "x-run-id": answering.runId });
  }

  #cancel({ thread }: Stored, runId: string): Response {
    const answering = this.#answering.get(runId);
    if (!answering || thread.currentRunId !== runId) return problem(404, "run_not_found", `Run ${runId} is not active`);
    answering.cancel();
    return json(200, { runId, status: "cancelled" });
  }
}

function message({ messages }: Stored, id: string): Response {
  const found = messages.find((message) => message.id === id);
  return found
    ? json(200, copyOf(found))
    : json(404, { message: `Message ${id} not found`, error: "Not Found", statusCode: 404 });
}

function limitIn(query: URLSearchParams, usual: number): number | undefined {
  const limit = Number(query.get("limit") ?? usual);
  return Number.isInteger(limit) && limit >= 1 && limit <= 100 ? limit : undefined;
}

const badLimit = (): Response =>
  json(400, { message: ["limit must be 1 to 100"], error: "Bad Request", statusCode: 400 });
