/** The routes of the fake server, as one user. What is thrown is an answer, too. */
import type {
  LangGraphRun,
  LangGraphRunInput,
  LangGraphRunStatus,
  LangGraphStateUpdate,
  LangGraphThread,
  LangGraphThreadQuery,
} from "../../index.js";
import { type Loose, isObject, textIn } from "../langgraph/read.js";
import { ThreadpassError } from "../face.js";
import { json, nothing, stream } from "./langgraph-answers.js";
import { Answering, type Reply } from "./langgraph-answering.js";
import { type Memory, type Stored, isOn, notFound } from "./langgraph-memory.js";

interface Asked {
  readonly method: string;
  /** The parts of the path. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Loose;
  readonly userId: string;
}

/** The parts of paths that are no ids. */
const words = ["threads", "search", "count", "copy", "state", "checkpoint", "history"];
const wordsOfRuns = ["runs", "stream", "wait", "join", "cancel"];

const unknownRun = { error: "HTTPException", message: "404: Run not found" };

export class Routes {
  readonly #memory: Memory;
  readonly #reply: Reply;
  readonly #answering = new Map<string, Answering>();

  constructor(memory: Memory, reply: Reply) {
    this.#memory = memory;
    this.#reply = reply;
  }

  answer(asked: Asked): Response | Promise<Response> {
    const { method, parts, body, userId } = asked;
    const memory = this.#memory;
    const shape = parts.map((part) => ([...words, ...wordsOfRuns].includes(part) ? part : "*")).join("/");
    const thread = () => memory.find(userId, parts[1] ?? "");
    switch (`${method} ${shape}`) {
      case "POST threads":
        return json(200, memory.create(userId, body).thread);
      case "POST threads/search":
        return this.#search(asked);
      case "POST threads/count":
        return json(200, memory.search(userId, body).length);
      case "GET threads/*":
        return json(200, thread().thread);
      case "PATCH threads/*":
        memory.patch(thread(), body);
        return json(200, thread().thread);
      case "DELETE threads/*":
        for (const { run_id: id } of thread().runs) this.#answering.get(id)?.cancel();
        memory.remove(thread());
        return nothing();
      case "POST threads/*/copy":
        return json(200, memory.copy(thread()).thread);
      case "GET threads/*/state":
        return json(200, memory.state(thread()));
      case "POST threads/*/state/checkpoint":
        return json(200, memory.state(thread(), body.checkpoint as object));
      case "POST threads/*/state":
        return json(200, memory.updateState(thread(), body as unknown as LangGraphStateUpdate));
      case "POST threads/*/history":
        return json(200, memory.history(thread(), body));
      case "GET threads/*/runs":
        return this.#list(asked, thread());
      case "GET threads/*/runs/*":
        return json(200, this.#run(asked));
      case "DELETE threads/*/runs/*":
        memory.removeRun(thread(), this.#run(asked));
        this.#answering.delete(parts[3] ?? "");
        return nothing();
      case "POST threads/*/runs/*/cancel":
        return this.#cancel(asked);
      case "GET threads/*/runs/*/join":
        return this.#join(asked);
      case "GET threads/*/runs/*/stream":
      case "GET runs/*/stream":
        return this.#joinStream(asked);
      case "POST runs":
      case "POST threads/*/runs": {
        const { run } = this.#begin(asked);
        return json(200, run, locationOf(run));
      }
      case "POST runs/wait":
      case "POST threads/*/runs/wait":
        return this.#values(this.#begin(asked));
      case "POST runs/stream":
      case "POST threads/*/runs/stream": {
        const answering = this.#begin(asked);
        return this.#stream(answering, 0, (body as LangGraphRunInput).on_disconnect === "cancel");
      }
      default:
        throw notFound("The path");
    }
  }

  #search({ body, userId }: Asked): Response {
    const { limit = 10, offset = 0, select, ...query } = body as LangGraphThreadQuery;
    const all = this.#memory.search(userId, query);
    const end = offset + limit;
    const shown = ({ thread }: Stored) =>
      select ? Object.fromEntries(select.map((name: keyof LangGraphThread) => [name, thread[name]])) : thread;
    return json(200, all.slice(offset, end).map(shown), {
      "x-pagination-total": String(all.length),
      ...(end < all.length && { "x-pagination-next": String(end) }),
    });
  }

  #list({ query }: Asked, stored: Stored): Response {
    const offset = Number(query.get("offset") ?? 0);
    const status = query.get("status") as LangGraphRunStatus | null;
    const runs = this.#memory.runs(stored, status ? { status } : {});
    return json(200, runs.slice(offset, offset + Number(query.get("limit") ?? 10)));
  }

  #begin({ parts, body, userId }: Asked): Answering {
    const memory = this.#memory;
    const input: LangGraphRunInput = body;
    const [stored, run] = memory.begin(userId, parts[0] === "threads" ? (parts[1] ?? "") : null, input);
    const before = stored.runs.flatMap(({ run_id: id }) => this.#answering.get(id) ?? []);
    const strategy = input.multitask_strategy;
    if (strategy === "interrupt" || strategy === "rollback") for (const other of before) other.cancel();
    const turn = Promise.all(before.map(({ over }) => over));
    const answering = new Answering(memory, stored, run, input, this.#reply, turn);
    this.#answering.set(run.run_id, answering);
    return answering;
  }

  #run({ parts, userId }: Asked): LangGraphRun {
    return this.#memory.run(this.#memory.find(userId, parts[1] ?? ""), parts[3] ?? "");
  }

  async #cancel(asked: Asked): Promise<Response> {
    const run = this.#run(asked);
    const answering = this.#answering.get(run.run_id);
    if (!answering?.cancel()) throw notFound("A run that is on");
    await answering.over;
    if (asked.query.get("action") === "rollback") this.#memory.removeRun(answering.stored, run);
    return json(200, {});
  }

  /** Of an unknown run it is an answer, and not a refusal. */
  #join(asked: Asked): Response | Promise<Response> {
    const answering = this.#joined(asked);
    return answering ? this.#values(answering) : json(200, { __error__: unknownRun });
  }

  #joinStream(asked: Asked): Response {
    const answering = this.#joined(asked);
    if (!answering) return stream(new Blob([`event: error\r\ndata: ${JSON.stringify(unknownRun)}\r\n\r\n`]).stream());
    const { isResumable, count } = answering;
    const last = isResumable ? asked.headers.get("last-event-id") : null;
    const from = last === null ? count : Math.max(0, Number(last));
    return this.#stream(answering, from, asked.query.get("cancel_on_disconnect") === "true");
  }

  #joined({ parts, userId }: Asked): Answering | undefined {
    const answering = this.#answering.get(parts.at(-2) ?? "");
    if (answering?.stored.userId !== userId) return undefined;
    return parts[0] === "threads" && answering.run.thread_id !== parts[1] ? undefined : answering;
  }

  async #values(answering: Answering): Promise<Response> {
    await answering.over;
    const { stored, failure, run } = answering;
    const { values, interrupts } = this.#memory.state(stored);
    const asks = interrupts?.length ? { __interrupt__: interrupts } : {};
    return json(200, failure ? { __error__: failure } : { ...values, ...asks }, locationOf(run));
  }

  #stream(answering: Answering, from: number, isItsOwn: boolean): Response {
    const { run } = answering;
    const left = () => {
      if (isItsOwn) answering.cancel();
    };
    return stream(answering.body({ from, left }), locationOf(run));
  }
}

const locationOf = ({ thread_id: threadId, run_id: runId }: LangGraphRun) => ({
  "content-location": `/threads/${threadId}/runs/${runId}`,
});
