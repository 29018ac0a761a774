/** One request at a time for all clients of a page that would ask for the same. */
import { unlessAborted } from "../transfer.js";

interface Flight {
  readonly stop: AbortController;
  readonly work: Promise<unknown>;
  /** How many wait for it. */
  waiting: number;
}

const flights = new WeakMap<object, Map<string, Flight>>();

/** Joins what is under way for this owner under this name, or begins it. It is aborted when nobody waits any more. */
export async function share<T>(
  owner: object,
  name: string,
  signal: AbortSignal,
  begin: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const named = flights.get(owner) ?? new Map<string, Flight>();
  flights.set(owner, named);
  const flight = named.get(name) ?? start(named, name, begin);
  flight.waiting++;
  let isWaiting = true;
  const leave = () => {
    if (!isWaiting) return;
    isWaiting = false;
    if (--flight.waiting > 0) return;
    end(named, name, flight);
    flight.stop.abort();
  };
  // At once: what is done a moment later was not to be done any more.
  signal.addEventListener("abort", leave);
  try {
    return (await unlessAborted(signal, flight.work)) as T;
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
}

function start(named: Map<string, Flight>, name: string, begin: (signal: AbortSignal) => Promise<unknown>): Flight {
  const stop = new AbortController();
  const flight: Flight = { stop, work: begin(stop.signal), waiting: 0 };
  named.set(name, flight);
  // Whoever waits is told; whoever comes later begins anew.
  const settled = () => end(named, name, flight);
  flight.work.then(settled, settled);
  return flight;
}

function end(named: Map<string, Flight>, name: string, flight: Flight): void {
  if (named.get(name) === flight) named.delete(name);
}
