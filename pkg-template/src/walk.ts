/** Walking a list, page by page. */
import type { Page } from "../index.js";

interface Batch<T> {
  items: readonly T[];
  hasMore: boolean;
  /** What the next page is asked for with. */
  cursor?: string;
  offset?: number;
  after?: string;
}

/** What a walk has seen: ids, and the page each was on first. */
type Seen = Map<string, number>;

/**
 * The page of this query, which leads to the next ones. What was on an earlier page is left out: Tambo begins an ascending
 * page of messages with the one that the cursor stands at, and a list that grows meanwhile moves what is in it.
 */
export async function walk<T extends { id?: string }, Q extends object>(
  fetch: (query: Q) => Promise<unknown>,
  query: Q,
  seen: Seen = new Map(),
  number = 0,
): Promise<Page<T>> {
  const { items: all, hasMore, ...further } = (await fetch(query)) as Batch<T>;
  const isNew = ({ id }: T) => {
    if (id === undefined) return true;
    if (!seen.has(id)) seen.set(id, number);
    return seen.get(id) === number;
  };
  const items = all.filter(isNew);
  // Assistant Cloud begins again after an id that it does not know any more, and would do so for ever.
  const goesOn = hasMore && (items.length > 0 || further.after === undefined);
  const next = () => walk<T, Q>(fetch, { ...query, ...further }, seen, number + 1);
  return { items, hasMore: goesOn, next: async () => (goesOn ? next() : null) };
}
