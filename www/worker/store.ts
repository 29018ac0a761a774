/** The threads, in the browser's database. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { forbidden } from "./problem";
import type { Row } from "./row";
import { cancelled } from "./transitions";

interface Schema extends DBSchema {
  threads: { key: string; value: Row; indexes: { ofUser: [string, number] } };
}

/** What nobody has touched for so long belongs to a visitor whose tab is long gone. */
const keptMs = 7 * 24 * 60 * 60_000;

export class Store {
  readonly #database: Promise<IDBPDatabase<Schema>>;
  #last = 0;

  constructor(name: string) {
    this.#database = open(name);
  }

  /** The time, later than every time given before: lists are ordered by it. */
  now(): number {
    this.#last = Math.max(Date.now(), this.#last + 1);
    return this.#last;
  }

  /** All of somebody's, newest first. */
  async list(userKey: string): Promise<Row[]> {
    const range = IDBKeyRange.bound([userKey, 0], [userKey, Infinity]);
    return (await (await this.#database).getAllFromIndex("threads", "ofUser", range)).reverse();
  }

  async insert(row: Row): Promise<void> {
    await (await this.#database).add("threads", row);
  }

  /** Somebody's thread. One that is not there and one that is not theirs are refused alike. */
  async get(userKey: string, id: string): Promise<Row> {
    return owned(await (await this.#database).get("threads", id), userKey);
  }

  /** Reads a thread and writes what becomes of it, and nobody comes between. What `change` throws changes nothing. */
  async update(userKey: string, id: string, change: (row: Row) => Row): Promise<Row> {
    const transaction = (await this.#database).transaction("threads", "readwrite");
    const before = await transaction.store.get(id);
    const after = change(owned(before, userKey));
    await transaction.store.put(after);
    await transaction.done;
    return after;
  }

  /** The result is the thread as it was. */
  async delete(userKey: string, id: string): Promise<Row> {
    const transaction = (await this.#database).transaction("threads", "readwrite");
    const row = owned(await transaction.store.get(id), userKey);
    await transaction.store.delete(id);
    await transaction.done;
    return row;
  }
}

function owned(row: Row | undefined, userKey: string): Row {
  if (row?.userKey !== userKey) throw forbidden();
  return row;
}

/** Opens it, ends the runs of a worker that is gone, and drops what is old. */
async function open(name: string): Promise<IDBPDatabase<Schema>> {
  const database: IDBPDatabase<Schema> = await openDB<Schema>(name, 1, {
    upgrade(database) {
      const threads = database.createObjectStore("threads", { keyPath: "id" });
      threads.createIndex("ofUser", ["userKey", "createdAt"]);
    },
    // A later version of this worker wants to change the tables.
    blocking: () => database.close(),
  });
  const transaction = database.transaction("threads", "readwrite");
  const now = Date.now();
  for await (const cursor of transaction.store) {
    const row = cursor.value;
    if (row.updatedAt < now - keptMs) await cursor.delete();
    else if (row.currentRunId) await cursor.update(cancelled(row, now));
  }
  await transaction.done;
  return database;
}
