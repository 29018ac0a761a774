/** One call of a tool, and its result. */
import type { TamboToolResult } from "../../index.js";
import { unlessAborted } from "../transfer.js";
import { tidy } from "./arguments.js";
import type { Tool } from "./define.js";
import { problems } from "./schema.js";

/** A call that the backend waits for. */
export interface PendingCall {
  readonly toolCallId: string;
  readonly toolName: string;
  /** JSON. */
  readonly arguments: string;
}

/** What the model is told instead of a result. */
class Refused extends Error {}

export function resultOf(toolUseId: string, text: string, isError?: true): TamboToolResult {
  return { type: "tool_result", toolUseId, content: [{ type: "text", text }], ...(isError && { isError }) };
}

/** Calls a tool, until one of the signals ends it. What goes wrong with it is a result too, for the model to read. */
export async function call(
  { toolCallId, toolName, arguments: text }: PendingCall,
  tool: Tool | undefined,
  signals: readonly AbortSignal[],
): Promise<TamboToolResult> {
  const stop = new AbortController();
  const { signal } = stop;
  const links = signals.map((from) => {
    const end = () => stop.abort(from.reason);
    if (from.aborted) end();
    from.addEventListener("abort", end);
    return () => from.removeEventListener("abort", end);
  });
  const ms = tool?.timeoutMs;
  const late = () => stop.abort(new Refused(`${toolName} gave no result within ${ms} ms`));
  const timer = ms && setTimeout(late, ms);
  try {
    if (!tool) throw new Refused(`there is no tool ${toolName}`);
    const work = async () => {
      const args = await argumentsOf(text, tool);
      signal.throwIfAborted();
      return tool.execute!(args, { signal, toolCallId });
    };
    const value = await unlessAborted(signal, work());
    // Nothing, and what JSON has no word for, is null.
    return resultOf(toolCallId, typeof value === "string" ? value : (JSON.stringify(value) ?? "null"));
  } catch (thrown) {
    // What has ended the call says more than what the tool makes of it.
    const why: unknown = signal.aborted ? signal.reason : thrown;
    const says = (why as Error | undefined)?.message ?? why;
    return resultOf(toolCallId, typeof says === "string" ? says : `${toolName} has failed`, true);
  } finally {
    clearTimeout(timer);
    for (const unlink of links) unlink();
  }
}

/** The arguments as the tool's own schema wants them. */
async function argumentsOf(text: string, { definition, standard }: Tool): Promise<unknown> {
  const schema = definition.inputSchema;
  let given: unknown;
  try {
    given = JSON.parse(text || "{}");
  } catch {
    throw new Refused("the arguments are not JSON");
  }
  const args = tidy(given, schema, schema);
  if (!standard) return fitting(problems(schema, args, schema), args);
  const result = await standard.validate(args);
  const issues = (result.issues ?? []).map(({ message, path }) => {
    const place = path?.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return place ? `${place}: ${message}` : message;
  });
  return fitting(issues, "value" in result ? result.value : undefined);
}

function fitting(problems: readonly string[], args: unknown): unknown {
  if (problems.length) throw new Refused(`invalid arguments: ${problems.join("; ")}`);
  return args;
}
