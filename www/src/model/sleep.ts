/** Waits. Ends early when it is to stop. */
export function sleep(ms: number, stop: AbortSignal): Promise<void> {
  if (!ms || stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener("abort", done);
  });
}
