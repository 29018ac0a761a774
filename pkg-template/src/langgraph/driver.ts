/** Following a run through every connection that it takes, so that its events come once, in order, and to the end. */
import type { JoinOptions, RunEvent } from "../../index.js";
import type { RunEngine, RunFacts } from "../engine-types.js";
import { bodyOf, findRun, makeThread } from "./begin.js";
import { denial } from "./denial.js";
import { type Ending, Endings, lost, over, readState } from "./ending.js";
import { type Ids, Mapper } from "./mapper.js";
import { Patience, mayBeDone, passes, persist } from "./patience.js";
import { type Loose, isObject } from "./read.js";
import { Repeats } from "./repeats.js";
import type { EventStream, ServerEvent, Wire } from "./wire.js";

/** Asks for everything that the server has kept of a run. */
const fromTheStart = "-1";

/** A connection that lasted so long, in milliseconds, was a good one even if nothing was said. */
const lastingMs = 5_000;

/** Starts a run and follows it. Without a thread one is made first. */
export function streamRun(wire: Wire, threadId: string | null, input: unknown): RunEngine {
  const body = bodyOf(wire, input);
  return new Driver(wire, { threadId, runId: null }, { body, replayable: body.stream_resumable === true });
}

/** Follows a run that was started elsewhere. */
export function joinRun(wire: Wire, threadId: string | null, runId: string, options: JoinOptions): RunEngine {
  const { lastEventId, streamMode, cancelOnDisconnect } = options;
  const query = { stream_mode: streamMode, cancel_on_disconnect: cancelOnDisconnect };
  return new Driver(wire, { threadId, runId }, { query, replayable: true, lastEventId });
}

interface Plan {
  /** What starts the run; undefined for one that goes on. */
  readonly body?: Loose;
  /** What a stream is joined with. Runs of ours are joined as they are: a server that is told modes leaves errors out. */
  readonly query?: Loose;
  /** The server keeps what it has sent. */
  readonly replayable: boolean;
  /** The last event that the caller has read. */
  readonly lastEventId?: string | undefined;
}

class Driver implements RunEngine {
  private readonly mapper: Mapper;
  private readonly endings: Endings;
  private readonly patience: Patience;
  private stream: EventStream | undefined;
  /** What `runs.stream` was answered with, until it is read. */
  private begun: EventStream | undefined;
  private repeats: Repeats | undefined;
  private since = 0;
  private lastId: string | null;
  /** The run has been started, or goes on anyway. */
  private running: boolean;
  /** Something of it was read. */
  private received = false;
  /** Nothing was read of this connection. */
  private fresh = true;
  /** It was read from its beginning, or from where the caller has come to. */
  private whole = true;
  /** What was missed was read from the state, and nothing was read since. */
  private filled = false;
  /** The thread's state may say more than was read. */
  private incomplete = false;
  private scrub = (text: string) => text;
  private ending: Ending | undefined;

  constructor(
    private readonly wire: Wire,
    private readonly ids: Ids,
    private readonly plan: Plan,
  ) {
    const { body, lastEventId } = plan;
    this.lastId = lastEventId || null;
    this.running = !body;
    this.mapper = new Mapper(ids, this.lastId !== null && lastEventId !== fromTheStart);
    this.endings = new Endings(wire, ids, this.mapper);
    this.patience = new Patience(wire.signal);
  }

  facts(): RunFacts {
    const { threadId, runId } = this.ids;
    return { ...(threadId && { threadId }), ...(runId && { runId }), ...this.ending?.facts };
  }

  async pull(): Promise<{ events: RunEvent[]; done: boolean }> {
    if (this.ending) return { events: [], done: true };
    if (!this.stream) {
      // What is known by now is told before anything is waited for: also who the run is, without an event.
      const events = await this.prepare();
      if (events.length) return { events, done: false };
      await this.attempt(async () => void (this.stream = await this.connect()));
      return { events, done: false };
    }
    const { stream } = this;
    const piece = await this.attempt(() => stream.pull());
    const events = !piece ? [] : piece.done ? await this.ended() : await this.take(piece.events);
    return { events, done: this.ending !== undefined };
  }

  close(): void {
    this.wire.stop.abort();
    this.drop();
  }

  /** What comes before a connection: the run is started or found, and what was missed for good is read from the state. */
  private async prepare(): Promise<RunEvent[]> {
    const { wire, ids, plan } = this;
    if (plan.body && !this.running) {
      ids.threadId ??= await makeThread(wire);
      try {
        this.begun = await wire.open("runs.stream", [ids.threadId, plan.body]);
      } catch (thrown) {
        if (!mayBeDone(thrown)) throw thrown;
        ids.runId = await findRun(wire, ids, plan.body, thrown);
      }
      this.running = true;
    } else if (plan.body && !ids.runId) {
      ids.runId = await findRun(wire, ids, plan.body, lost(wire)(undefined));
    }
    const missed = this.received && !this.isKept && !this.filled && !this.begun;
    return missed ? this.fillGap() : [];
  }

  /** What goes on the wire; undefined where the connection was lost, and the next one has to wait no longer. */
  private async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { wire, plan } = this;
    try {
      return await work();
    } catch (thrown) {
      this.drop();
      if (!passes(thrown)) throw thrown;
      const began = this.received || plan.body;
      await this.patience.again(began && mayBeDone(thrown) ? lost(wire)(thrown) : thrown);
      return undefined;
    }
  }

  private async connect(): Promise<EventStream> {
    const { wire, ids, plan } = this;
    let stream = this.begun;
    this.begun = undefined;
    if (!stream) {
      const from = this.isKept ? this.lastId : this.received ? null : fromTheStart;
      stream = await wire.open("runs.joinStream", [ids.threadId, ids.runId, plan.query ?? {}], from ?? undefined);
      this.whole = from !== fromTheStart;
      this.repeats = new Repeats(this.lastId);
      this.incomplete ||= this.received;
    }
    // The path alone is taken, and of it the ids: another origin is none of ours.
    const [, thread, run] =
      /^\/(?!\/)(?:.*\/)?threads\/([^/?#]+)\/runs\/([^/?#]+)/.exec(stream.contentLocation ?? "") ?? [];
    if (run && thread === ids.threadId) ids.runId ??= run;
    this.scrub = stream.scrub;
    this.since = Date.now();
    this.fresh = true;
    this.filled = false;
    return stream;
  }

  /** The server can go on after the last event that was read. */
  private get isKept(): boolean {
    return this.plan.replayable && this.lastId !== null;
  }

  private async take(events: readonly ServerEvent[]): Promise<RunEvent[]> {
    const [first] = events;
    if (first || Date.now() - this.since >= lastingMs) this.patience.renew();
    if (!first) return [];
    const told: RunEvent[] = [];
    if (this.fresh) told.push(...(await this.open(first)));
    this.fresh = false;
    this.received = true;
    for (const event of events) {
      if (this.repeats?.has(event)) continue;
      if (event.event === "error") {
        this.ending = this.endings.failed(event, isObject(event.data) ? event.data : {}, this.scrub);
        this.drop();
        return [...told, ...this.ending.events];
      }
      told.push(...this.mapper.map(event));
      if (event.id !== null) this.lastId = event.id || null;
    }
    return told;
  }

  /** What the first event of a connection says about it. */
  private async open(first: ServerEvent): Promise<RunEvent[]> {
    const refused = first.event === "error" && denial(this.wire, first, this.scrub);
    if (refused) {
      this.drop();
      throw refused;
    }
    return this.whole || first.event === "metadata" || (await this.isResumable()) ? [] : this.fillGap();
  }

  /** Where the beginning is left out because the caller wants some modes only, the run says whether anything else is. */
  private async isResumable(): Promise<boolean> {
    const { wire, ids, plan } = this;
    if (!plan.query?.stream_mode || ids.threadId === null) return false;
    const run = await persist(wire.signal, () => wire.call<unknown>("runs.get", [ids.threadId, ids.runId]), lost(wire));
    return isObject(run) && isObject(run.kwargs) && run.kwargs.resumable === true;
  }

  /** Something was missed that no stream will repeat: the state is read instead, now and at the end. */
  private async fillGap(): Promise<RunEvent[]> {
    const { wire, ids, mapper } = this;
    if (ids.threadId === null) {
      // A run without a thread leaves no state that could be read.
      if (this.received) throw lost(wire)(undefined);
      return [];
    }
    this.filled = this.incomplete = true;
    mapper.gap();
    const state = await readState(wire, ids);
    return isObject(state) ? mapper.fill(state.values, state) : [];
  }

  /** The stream has come to an end; that need not be the run's. */
  private async ended(): Promise<RunEvent[]> {
    const { wire, ids, mapper } = this;
    this.drop();
    if (ids.threadId === null) {
      this.ending = this.endings.of({ status: "success", run: null }, undefined, this.scrub);
      return [...this.ending.events];
    }
    this.incomplete ||= !this.received;
    const known = ids.runId === null ? undefined : await over(wire, ids);
    if (!known) {
      this.incomplete = true;
      await this.patience.again(lost(wire)(undefined));
      return [];
    }
    const reads = this.incomplete || known.status === "error" || mapper.stopped || !mapper.tellsInterrupts;
    const state = reads ? await readState(wire, ids) : undefined;
    const filled = this.incomplete && isObject(state) ? mapper.fill(state.values, state) : [];
    this.ending = this.endings.of(known, state, this.scrub);
    return [...filled, ...this.ending.events];
  }

  private drop(): void {
    this.stream?.close();
    this.begun?.close();
    this.stream = this.begun = undefined;
  }
}
