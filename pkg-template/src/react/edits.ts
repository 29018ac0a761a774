/** Rows of a list of threads, and changes of it that the backend has not confirmed. */
import type { Backend, Thread } from "../../index.js";
import type { ThreadRow } from "../../react/index.js";

export type Row = ThreadRow<Backend>;
export type Rows = readonly Row[];
export type Patch = (rows: Rows) => Rows;

export const rowOf = (thread: Thread<Backend>, key: string): Row => ({ ...thread, key, pending: null });

/** Puts a row where its time of creation belongs, newest first, or in the place of its older version. */
export const put =
  (row: Row): Patch =>
  (rows) => {
    if (rows.some(({ key }) => key === row.key)) return rows.map((other) => (other.key === row.key ? row : other));
    const after = rows.findIndex(({ createdAt }) => createdAt < row.createdAt);
    const index = after < 0 ? rows.length : after;
    return [...rows.slice(0, index), row, ...rows.slice(index)];
  };

/** Puts a row first, whatever the clocks of page and backend say. */
export const putFirst =
  (row: Row): Patch =>
  (rows) => [row, ...rows.filter(({ key }) => key !== row.key)];

export const remove =
  (key: string): Patch =>
  (rows) =>
    rows.filter((row) => row.key !== key);

/** Shows another title. A row that has not changed keeps its identity. */
export function retitle(key: string, title: string): Patch {
  let last: { row: Row; shown: Row } | undefined;
  const shown = (row: Row) => {
    if (last?.row !== row) last = { row, shown: { ...row, title, pending: row.pending ?? "rename" } };
    return last.shown;
  };
  return (rows) => rows.map((row) => (row.key === key ? shown(row) : row));
}

/** The row of a thread that is being created. */
export function newRow(key: string, metadata: unknown): Row {
  const now = new Date().toISOString();
  const raw: Row["raw"] = { id: key, runStatus: "idle", createdAt: now, updatedAt: now };
  const thread = { id: key, title: null, createdAt: now, updatedAt: now, archived: false, metadata, raw };
  return { ...thread, key, pending: "create" };
}

/** Whether two versions of a thread are the same. */
export const isSame = (row: Row, thread: Thread<Backend>): boolean =>
  row.pending === null && JSON.stringify(row.raw) === JSON.stringify(thread.raw);
