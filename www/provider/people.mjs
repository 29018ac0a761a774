/** Whoever types a name is that person. */

const longest = 60;

/** How people spelled their names, by subject. */
const names = new Map();

/** The subject for a name: the same name, however it is capitalised, is the same person. Empty if there is no name. */
export function personNamed(text) {
  const name = text.normalize("NFC").replace(/\s+/gu, " ").trim();
  // A subject is at most 255 ASCII characters, and a cut must not go through one of the name's own.
  const cut = [...name].slice(0, longest).join("").trim();
  const subject = encodeURIComponent(cut.toLowerCase().replaceAll(" ", "-")).slice(0, 255);
  if (subject) names.set(subject, cut);
  return subject;
}

/** What the provider's library wants to know of a person. */
export function findAccount(_context, subject) {
  return {
    accountId: subject,
    claims: () => ({ sub: subject, name: names.get(subject) ?? subject, email: `${subject}@example.test` }),
  };
}
