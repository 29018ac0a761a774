/** Lists, as the real client walks them. */
import type { PagePromise } from "../../index.js";
import { pages } from "../face.js";
import { walk } from "../walk.js";

export const listed = <T extends { id?: string }, Q extends object>(
  fetch: (query: Q) => Promise<unknown>,
  query: Q,
): PagePromise<T> => pages(() => walk<T, Q>(fetch, query));
