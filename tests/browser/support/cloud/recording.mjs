/** What was recorded of Assistant Cloud's own client: each request, each answer, and what the client made of them. */
import { readFile } from "node:fs/promises";
import { parse } from "smol-toml";

const contracts = new URL("../../../contracts/", import.meta.url);
const file = "assistant-cloud/requests.json";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {{ method: string, path: string, headers: Record<string, string>, body: unknown } | null} request
 * @property {{ status: number, headers: Record<string, string>, body?: unknown, body_text?: string,
 *   body_chunks_base64?: string[] } | null} response
 *
 * @typedef {object} Group
 * @property {string} name
 * @property {Record<string, unknown>} config
 * @property {{ method: string, args: unknown[] }} call
 * @property {Step[]} steps in the order of the requests; one without a request if there was none
 * @property {{ ok: boolean, value?: unknown, error?: Record<string, any> }} outcome
 * @property {Record<string, string>} [before] what `localStorage` held
 * @property {Record<string, string>} [after]
 * @property {string[]} locks
 */

/** @returns {Promise<Group[]>} */
export async function recordedGroups() {
  const entries = JSON.parse(await readFile(new URL(`captures/${file}`, contracts), "utf8"));
  /** @type {Map<string, any[]>} */
  const groups = new Map();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  return Array.from(groups, ([name, steps]) => {
    const { config, call, outcome, storage_before: before, storage_after: after, web_locks: locks = [] } = steps.at(-1);
    return { name, config, call, steps, outcome, before, after, locks };
  });
}

/** The exchanges in which ours is meant to differ, and why, by name. @returns {Promise<Map<string, string>>} */
export async function skippedExchanges() {
  const { skipped } = parse(await readFile(new URL("skipped.toml", contracts), "utf8"));
  return new Map(skipped.filter((entry) => entry.file === file).map(({ name, reason }) => [name, reason]));
}

/** Whether the last that was recorded is a token request that has given no token. @param {Group} group */
export const isFailedToken = ({ steps, outcome }) =>
  !outcome.ok && /^\/v1\/auth\/tokens\/(anonymous|refresh)$/.test(steps.at(-1)?.request?.path ?? "");

/** The recording's words for what JSON has none for. */
export function decode(value) {
  if (typeof value !== "object" || value === null) return value;
  if ("$undefined" in value) return undefined;
  if ("$date" in value) return new Date(value.$date);
  if (Array.isArray(value)) return value.map(decode);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, decode(member)]));
}
