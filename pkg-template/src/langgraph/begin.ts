/** Starting a run, so that it starts once at most. */
import type { Ids } from "./mapper.js";
import { hasFailed, passesSoon, pause, persist } from "./patience.js";
import { type Loose, isObject, objectsIn, textIn } from "./read.js";
import type { Wire } from "./wire.js";

/** The member of a run's metadata that says which request of ours has started it. */
const marker = "threadpass_request_id";

/** Messages as they come, the state, who has said what, and what nodes say besides. */
const usualModes = ["messages-tuple", "values", "updates", "custom"];

/** How often a thread is looked at for a run whose start was not answered, and how long after each other in milliseconds. */
const looks = [0, 500, 1_500];

/** The body of a run, with what makes it resumable. A text is a user's message. */
export function bodyOf(wire: Wire, input: unknown): Loose {
  const invalid = (message: string) => wire.error("api/invalid-argument", `runs.stream: ${message}`);
  const isText = typeof input === "string" && input.trim() !== "";
  if (!isText && !isObject(input))
    throw invalid("the input should be a text with something in it, or the body of a run");
  const given: Loose = isObject(input) ? input : { input: { messages: [{ role: "user", content: input }] } };
  const assistant = given.assistant_id ?? wire.assistantId;
  if (typeof assistant !== "string" || !assistant)
    throw invalid("assistant_id is missing; give it in the body, or assistantId in the client's options");
  return {
    stream_mode: usualModes,
    stream_resumable: true,
    on_disconnect: "continue",
    ...given,
    assistant_id: assistant,
    metadata: { ...(isObject(given.metadata) && given.metadata), [marker]: crypto.randomUUID() },
  };
}

/** A thread with an id of ours, so that a lost answer does no harm: asked again, the server has it already. */
export async function makeThread(wire: Wire): Promise<string> {
  const threadId = crypto.randomUUID();
  const make = () => wire.call("threads.create", [{ thread_id: threadId, if_exists: "do_nothing" }]);
  await persist(wire.signal, make, undefined, passesSoon);
  return threadId;
}

/** The run that a request has started although its answer was lost. Throws what was thrown if there is none. */
export async function findRun(wire: Wire, ids: Ids, body: Loose, lost: unknown): Promise<string> {
  const requestId = isObject(body.metadata) ? body.metadata[marker] : undefined;
  const look = async () => {
    const { items } = await wire.call<{ items: unknown }>("runs.list", [ids.threadId, { limit: 10 }]);
    const ours = objectsIn(items).filter(({ metadata }) => isObject(metadata) && metadata[marker] === requestId);
    return ours.flatMap(({ run_id }) => textIn(run_id) ?? []);
  };
  const unknown = (cause: unknown) =>
    wire.error("stream/interrupted", "it is not known whether the run has begun; look for it with runs.list", {
      ...{ cause, details: { [marker]: requestId } },
    });
  for (const ms of looks) {
    await pause(ms, wire.signal);
    const found = await persist(wire.signal, look, unknown, passesSoon).catch((thrown: unknown) => {
      // A server that fails at everything has begun nothing.
      if (hasFailed(thrown)) throw hasFailed(lost) ? lost : unknown(thrown);
      throw thrown;
    });
    const oldest = found.pop();
    // A browser sends a request again by itself if a connection that it has used before ends without an answer.
    for (const again of found) wire.call("runs.cancel", [ids.threadId, again]).catch(() => {});
    if (oldest) return oldest;
  }
  throw lost;
}
