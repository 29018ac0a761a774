/** Following a run. */
import type { JoinOptions } from "../../index.js";
import type { RunEngine } from "../engine-types.js";
import type { Wire } from "./wire.js";

export function streamRun(wire: Wire, _threadId: string | null, _input: unknown): RunEngine {
  throw wire.error("api/unsupported", "runs of LangGraph cannot be streamed yet; use runs.wait");
}

export function joinRun(wire: Wire, _threadId: string | null, _runId: string, _options: JoinOptions): RunEngine {
  throw wire.error("api/unsupported", "runs of LangGraph cannot be joined as streams yet; use runs.join");
}
