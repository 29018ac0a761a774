/** Events that come twice: a server that begins to listen before it repeats what it has kept sends some of it again. */
import type { ServerEvent } from "./wire.js";

/** So many ids are remembered; what comes twice does so soon after. */
const most = 10_000;

export class Repeats {
  private readonly seen = new Set<string>();
  private previous: ServerEvent | undefined;

  constructor(lastId: string | null) {
    if (lastId !== null) this.seen.add(lastId);
  }

  /** Whether an event was here before, going by its id. */
  has(event: ServerEvent): boolean {
    const { id } = event;
    if (!id) return false;
    const { previous } = this;
    this.previous = event;
    // An event without an id of its own has that of the one before.
    if (previous?.id === id)
      return previous.event === event.event && JSON.stringify(previous.data) === JSON.stringify(event.data);
    if (this.seen.has(id)) return true;
    this.seen.add(id);
    const [oldest] = this.seen.size > most ? this.seen : [];
    if (oldest !== undefined) this.seen.delete(oldest);
    return false;
  }
}
