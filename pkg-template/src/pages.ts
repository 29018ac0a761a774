import type { Page, PagePromise } from "../index.js";

interface Batch<T> {
  items: readonly T[];
  hasMore: boolean;
  cursor?: string;
}

/** A page that is fetched when it is awaited, and all pages when it is iterated. */
export function pages<T extends { id: string }, Q extends object>(
  fetch: (query: Q) => Promise<unknown>,
  query: Q,
): PagePromise<T> {
  const load = async (query: Q, last?: string): Promise<Page<T>> => {
    const batch = (await fetch(query)) as Batch<T>;
    const { hasMore, cursor } = batch;
    // Tambo begins an ascending page of messages with the one that the cursor stands at.
    const items = last !== undefined && batch.items[0]?.id === last ? batch.items.slice(1) : batch.items;
    const end = items.at(-1)?.id ?? last;
    return { items, hasMore, next: async () => (hasMore ? load({ ...query, cursor }, end) : null) };
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
