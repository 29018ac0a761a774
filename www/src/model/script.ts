/** The scripted model: the words of the local backend's, of which the demo's page tells, do the same here. */

/** How a provider fails. `stored` is what the thread keeps; the stream may say less. */
export interface Failure {
  readonly message: string;
  readonly code: string;
  readonly category: string;
  readonly status: number;
  readonly stored: string;
}

/** A piece of an answer and how long the model takes for it. */
export type Beat = { readonly afterMs: number } & (
  | { readonly text: string }
  | { readonly failure: Failure }
  /** The connection breaks. */
  | { readonly cut: true }
);

const paceMs = 30;
const slowPaceMs = 100;
const retryMs = 300;
/** A browser ends a worker that takes too long, so that this is shorter than the local backend's. */
const longestSlow = 120;
const longestQuote = 200;

const slowSentence =
  "This answer takes its time, one word after the other, so that there is something to watch, to cancel, to reload in " +
  "the middle of, or to lose the network on. ";

/** What the model answers. `behind` is what it says that there is behind it. */
export function script(text: string, behind: string): Beat[] {
  const words: readonly string[] = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const has = (word: string) => words.includes(word);
  const status = words.map((word) => Number(/^err([45]\d\d)$/.exec(word)?.[1])).find(Boolean);
  if (status) return error(status);
  if (has("midfail"))
    return [
      { afterMs: 0, text: "Partial " },
      { afterMs: paceMs, failure: internal("terminated") },
    ];
  if (has("cut")) return [...texts(["This ", "answer ", "is ", "cut "]), { afterMs: paceMs, cut: true }];
  if (has("slow")) return slow(Number(words[words.indexOf("slow") + 1] ?? NaN));
  if (has("unicode")) return texts(["Héllo ", "你好 ", "🚀 ", "line1\n", "line2 \u2028 ", "end"]);
  if (has("hello")) return spoken("Hello from the fake model.");
  return spoken(plain(text.trim(), behind));
}

function plain(text: string, behind: string): string {
  const characters = [...text];
  const quote = characters.length > longestQuote ? `${characters.slice(0, longestQuote).join("")}…` : text;
  const opening = quote ? `You said: “${quote}”. ` : "You sent no text. ";
  return (
    `${opening}I am the scripted model of this demo: there is ${behind}, and an answer that arrives word by word like a real ` +
    "one. Some words make me do something else: hello, unicode, slow (or slow 30), err401, err429, err500, midfail and cut."
  );
}

function slow(seconds: number): Beat[] {
  const count = Math.min(Math.max(Number.isNaN(seconds) ? 10 : seconds, 1), longestSlow) * (1_000 / slowPaceMs);
  const words = inWords(slowSentence);
  return texts(
    Array.from({ length: count }, (_, index) => words[index % words.length]!),
    slowPaceMs,
  );
}

function error(status: number): Beat[] {
  const message = `fake provider error ${status}`;
  // These the service asks again for, three times in all, and then hides the provider's answer.
  if (status >= 500 || [408, 409, 429].includes(status))
    return [{ afterMs: retryMs, failure: internal(`Failed after 3 attempts. Last error: ${message}`) }];
  const failure = { message, code: "LLM_CLIENT_ERROR", category: "client_error", status, stored: message };
  return [{ afterMs: 0, failure }];
}

export function internal(stored: string): Failure {
  const message = "An internal error occurred";
  return { message, code: "INTERNAL_ERROR", category: "server_error", status: 500, stored };
}

const inWords = (text: string) => text.match(/[^ ]* |[^ ]+$/g) ?? [];
const spoken = (text: string) => texts(inWords(text));

/** The first piece at once, the others in their pace. */
const texts = (pieces: readonly string[], pace = paceMs): Beat[] =>
  pieces.map((text, index) => ({ afterMs: index ? pace : 0, text }));
