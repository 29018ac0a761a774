/** The page's own time, which can stand still and jump, as it does on a machine that sleeps. */

/**
 * Takes the place of the page's timers and of its monotonic clock, by which Threadpass sees how much time has passed. The
 * wall clock stays as it is: a provider's tokens are measured by it, and it is everybody's.
 */
export class PageClock {
  #skippedMs = 0;
  /** Timers that were due while time stood still. */
  #held: Map<number, () => void> | null = null;

  constructor() {
    const { setTimeout, clearTimeout } = window;
    const now = performance.now.bind(performance);
    performance.now = () => now() + this.#skippedMs;
    window.setTimeout = ((then: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
      const id = setTimeout(() => {
        if (this.#held) this.#held.set(id, () => then(...given));
        else then(...given);
      }, ms);
      return id;
    }) as typeof window.setTimeout;
    window.clearTimeout = (id) => {
      this.#held?.delete(id as number);
      clearTimeout(id);
    };
    this.realTimeout = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));
  }

  /** Waits on a timer that never stands still. */
  readonly realTimeout: (ms: number) => Promise<void>;

  /** Sets the clock forward. */
  skip(ms: number): void {
    this.#skippedMs += Math.max(0, ms);
  }

  /** Stops the timers. The result lets those go that have come due meanwhile. */
  freeze(): () => void {
    const held = (this.#held = new Map());
    return () => {
      this.#held = null;
      for (const then of held.values()) then();
    };
  }
}
