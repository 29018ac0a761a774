/** Which local id is which remote one, also while a message is on its way. */

interface Slot {
  /** The remote id; rejects with what storing failed with. */
  readonly work: Promise<string>;
  /** The remote id, once it is known. */
  remote?: string;
  /** What stands here if storing fails: what was stored or loaded under this id. */
  otherwise?: string | undefined;
  /** The update that the next one comes after. */
  updated?: Promise<unknown>;
}

/** A map, because ids are other people's: one of them may be `__proto__`. */
export class Ids {
  private readonly slots = new Map<string, Slot>();

  has(localId: string): boolean {
    return this.slots.has(localId);
  }

  /** Rejects if storing fails. */
  async remote(localId: string): Promise<string | undefined> {
    return this.slots.get(localId)?.work;
  }

  /** Stores a message unless it is on its way. Its slot is there before this returns, so that its children can wait for it. */
  append(
    localId: string,
    parentId: string | null,
    create: (parentId: string | null) => Promise<string>,
  ): Promise<string> {
    const before = this.slots.get(localId);
    if (before && before.remote === undefined) return before.work;
    // Looked up before our own slot is there: a message that is its own parent would wait for itself.
    const parent = parentId === null ? undefined : this.slots.get(parentId);
    const work = (async () => create(parent ? await parent.work : parentId))();
    const slot: Slot = { work, otherwise: before?.remote };
    this.slots.set(localId, slot);
    work.then(
      (remote) => (slot.remote = remote),
      () => {
        if (this.slots.get(localId) !== slot) return;
        this.slots.delete(localId);
        if (slot.otherwise !== undefined) this.settle(localId, slot.otherwise);
      },
    );
    return work;
  }

  /** A message was loaded: it is its own, unless one is on its way under this id. */
  loaded(id: string): void {
    const slot = this.slots.get(id);
    if (!slot) this.settle(id, id);
    else if (slot.remote === undefined) slot.otherwise = id;
  }

  /** Updates a message after it is stored and after earlier updates of it; undefined if nobody knows it. */
  update(localId: string, send: (remoteId: string) => Promise<void>): Promise<void> | undefined {
    const slot = this.slots.get(localId);
    if (!slot) return undefined;
    const work = Promise.resolve(slot.updated).then(async () => send(await slot.work));
    slot.updated = work.catch(() => {});
    return work;
  }

  private settle(localId: string, remote: string): void {
    this.slots.set(localId, { work: Promise.resolve(remote), remote });
  }
}
