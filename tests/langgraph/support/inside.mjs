/** What the scripts in the page use. */
import { AuthClient } from "@supabase/auth-js";
import { createClient } from "threadpass";
import { fromSupabase } from "threadpass/providers";

export { isThreadpassError } from "threadpass";

const patienceMs = 60_000;
const password = "secure-password";

/** Asks again and again until the answer is not empty. */
export async function until(what, ask) {
  for (const end = Date.now() + patienceMs; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}

/** Supabase's own client, with its session under a name of its own. */
export const signInOf = ({ signIn, anonKey }, name) => {
  const options = { url: `${signIn}/auth/v1`, headers: { apikey: anonKey }, storageKey: `sb-${name}` };
  return { auth: new AuthClient(options) };
};

/** Signs somebody up, or in if they are there already. */
export async function enter({ auth }, name) {
  const email = `${name}@example.com`;
  const signedUp = await auth.signUp({ email, password });
  if (signedUp.error?.code !== "user_already_exists") return signedUp;
  return auth.signInWithPassword({ email, password });
}

/** A client of ours, for whoever is signed in with this client of Supabase's. */
export const clientOf = ({ baseUrl }, supabase, more = {}) =>
  createClient({ backend: "langgraph", baseUrl, assistantId: "agent", authToken: fromSupabase(supabase), ...more });

/** Somebody who is signed in. */
export async function person(world, name, more) {
  const supabase = signInOf(world, name);
  const { error } = await enter(supabase, name);
  if (error) throw error;
  return { supabase, client: clientOf(world, supabase, more) };
}

/** Settles to the code of the error, or to what it was instead. */
export const codeOf = (promise) =>
  Promise.resolve(promise).then(
    (value) => ({ value }),
    ({ code, message }) => code ?? message,
  );

/** Takes in a run: its events, what it said, and how it ended. `each` is called with every event. */
export async function take(run, each = () => {}) {
  const events = [];
  const says = () => spoken(events);
  let failure;
  try {
    for await (const event of run) {
      events.push(event);
      await each(event, says());
    }
  } catch (error) {
    failure = error.code ?? String(error);
  }
  const result = await codeOf(run.result());
  const told = events.map(({ raw, ...event }) => JSON.parse(JSON.stringify(event)));
  return { events: told, text: says(), failure, result };
}

/** The text of each message as the deltas have it, in the order of the messages. */
function spoken(events) {
  const messages = new Map();
  for (const { type, messageId, delta } of events)
    if (type === "TEXT_MESSAGE_CONTENT") messages.set(messageId, (messages.get(messageId) ?? "") + delta);
  return [...messages.values()].join("\n");
}
