/** The backend's routes (contract, section 4), as far as a visitor without a sign-in has use for them. */
import { type Call, isObject, limitOf, ownerOf, type Place, readCall } from "./call";
import { pageOf } from "./page";
import { Problem, problem } from "./problem";
import { newId, newRow, threadOf, withMessages } from "./row";
import { Runs } from "./run";
import { checkOrder, readRunBody } from "./run-body";
import { Store } from "./store";
import { begun, cancelled } from "./transitions";

/** What a handler is given: the ids of the path, and whose call it is. */
interface Asked {
  readonly call: Call;
  readonly owner: string;
  readonly ids: readonly string[];
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly place: Place;
  readonly answer: (asked: Asked) => Promise<Answer>;
}

/** An answer, and what goes on after it has begun. */
export interface Answer {
  readonly response: Response;
  readonly over?: Promise<void>;
}

export class Backend {
  readonly #apiKey: string;
  readonly #store: Store;
  readonly #runs: Runs;

  /** `name` tells the databases of several demos on one host apart. */
  constructor(apiKey: string, name: string) {
    this.#apiKey = apiKey;
    this.#store = new Store(name);
    this.#runs = new Runs(this.#store);
  }

  /** `path` is the request's below the backend's own. */
  async answer(request: Request, path: string): Promise<Answer> {
    try {
      for (const { method, path: pattern, place, answer } of this.#routes) {
        const match = method === request.method && pattern.exec(path);
        if (!match) continue;
        const call = await readCall(request);
        const owner = ownerOf(call, this.#apiKey, place);
        return await answer({ call, owner, ids: match.slice(1).map(decodeURIComponent) });
      }
      throw problem(404, `Cannot ${request.method} ${path}`);
    } catch (thrown) {
      if (thrown instanceof Problem) return json(thrown.status, thrown.body);
      console.error(thrown);
      return json(500, { statusCode: 500, message: "Internal server error" });
    }
  }

  readonly #routes: readonly Route[] = [
    {
      method: "GET",
      path: /^\/v1\/threads$/,
      place: "query",
      answer: async ({ call, owner }) => {
        const limit = limitOf(call, 20);
        const rows = await this.#store.list(owner);
        const { items, ...page } = pageOf(rows, limit, call.query.get("cursor"));
        return json(200, { threads: items.map(threadOf), ...page });
      },
    },
    {
      method: "GET",
      path: /^\/v1\/threads\/([^/]+)$/,
      place: "query",
      answer: async ({ owner, ids: [id] }) => json(200, withMessages(await this.#store.get(owner, id!))),
    },
    {
      method: "PATCH",
      path: /^\/v1\/threads\/([^/]+)$/,
      place: "query",
      answer: async ({ call, owner, ids: [id] }) => {
        const { name, metadata } = call.body;
        const row = await this.#store.update(owner, id!, (row) => {
          // Whose thread it is comes before what is wrong with the body.
          const wrong: string[] = [];
          if (name != null && typeof name !== "string") wrong.push("name must be a string");
          if (metadata != null && !isObject(metadata)) wrong.push("metadata must be an object");
          if (wrong.length) throw problem(400, wrong);
          const named = typeof name === "string" ? { ...row, name } : row;
          const described = isObject(metadata) ? { ...named, metadata } : named;
          return { ...described, updatedAt: this.#store.now() };
        });
        return json(200, threadOf(row));
      },
    },
    {
      method: "DELETE",
      path: /^\/v1\/threads\/([^/]+)$/,
      place: "query",
      answer: async ({ owner, ids: [id] }) => {
        const { currentRunId } = await this.#store.delete(owner, id!);
        if (currentRunId) this.#runs.cancel(currentRunId);
        return { response: new Response(null, { status: 204 }) };
      },
    },
    {
      method: "POST",
      path: /^\/v1\/threads\/runs$/,
      place: "body's thread",
      answer: async ({ call, owner }) => {
        const body = readRunBody(call.body);
        const { thread, threadMetadata } = call.body;
        const metadata = threadMetadata ?? (isObject(thread) ? thread["metadata"] : undefined);
        const row = newRow(owner, this.#store.now(), metadata);
        await this.#store.insert(row);
        return this.#run(owner, row.id, body);
      },
    },
    {
      method: "POST",
      path: /^\/v1\/threads\/([^/]+)\/runs$/,
      place: "body",
      answer: async ({ call, owner, ids: [id] }) => {
        await this.#store.get(owner, id!);
        return this.#run(owner, id!, readRunBody(call.body));
      },
    },
    {
      method: "DELETE",
      path: /^\/v1\/threads\/([^/]+)\/runs\/([^/]+)$/,
      place: "query",
      answer: async ({ owner, ids: [id, runId] }) => {
        await this.#store.update(owner, id!, (row) => {
          if (row.currentRunId !== runId) throw problem(404, `Run ${runId} is not active on thread ${id}`);
          return cancelled(row, this.#store.now());
        });
        this.#runs.cancel(runId!);
        return json(200, { runId, status: "cancelled" });
      },
    },
  ];

  /** Begins a run and answers with its stream. */
  async #run(userKey: string, threadId: string, body: ReturnType<typeof readRunBody>): Promise<Answer> {
    const runId = newId("run");
    await this.#store.update(userKey, threadId, (row) => {
      checkOrder(row, body);
      return begun(row, runId, body.content, this.#store.now());
    });
    const { body: stream, over } = this.#runs.open({ userKey, threadId, runId, prompt: body.prompt });
    const headers = { "content-type": "text/event-stream", "cache-control": "no-cache" };
    return { response: new Response(stream, { status: 201, headers }), over };
  }
}

const json = (status: number, body: object): Answer => ({ response: Response.json(body, { status }) });
