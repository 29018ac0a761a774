/** An answer's body with somebody who watches it go by. */
import type { End } from "./trip";

interface Watch {
  /** Waited for before each piece. */
  readonly gate: () => Promise<void>;
  readonly onEnd: (end: Exclude<End, "open">) => void;
}

/** Answers that have no body, whatever a browser makes of that. */
const withoutBody = [204, 205, 304];

/** The same answer, told of its end. */
export function watchBody(response: Response, { gate, onEnd }: Watch): Response {
  if (!response.body || withoutBody.includes(response.status)) {
    onEnd("done");
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        await gate();
        if (!done) return controller.enqueue(value);
        controller.close();
        onEnd("done");
      } catch (thrown) {
        controller.error(thrown);
        onEnd("failed");
      }
    },
    cancel(reason) {
      onEnd("left");
      return reader.cancel(reason);
    },
  });
  return new Response(body, response);
}
