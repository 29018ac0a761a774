/** The lazy chunk of runs with tools: rounds of calls and their results, which the caller sees as one run. */
import type { RunEvent, RunOptions, TamboToolResult } from "../index.js";
import type { Face, RunEngine, RunFacts } from "./engine-types.js";
import { define } from "./tools/define.js";
import { type PendingCall, call, resultOf } from "./tools/execute.js";
import { isObject } from "./tools/schema.js";

const usualSteps = 10;

export interface RunWithTools {
  /** Starts a run of one round. */
  start(threadId: string | null, body: unknown): RunEngine;
  threadId: string | null;
  input: unknown;
  options: RunOptions<"tambo">;
  error: Face["error"];
  /** Aborted when nobody reads any more, by the caller, and with the generation that has begun this. */
  signal: AbortSignal;
  /** Nobody reads any more. */
  stop: AbortController;
}

export function runWithTools({ start, threadId, input, options, error, signal, stop }: RunWithTools): RunEngine {
  const invalid = (message: string) => error("api/invalid-argument", message, {});
  const tools = define(options.tools, error);
  const { maxSteps = usualSteps } = options;
  if (!(Number.isInteger(maxSteps) && maxSteps >= 0)) throw invalid("maxSteps should be a whole number, 0 or above");
  const given = bodyOf(input);
  const others = Array.isArray(given?.tools) ? given.tools : [];
  /** Those that the input brings along have nobody here who executes them. */
  const named = new Set(others.map((tool) => tool?.name));
  for (const name of tools.keys())
    if (named.has(name)) throw invalid(`${name} is both in tools and in the input's tools`);
  const definitions = [...others, ...Array.from(tools.values(), ({ definition }) => definition)];
  const cancelled = new AbortController();

  let body: unknown = given && definitions.length ? { ...given, tools: definitions } : input;
  let current = start(threadId, body);
  /** The thread, once a round before has named it. The run is the present round's. */
  let before: RunFacts = {};
  let steps = 0;
  let healed = false;
  /** What the backend waits for, as far as this run has said it. */
  let pending: readonly PendingCall[] = [];
  /** Whether it gets it from here. */
  let answering = false;

  /** Also what nobody knows is answered from here: that there is no such tool. */
  const isOurs = ({ toolName }: PendingCall) => {
    const tool = tools.get(toolName);
    return tool ? Boolean(tool.execute) : !named.has(toolName);
  };

  /** The results of all calls, one after the other, as the next message. */
  const answer = async () => {
    const results: TamboToolResult[] = [];
    for (const one of pending) results.push(await call(one, tools.get(one.toolName), [signal, cancelled.signal]));
    signal.throwIfAborted();
    // The backend remembers nothing of the run before.
    const { previousRunId, thread, threadMetadata, message, ...rest } = body as Record<string, unknown>;
    const { additionalContext } = message as { additionalContext?: unknown };
    const context = additionalContext === undefined ? {} : { additionalContext };
    body = { ...rest, message: { role: "user", content: results, ...context } };
    before = { threadId: facts().threadId };
    answering = false;
    pending = [];
    steps += 1;
    current = start(before.threadId!, body);
  };

  /**
   * Calls that were left without a result, by a page that was closed or a run that was left, keep the backend from taking any
   * other message. Nothing was started then; they are answered as failed, together with what was to be said.
   */
  const heal = (thrown: unknown): boolean => {
    const { code, missingToolCallIds: missing } = (thrown as { details?: Record<string, unknown> })?.details ?? {};
    if (healed || steps || code !== "MISSING_RESULTS" || !Array.isArray(missing)) return false;
    const { message, ...rest } = body as { message: { content: readonly { type?: unknown }[] } };
    // Whoever answers calls is told which are missing.
    if (message.content.some(({ type }) => type === "tool_result")) return false;
    healed = true;
    const results = missing.map((id) => resultOf(id, "the call was left without a result", true));
    body = { ...rest, message: { ...message, content: [...results, ...message.content] } };
    current = start(threadId, body);
    return true;
  };

  const facts = (): RunFacts => ({ ...before, ...current.facts() });

  return {
    async pull() {
      if (answering) await answer();
      for (;;) {
        try {
          const { events, done } = await current.pull();
          for (const event of events) pending = pendingOf(event) ?? pending;
          const waits = done && facts().outcome === "awaiting-input" && pending.length > 0;
          // One result alone is refused, so it is all of them or none.
          answering = waits && steps < maxSteps && !cancelled.signal.aborted && pending.every(isOurs);
          return { events, done: done && !answering };
        } catch (thrown) {
          if (!heal(thrown)) throw thrown;
        }
      }
    },
    facts,
    interrupt() {
      if (answering) cancelled.abort(error("run/cancelled", "the run was cancelled", {}));
      return answering;
    },
    close() {
      stop.abort();
      current.close();
    },
  };
}

/** The body of a run; undefined for what the core will refuse. */
function bodyOf(input: unknown): { tools?: { name?: unknown }[] } | undefined {
  if (typeof input === "string" && input.trim())
    return { message: { role: "user", content: [{ type: "text", text: input }] } } as object;
  return isObject(input) ? input : undefined;
}

/** The calls that an event says the backend waits for. */
function pendingOf(event: RunEvent): PendingCall[] | undefined {
  if (event.type !== "CUSTOM" || event.name !== "tambo.run.awaiting_input") return undefined;
  const calls = (event.value as { pendingToolCalls?: unknown } | undefined)?.pendingToolCalls;
  const isCall = (call: unknown) =>
    isObject(call) && ["toolCallId", "toolName", "arguments"].every((name) => typeof call[name] === "string");
  return Array.isArray(calls) && calls.every(isCall) ? calls : [];
}
