import type { HistoryItem, MessageFormat } from "../../assistant-cloud/index.js";
import type { AssistantCloudMessage } from "../../index.js";

/**
 * The rows of a format that can be read, oldest first. What follows a row that cannot has lost its place, and is left out; a row
 * whose parent is not there at all, or is of another format, begins a branch.
 */
export function readable<M>(newestFirst: readonly AssistantCloudMessage[], format: MessageFormat<M>): HistoryItem<M>[] {
  const rows = new Map(newestFirst.filter((row) => row.format === format.format).map((row) => [row.id, row]));
  const parentOf = ({ parent_id: id }: AssistantCloudMessage) => (id !== null && rows.has(id) ? id : null);
  const items = new Map<string, HistoryItem<M>>();
  for (const row of rows.values()) {
    const { id, created_at: createdAt, content } = row;
    const message = attempt(() => format.decode({ id, parentId: row.parent_id, createdAt, content }));
    if (message !== undefined) items.set(id, { parentId: parentOf(row), message });
  }
  const placed = new Map<string | null, boolean>([[null, true]]);
  const hasPlace = (id: string): boolean => {
    const path = new Set<string>();
    let at: string | null = id;
    while (at !== null && !placed.has(at) && !path.has(at)) {
      path.add(at);
      const item = items.get(at);
      if (!item) break;
      at = item.parentId;
    }
    // A row that follows itself has no place either.
    const found = placed.get(at) ?? false;
    for (const id of path) placed.set(id, found);
    return found;
  };
  return [...items].reverse().flatMap(([id, item]) => (hasPlace(id) ? [item] : []));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
