/** How a run has ended: the end of its stream says nothing, so the run itself is asked. */
import type { RunEvent } from "../../index.js";
import type { RunFacts } from "../engine-types.js";
import { agUi, breakpointsOf, interruptsOfState } from "./interrupts.js";
import type { Ids, Mapper } from "./mapper.js";
import { isNotFound, pause, persist } from "./patience.js";
import { type Loose, isObject, objectsIn, textIn } from "./read.js";
import type { Wire } from "./wire.js";

/** The last events of a run, and what its result is. */
export interface Ending {
  readonly events: readonly RunEvent[];
  readonly facts: Pick<RunFacts, "outcome" | "error">;
}

/** How a run is now that it is over. */
interface Over {
  readonly status: string;
  /** The run as it was sent; null if it is gone. */
  readonly run: unknown;
}

/** A stream ends a little before its run does. It is asked for that so long after each other, in milliseconds. */
const asks = [0, 100, 250, 500, 1_000];

/** Errors by which servers say that a run was cancelled. */
const cancelling = ["UserInterrupt", "UserRollback"];

export const lost = (wire: Wire) => (cause: unknown) =>
  wire.error("stream/interrupted", "the connection was lost; the run may go on: join its stream to read the rest", {
    ...{ retryable: true, cause },
  });

/** Undefined while the run goes on. */
export async function over(wire: Wire, { threadId, runId }: Ids): Promise<Over | undefined> {
  for (const ms of asks) {
    await pause(ms, wire.signal);
    try {
      const run = await persist(wire.signal, () => wire.call<unknown>("runs.get", [threadId, runId]), lost(wire));
      const status = isObject(run) ? textIn(run.status) : undefined;
      if (status && status !== "pending" && status !== "running") return { status, run };
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
      // It was rolled back.
      return { status: "interrupted", run: null };
    }
  }
  return undefined;
}

/** The state of the run's thread; undefined if the thread is gone. */
export async function readState(wire: Wire, { threadId }: Ids): Promise<unknown> {
  try {
    return await persist(wire.signal, () => wire.call<unknown>("threads.state", [threadId]), lost(wire));
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}

/** Says how runs end. */
export class Endings {
  constructor(
    private readonly wire: Wire,
    private readonly ids: Ids,
    private readonly mapper: Mapper,
  ) {}

  /** By the run's status, and by the thread's state where the stream has not said everything. */
  of({ status, run }: Over, state: unknown, scrub: (text: string) => string): Ending {
    if (status === "error") {
      const words = objectsIn(isObject(state) ? state.tasks : []).map(({ error }) => textIn(error));
      return this.failed(run, { message: words.find(Boolean) ?? "the server does not say why" }, scrub);
    }
    if (status === "timeout")
      return this.failed(run, { message: "it has taken longer than the server allows", error: status }, scrub);
    const { interrupts, stopped } = this.mapper;
    const asked = agUi(interrupts.length ? interrupts : interruptsOfState(state));
    const waitsFor = !asked.length && stopped ? breakpointsOf(state) : asked;
    if (waitsFor.length)
      return this.finished(run, { type: "interrupt", interrupts: waitsFor }, { outcome: "awaiting-input" });
    return status === "interrupted" ? this.cancelled(run) : this.finished(run, { type: "success" });
  }

  /** The server has said that it failed, and in which words. */
  failed(raw: unknown, words: Loose, scrub: (text: string) => string): Ending {
    const code = textIn(words.error);
    if (code && cancelling.includes(code)) return this.cancelled(raw);
    const message = textIn(words.message) || code || "the server does not say why";
    const error = this.wire.error("run/failed", `the run failed: ${scrub(message)}`, {
      details: code ? { code: scrub(code) } : {},
    });
    return this.last(raw, { type: "RUN_ERROR", message, ...(code && { code }) }, { error });
  }

  /** It finished, unless something else is known. */
  finished(raw: unknown, outcome: Loose, facts: Ending["facts"] = { outcome: "finished" }): Ending {
    const { threadId, runId } = this.ids;
    return this.last(raw, { type: "RUN_FINISHED", threadId: threadId ?? "", runId: runId ?? "", outcome }, facts);
  }

  private cancelled(raw: unknown): Ending {
    const error = this.wire.error("run/cancelled", "the run was cancelled");
    return this.finished(raw, { type: "cancelled" }, { error });
  }

  private last(raw: unknown, event: Loose, facts: Ending["facts"]): Ending {
    return { events: [...this.mapper.end(raw), { ...event, raw } as unknown as RunEvent], facts };
  }
}
