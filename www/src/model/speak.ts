/** The scripted model at work in the page itself, for a backend that runs none. */
import { script } from "./script";
import { sleep } from "./sleep";

/** What the model says that there is behind it. */
const behind = "no AI behind me, only a script in this page";

/** Why the model has not come to the end of its answer, in the form of an error of the client. */
export class ModelError extends Error {
  readonly code: "run/failed" | "run/cancelled" | "stream/interrupted";

  constructor(code: ModelError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The pieces of an answer as they come. Ends early when it is to stop.
 *
 * @throws {ModelError} where the script says so
 */
export async function* speak(text: string, stop: AbortSignal): AsyncGenerator<string, void> {
  for (const beat of script(text, behind)) {
    await sleep(beat.afterMs, stop);
    if (stop.aborted) return;
    if ("failure" in beat) throw new ModelError("run/failed", beat.failure.message);
    if ("cut" in beat) throw new ModelError("stream/interrupted", "the model fell silent");
    yield beat.text;
  }
}
