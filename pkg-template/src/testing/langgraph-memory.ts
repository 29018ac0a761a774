/** People's threads with their states and runs, as a LangGraph server sends them. Refusals are thrown, with their status. */
import type {
  LangGraphCheckpoint,
  LangGraphHistoryQuery,
  LangGraphInterrupt,
  LangGraphRun,
  LangGraphRunInput,
  LangGraphRunQuery,
  LangGraphStateUpdate,
  LangGraphThread,
  LangGraphThreadInit,
  LangGraphThreadPatch,
  LangGraphThreadQuery,
  LangGraphThreadState,
} from "../../index.js";
import type { FakeLangGraphThread } from "../../testing/index.js";
import { type Loose, isObject } from "../langgraph/read.js";
import { ThreadpassError } from "../face.js";
import { Clock } from "./clock.js";
import { type Mutable, copyOf } from "./memory.js";
import { merged } from "./langgraph-messages.js";

export interface Stored {
  readonly userId: string;
  readonly thread: Mutable<LangGraphThread>;
  /** Newest first. */
  readonly states: LangGraphThreadState[];
  /** Newest first. */
  readonly runs: Mutable<LangGraphRun>[];
}

/** How a run ends. */
export interface Ending {
  readonly status: "success" | "error" | "interrupted";
  /** The state that it leaves. */
  readonly values?: Loose;
  /** What it writes into the state. */
  readonly update?: Loose;
  readonly interrupts?: readonly LangGraphInterrupt[];
  readonly error?: string;
}

/** What the only node of the graph is called. */
export const node = "agent";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const notFound = (what: string) => new ThreadpassError("api/not-found", `${what} not found`, { status: 404 });
const conflict = (message: string) => new ThreadpassError("api/conflict", message, { status: 409 });
const invalid = (message: string) => new ThreadpassError("api/bad-request", message, { status: 422 });

export const isOn = ({ status }: LangGraphRun) => status === "pending" || status === "running";

export class Memory {
  readonly #clock = new Clock();
  /** Newest first. */
  #all: Stored[] = [];

  /** Newest first. */
  of(userId: string): Stored[] {
    return this.#all.filter((stored) => stored.userId === userId);
  }

  /** Unknown threads and other people's are refused alike. */
  find(userId: string, id: string): Stored {
    const stored = this.of(userId).find(({ thread }) => thread.thread_id === id);
    if (stored) return stored;
    throw uuid.test(id) ? notFound(`Thread with ID ${id}`) : invalid("Invalid thread ID: must be a UUID");
  }

  /** As a test puts it there. */
  add(userId: string, { id, name, metadata, messages = [], values }: FakeLangGraphThread = {}): Stored {
    const title = name === undefined ? {} : { title: name };
    const stored = this.#make(userId, id, { ...title, ...metadata });
    this.#all.unshift(stored);
    const said = messages.map(({ role, text }) => ({ role, content: text }));
    if (said.length || values) this.#put(stored, merged({}, { ...values, messages: said }));
    return stored;
  }

  create(userId: string, init: LangGraphThreadInit): Stored {
    const { thread_id: id, metadata, if_exists: ifExists, supersteps = [] } = init;
    if (id !== undefined && !uuid.test(id)) throw invalid("Invalid thread ID: must be a UUID");
    const known = this.#all.find(({ thread }) => thread.thread_id === id);
    if (known && (known.userId !== userId || ifExists !== "do_nothing"))
      throw conflict(`Thread with ID ${id} already exists`);
    if (known) return known;
    const stored = this.add(userId, { ...(id !== undefined && { id }), ...(metadata && { metadata }) });
    for (const { updates } of supersteps)
      for (const update of [updates].flat())
        if (isObject(update)) this.updateState(stored, { values: null, ...update });
    return stored;
  }

  patch({ thread }: Stored, { metadata }: LangGraphThreadPatch): void {
    thread.metadata = { ...thread.metadata, ...metadata };
    thread.updated_at = this.#clock.now();
  }

  /** All that fit, in the order that is asked for. */
  search(userId: string, query: LangGraphThreadQuery): Stored[] {
    const { ids, metadata, values, status, sort_by: by = "created_at", sort_order: order = "desc", extract } = query;
    if (extract)
      throw new ThreadpassError("api/unsupported", "extract: a fake has no paths into a state", { status: 422 });
    const found = this.of(userId).filter(
      ({ thread }) =>
        (!ids || ids.includes(thread.thread_id)) &&
        (!status || thread.status === status) &&
        contains(thread.metadata, metadata ?? {}) &&
        contains(thread.values, values ?? {}),
    );
    const key = ({ thread }: Stored) => thread[by] ?? "";
    const ascending = found.sort((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))));
    return order === "asc" ? ascending : ascending.reverse();
  }

  remove(stored: Stored): void {
    this.#all = this.#all.filter((other) => other !== stored);
  }

  copy({ userId, thread, states }: Stored): Stored {
    const copy = this.add(userId, { metadata: { ...thread.metadata } });
    const { thread_id: id } = copy.thread;
    const moved = ({ ...at }: LangGraphCheckpoint) => ({ ...at, thread_id: id });
    const { values, status, interrupts } = copyOf(thread);
    Object.assign(copy.thread, { values, interrupts, status: status === "busy" ? "idle" : status });
    for (const { checkpoint, parent_checkpoint: parent, ...state } of copyOf(states))
      copy.states.push({
        ...state,
        checkpoint: checkpoint && moved(checkpoint),
        parent_checkpoint: parent && moved(parent),
      });
    return copy;
  }

  /** The present state, or that at a checkpoint. */
  state({ thread, states }: Stored, checkpoint?: LangGraphCheckpoint): LangGraphThreadState {
    const id = checkpoint?.checkpoint_id;
    const state = id ? states.find((state) => state.checkpoint?.checkpoint_id === id) : states[0];
    if (state) return state;
    const asked = id ? { thread_id: thread.thread_id, checkpoint_id: id } : null;
    const none = { metadata: null, created_at: null, checkpoint: asked, parent_checkpoint: null };
    return { values: {}, next: [], tasks: [], interrupts: [], ...none };
  }

  updateState(stored: Stored, { values, checkpoint, checkpoint_id: id }: LangGraphStateUpdate): Loose {
    const base = this.state(stored, id ? { checkpoint_id: id } : checkpoint);
    const made = this.#put(stored, [values].flat().reduce<Loose>(merged, base.values));
    return {
      checkpoint: made.checkpoint,
      configurable: made.checkpoint,
      checkpoint_id: made.checkpoint?.checkpoint_id,
    };
  }

  history({ states }: Stored, { limit = 10, before, metadata }: LangGraphHistoryQuery): LangGraphThreadState[] {
    const at = before && states.findIndex(({ checkpoint }) => checkpoint?.checkpoint_id === before.checkpoint_id);
    const left = states.slice(at === undefined ? 0 : at + 1);
    return left.filter((state) => contains(state.metadata, metadata ?? {})).slice(0, limit);
  }

  /** A run that waits for its turn: of a thread, or of one that nobody sees. */
  begin(userId: string, threadId: string | null, input: LangGraphRunInput): [Stored, Mutable<LangGraphRun>] {
    const stored = threadId === null ? this.#make(userId) : this.#findOrMake(userId, threadId, input);
    if (input.multitask_strategy === "reject" && stored.runs.some(isOn))
      throw conflict(
        "Thread is already running a task. Wait for it to finish or choose a different multitask strategy.",
      );
    const at = this.#clock.now();
    const run: Mutable<LangGraphRun> = {
      run_id: crypto.randomUUID(),
      thread_id: stored.thread.thread_id,
      assistant_id: input.assistant_id ?? node,
      status: "pending",
      metadata: input.metadata ?? {},
      kwargs: { resumable: input.stream_resumable === true },
      created_at: at,
      updated_at: at,
      multitask_strategy: input.multitask_strategy ?? "enqueue",
    };
    stored.runs.unshift(run);
    return [stored, run];
  }

  run({ runs }: Stored, id: string): Mutable<LangGraphRun> {
    const run = runs.find(({ run_id }) => run_id === id);
    if (!run) throw notFound("Run");
    return run;
  }

  /** Newest first. */
  runs({ runs }: Stored, { status }: LangGraphRunQuery): LangGraphRun[] {
    return runs.filter((run) => !status || run.status === status);
  }

  removeRun({ runs }: Stored, run: LangGraphRun): void {
    if (isOn(run)) throw conflict("the run is not over");
    runs.splice(runs.indexOf(run), 1);
  }

  /** Its turn has come: what it was given stands in the state. */
  start(stored: Stored, run: Mutable<LangGraphRun>, { input, command }: LangGraphRunInput): Loose {
    Object.assign(run, { status: "running", updated_at: this.#clock.now() });
    stored.thread.status = "busy";
    const { values } = this.state(stored);
    return this.#put(stored, [input, command?.update].reduce<Loose>(merged, values), { next: [node] }).values;
  }

  settle(stored: Stored, run: Mutable<LangGraphRun>, ending: Ending): void {
    const { status, values = this.state(stored).values, update, interrupts = [], error } = ending;
    Object.assign(run, { status, updated_at: this.#clock.now() });
    const tasks =
      interrupts.length || error !== undefined
        ? [{ id: crypto.randomUUID(), name: node, interrupts, ...(error !== undefined && { error }) }]
        : [];
    // Of a run that was cancelled nothing is kept.
    if (status !== "interrupted") this.#put(stored, merged(values, update), { next: tasks.map(() => node), tasks });
    const settled = status === "success" && interrupts.length ? "interrupted" : status;
    stored.thread.status = stored.runs.some(isOn) ? "busy" : settled === "success" ? "idle" : settled;
  }

  #findOrMake(userId: string, id: string, input: LangGraphRunInput): Stored {
    if (input.if_not_exists === "create" && !this.#all.some(({ thread }) => thread.thread_id === id))
      return this.create(userId, { thread_id: id });
    return this.find(userId, id);
  }

  #make(userId: string, id: string = crypto.randomUUID(), metadata: Loose = {}): Stored {
    const at = this.#clock.now();
    const dates = { created_at: at, updated_at: at, state_updated_at: at };
    const thread = {
      thread_id: id,
      ...dates,
      metadata,
      status: "idle",
      config: {},
      values: null,
      interrupts: {},
    } as const;
    return { userId, thread: { ...thread }, states: [], runs: [] };
  }

  #put(stored: Stored, values: Loose, more: Partial<LangGraphThreadState> = {}): LangGraphThreadState {
    const { thread, states } = stored;
    const at = this.#clock.now();
    const { tasks = [] } = more;
    const state: LangGraphThreadState = {
      ...{ values: copyOf(values), next: [], tasks, metadata: { step: states.length }, created_at: at },
      checkpoint: { thread_id: thread.thread_id, checkpoint_ns: "", checkpoint_id: crypto.randomUUID() },
      parent_checkpoint: states[0]?.checkpoint ?? null,
      interrupts: tasks.flatMap(({ interrupts }) => interrupts),
      ...more,
    };
    states.unshift(state);
    const waiting = tasks.filter(({ interrupts }) => interrupts.length);
    const interrupts = Object.fromEntries(waiting.map(({ id, interrupts }) => [id, interrupts]));
    Object.assign(thread, { values: state.values, interrupts, updated_at: at, state_updated_at: at });
    return state;
  }
}

/** Whether something has what a part of it has. */
function contains(whole: unknown, part: unknown): boolean {
  if (!isObject(part)) return JSON.stringify(whole) === JSON.stringify(part);
  const known = isObject(whole) ? whole : {};
  return Object.entries(part).every(([name, value]) => contains(known[name], value));
}
