/** The refresh record of an anonymous identity, kept as Assistant Cloud's own client keeps it. */
import { type Place, attempt, storageOf } from "../storage.js";
import { type Memory, keyOf, legacyKey } from "./keys.js";

export interface RefreshRecord {
  readonly token: string;
  /** A date, as the backend has written it. */
  readonly expires_at: string;
}

/** A record that ends within this time is not used any more. */
const soonMs = 30_000;

/** Whether a record can still be used. One with an unreadable date cannot. */
export const isGood = ({ expires_at }: RefreshRecord, nowMs: number) => Date.parse(expires_at) - nowMs > soonMs;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** A stored text as a record. Anybody can write to a page's storage. */
function parseRecord(text: string | null | undefined): RefreshRecord | undefined {
  const value = attempt(() => JSON.parse(text!) as Partial<RefreshRecord> | null);
  const { token, expires_at } = value ?? {};
  return isText(token) && isText(expires_at) ? { token, expires_at } : undefined;
}

const textOf = ({ token, expires_at }: RefreshRecord) => JSON.stringify({ token, expires_at });

const isJson = (text: string) => attempt(() => [JSON.parse(text)]) !== undefined;

/** The record of one base URL. */
export class RecordStore {
  private readonly key: string;

  constructor(
    baseUrl: string,
    private readonly place: Place,
    private readonly unstored: Memory,
  ) {
    this.key = keyOf(baseUrl);
  }

  /** What is common to those who have the same record. */
  owner(): object {
    return storageOf(this.place) ?? this.unstored;
  }

  /** Whether other tabs read the same record. */
  isShared(): boolean {
    return this.place === "local" && storageOf("local") !== undefined;
  }

  read(): RefreshRecord | undefined {
    const stored = attempt(() => this.stored());
    return parseRecord(this.unstored.get(this.key) ?? stored);
  }

  write(record: RefreshRecord): void {
    const text = textOf(record);
    const storage = storageOf(this.place);
    const isStored = storage && attempt(() => (storage.setItem(this.key, text), true));
    if (isStored) this.unstored.delete(this.key);
    else this.unstored.set(this.key, text);
  }

  /** Removes the record unless another one has taken its place. */
  remove({ token }: RefreshRecord): void {
    if (this.read()?.token !== token) return;
    this.unstored.delete(this.key);
    attempt(() => storageOf(this.place)?.removeItem(this.key));
  }

  /** The stored text. What an older client has left belongs to the first backend that looks. */
  private stored(): string | null | undefined {
    const storage = storageOf(this.place);
    const found = storage?.getItem(this.key);
    const legacy = storage?.getItem(legacyKey);
    if (!storage || legacy == null) return found;
    const isTaken = found == null && isJson(legacy);
    attempt(() => {
      if (isTaken) storage.setItem(this.key, legacy);
      storage.removeItem(legacyKey);
    });
    return isTaken ? legacy : found;
  }
}
