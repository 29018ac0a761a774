/** The app's tools: checked, and as they are sent. */
import type { ClientTool } from "../../index.js";
import type { Face } from "../engine-types.js";
import { type Schema, isObject } from "./schema.js";

/** What is used of a Standard Schema, and of a Standard JSON Schema. */
interface Standard {
  validate(value: unknown): StandardResult | PromiseLike<StandardResult>;
  jsonSchema?: { input(options: { target: string }): unknown };
}
type StandardResult =
  | { value: unknown; issues?: undefined }
  | { issues: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }[] };

/** A tool that can be called. */
export interface Tool {
  /** What is sent of it. */
  readonly definition: { name: string; description: string; inputSchema: Schema };
  readonly standard: Standard | undefined;
  readonly execute: ((args: unknown, context: { signal: AbortSignal; toolCallId: string }) => unknown) | undefined;
  readonly timeoutMs: number | undefined;
}

/** The longest time that a timer takes. */
const longestMs = 2 ** 31 - 1;

/** Reads `tools`. Whatever cannot be sent is named. */
export function define(given: unknown, error: Face["error"]): Map<string, Tool> {
  const invalid = (message: string, cause?: unknown) => error("api/invalid-argument", message, { cause });
  if (!isObject(given)) throw invalid("tools should be an object of tools by their names");
  return new Map(
    Object.entries(given).map(([name, tool]) => {
      const at = `tools.${name}`;
      if (!isObject(tool)) throw invalid(`${at} should be an object`);
      const { description, parameters, inputSchema, execute, timeoutMs } = tool as Partial<ClientTool>;
      if (typeof description !== "string") throw invalid(`${at}.description should be a string`);
      if (execute !== undefined && typeof execute !== "function")
        throw invalid(`${at}.execute should be a function, or left out where somebody else gives the result`);
      if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= longestMs))
        throw invalid(`${at}.timeoutMs should be a number of milliseconds above 0, of at most ${longestMs}`);
      const standard = (parameters as { "~standard"?: Standard } | undefined)?.["~standard"];
      let schema: unknown = inputSchema ?? (standard ? undefined : parameters);
      try {
        schema ??= standard?.jsonSchema?.input({ target: "draft-2020-12" });
      } catch (cause) {
        throw invalid(`${at}.parameters cannot be said as JSON Schema; give it as inputSchema`, cause);
      }
      if (standard && schema === undefined)
        throw invalid(`${at}.parameters does not know its JSON Schema; give it as inputSchema`);
      if (!isObject(schema)) throw invalid(`${at}.parameters should be a JSON Schema or a Standard Schema`);
      // Called as a method, as the app has written it.
      const run = execute && ((...args: [never, never]) => execute.apply(tool, args));
      return [
        name,
        { definition: { name, description, inputSchema: schema }, standard, execute: run, timeoutMs } as Tool,
      ];
    }),
  );
}
