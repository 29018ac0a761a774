import type { Page, PagePromise } from "../index.js";

/** A page that is fetched when it is awaited, and all pages when it is iterated. */
export function pages<T>(load: () => Promise<Page<T>>): PagePromise<T> {
  let first: Promise<Page<T>> | undefined;
  const start = () => (first ??= load());
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
