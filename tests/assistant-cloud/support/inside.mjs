/** What the scripts in the page use. */
import { createClient } from "threadpass";

export { openHistory } from "threadpass/assistant-cloud";

const patienceMs = 60_000;

/** Asks again and again until the answer is not empty. */
export async function until(what, ask) {
  for (const end = Date.now() + patienceMs; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}

/** A client for somebody without a name. */
export const anonymous = (baseUrl, more = {}) =>
  createClient({ backend: "assistant-cloud", baseUrl, anonymous: true, ...more });

/** The credential of whoever is called this at the issuer. */
export const signedInAs = (name) => ({ authToken: () => globalThis.tokenOf(name) });

/** A client for somebody who is signed in. */
export const person = (baseUrl, name, more = {}) =>
  createClient({ backend: "assistant-cloud", baseUrl, ...signedInAs(name), ...more });

/** Settles to the code of the error, or to what it was instead. */
export const codeOf = (promise) =>
  Promise.resolve(promise).then(
    (value) => ({ value }),
    ({ code, message }) => code ?? message,
  );

/** The ids of all threads of a kind. */
export async function idsOf(client, query) {
  const ids = [];
  for await (const { id } of client.threads.list(query)) ids.push(id);
  return ids;
}

/** The text of a message that was stored as the AI SDK has it. */
export const textOf = ({ message }) => message.parts.map(({ text }) => text).join("");

/** A message as the AI SDK has it. */
export const said = (id, role, text) => ({ id, role, parts: [{ type: "text", text }] });

/** Everything that the page keeps anywhere. */
export async function kept() {
  return {
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    cookies: document.cookie,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  };
}
