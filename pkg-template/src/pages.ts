import type { Page, PagePromise } from "../index.js";

interface Batch<T> {
  items: readonly T[];
  hasMore: boolean;
  /** What the next page is asked for with. */
  cursor?: string;
  offset?: number;
}

/** A page that is fetched when it is awaited, and all pages when it is iterated. */
export function pages<T extends { id?: string }, Q extends object>(
  fetch: (query: Q) => Promise<unknown>,
  query: Q,
): PagePromise<T> {
  const load = async (query: Q, last?: string): Promise<Page<T>> => {
    const batch = (await fetch(query)) as Batch<T>;
    const { items: all, hasMore, ...further } = batch;
    // Tambo begins an ascending page of messages with the one that the cursor stands at.
    const items = last !== undefined && all[0]?.id === last ? all.slice(1) : all;
    const end = items.at(-1)?.id ?? last;
    return { items, hasMore, next: async () => (hasMore ? load({ ...query, ...further }, end) : null) };
  };
  let first: Promise<Page<T>> | undefined;
  const start = () => (first ??= load(query));
  return {
    then: (resolved, rejected) => start().then(resolved, rejected),
    catch: (rejected) => start().catch(rejected),
    finally: (settled) => start().finally(settled),
    async *[Symbol.asyncIterator]() {
      for (let page: Page<T> | null = await start(); page; page = await page.next()) yield* page.items;
    },
    [Symbol.toStringTag]: "Promise",
  };
}
