/** How long and how often a lost connection is tried again. */

const tries = 6;
const firstMs = 400;
const longestMs = 5_000;
const longestAskedMs = 60_000;

export class Patience {
  private spent = 0;

  constructor(private readonly signal: AbortSignal) {}

  /** Something has come, so the next loss is another one. */
  renew(): void {
    this.spent = 0;
  }

  /** Waits for the next try; throws what was thrown if there is none, or the signal's reason. */
  async again(thrown: unknown): Promise<void> {
    if (this.spent === tries) throw thrown;
    const usualMs = Math.min(firstMs * 2 ** this.spent++, longestMs) * (0.75 + Math.random() / 2);
    const { retryAfterMs = 0 } = (thrown ?? {}) as { retryAfterMs?: number };
    await pause(Math.max(usualMs, Math.min(retryAfterMs, longestAskedMs)), this.signal);
  }
}

/** Rejects with the signal's reason if that comes first. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", leave);
      resolve();
    }, ms);
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
}

/** Does what may be done twice, until it is done or patience ends; `explain` says what to throw then. */
export async function persist<T>(
  signal: AbortSignal,
  work: () => Promise<T>,
  explain = (thrown: unknown) => thrown,
  passing = passes,
): Promise<T> {
  const patience = new Patience(signal);
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (!passing(thrown)) throw thrown;
      await patience.again(explain(thrown));
    }
  }
}

const codeOf = (thrown: unknown) => String((thrown as { code?: unknown } | undefined)?.code);

/** A connection that was lost, or a server that may answer later. */
export function passes(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return isNetwork(code) || ["stream/interrupted", "stream/idle", "api/rate-limited", "api/server"].includes(code);
}

/** The server itself has failed, and says so: nothing was lost on the way. */
export const hasFailed = (thrown: unknown) => (thrown as { status?: unknown } | undefined)?.status === 500;

/** As `passes`, for whoever waits for something to begin: they hear at once of a server that fails. */
export const passesSoon = (thrown: unknown) => passes(thrown) && !hasFailed(thrown);

/** The answer was lost, by a gateway or a server in trouble perhaps, but what was asked for may have been done. */
export const mayBeDone = (thrown: unknown) => isNetwork(codeOf(thrown)) || codeOf(thrown) === "api/server";

const isNetwork = (code: string) => code.startsWith("network/");

export const isNotFound = (thrown: unknown) => codeOf(thrown) === "api/not-found";
