/** What replies are made of. */
type Given<E> = string | Iterable<string | E> | AsyncIterable<string | E>;

export const usualReply = ({ text }: { readonly text: string }): string =>
  `You said: “${text}”. This is the fake backend, which has no model.`;

/** A text comes word by word. */
export async function* piecesOf<P, E>(
  reply: (prompt: P) => Given<E> | PromiseLike<Given<E>>,
  prompt: P,
): AsyncGenerator<string | E, void, undefined> {
  const given = await reply(prompt);
  yield* typeof given === "string" ? (given.match(/\S+\s*|\s+/g) ?? []) : given;
}
