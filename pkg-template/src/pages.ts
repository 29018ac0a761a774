import type { Page, PagePromise } from "../index.js";

interface Batch<T> {
  items: readonly T[];
  hasMore: boolean;
  cursor?: string;
}

/** A page that is fetched when it is awaited, and all pages when it is iterated. */
export function pages<T, Q extends object>(fetch: (query: Q) => Promise<unknown>, query: Q): PagePromise<T> {
  const load = async (query: Q): Promise<Page<T>> => {
    const { items, hasMore, cursor } = (await fetch(query)) as Batch<T>;
    return { items, hasMore, next: async () => (hasMore ? load({ ...query, cursor }) : null) };
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
