/** The time as a backend writes it, later each time, so that it says what came first. */
export class Clock {
  #now = 0;

  now(): string {
    this.#now = Math.max(Date.now(), this.#now + 1);
    return new Date(this.#now).toISOString();
  }
}
