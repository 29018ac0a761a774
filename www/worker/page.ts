/** A page of a list. Where the next one begins is said in the service's own way: by time and id. */
import { isObject } from "./call";
import { problem } from "./problem";
import type { Row } from "./row";

interface Page {
  readonly items: readonly Row[];
  readonly nextCursor?: string;
  readonly hasMore: boolean;
}

export function pageOf(rows: readonly Row[], limit: number, cursor: string | null): Page {
  const after = cursor === null ? Infinity : timeIn(cursor);
  const rest = rows.filter(({ createdAt }) => createdAt < after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return rest.length > limit && last
    ? { items, nextCursor: cursorAfter(last), hasMore: true }
    : { items, hasMore: false };
}

const cursorAfter = ({ createdAt, id }: Row): string =>
  btoa(JSON.stringify({ createdAt: new Date(createdAt).toISOString(), id }));

function timeIn(cursor: string): number {
  try {
    const position: unknown = JSON.parse(atob(cursor));
    const time = Date.parse(String(isObject(position) && position["createdAt"]));
    if (!Number.isNaN(time)) return time;
  } catch {
    // Then it is none of ours.
  }
  throw problem(400, "Invalid cursor");
}
