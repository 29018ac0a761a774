/** Reading what is stored: anybody who could write a row could write anything. */

export type Fields = Readonly<Record<string, unknown>>;

export const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !isArray(value);

export const isText = (value: unknown): value is string => typeof value === "string";

export type Role = "user" | "assistant" | "system";

export const isRole = (value: unknown): value is Role =>
  value === "user" || value === "assistant" || value === "system";

/** The members of these names that are there. */
export function pick(from: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.flatMap((name) => (from[name] == null ? [] : [[name, from[name]]])));
}
