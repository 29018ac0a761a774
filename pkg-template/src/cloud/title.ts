/** The stream of a title. */
import type { TitleStream } from "../../index.js";
import type { Begun, Face } from "../engine-types.js";
import { Lost } from "../tell.js";
import { unlessAborted } from "../transfer.js";

/** Reads what has been answered, once: as it comes, or as a whole. `stop` ends it, and whatever is aborted with it. */
export function readTitle(
  { response, decoder }: Begun,
  idleMs = 30_000,
  signal: AbortSignal,
  stop: AbortController,
  face: Face,
): TitleStream {
  const { body } = response;
  const type = response.headers?.get("content-type") ?? "nothing";
  if (!body || !/^\s*text\/plain\s*(;|$)/i.test(type)) {
    body?.cancel().catch(() => {});
    const said = body ? `is ${decoder.scrub(type)}` : "has no body";
    throw face.error("api/malformed-response", `runs.title: the answer should be text/plain, and ${said}`, {});
  }
  const reader = body.getReader();
  // Also while nobody reads.
  signal.addEventListener("abort", () => reader.cancel().catch(() => {}), { once: true });

  const read = async () => {
    let timer: unknown;
    const idle = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(decoder.broken(Lost.Idle, undefined)), idleMs);
    });
    const next = unlessAborted(signal, reader.read()).catch((thrown: unknown) => {
      throw signal.aborted ? signal.reason : decoder.broken(Lost.Interrupted, thrown);
    });
    try {
      return await Promise.race([next, idle]);
    } finally {
      clearTimeout(timer as number);
    }
  };

  let all = "";
  /** What to tell whoever asks for the whole; nothing once it has come to its end. */
  let missing: unknown = face.error("stream/interrupted", "the title was not read to its end", { retryable: true });
  async function* pieces() {
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const { done, value } = await read();
        // A character may be spread over two pieces.
        const piece = decoder.decode(value, { stream: !done });
        all += piece;
        if (done) missing = undefined;
        if (piece) yield piece;
        if (done) return;
      }
    } catch (thrown) {
      missing = thrown;
      throw thrown;
    } finally {
      stop.abort();
    }
  }
  const only = pieces();
  return {
    [Symbol.asyncIterator]: () => only,
    async text() {
      while (!(await only.next()).done);
      if (missing) throw missing;
      return all.trim() || null;
    },
  };
}
