import type { ProviderTokenFn, SupabaseAnswer, SupabaseClient, SupabaseSession } from "../../providers/index.js";

/** Events that come with every start and every refresh: that there is a token is not news. */
const routine = ["INITIAL_SESSION", "TOKEN_REFRESHED"];

const made = new WeakMap<SupabaseClient, ProviderTokenFn>();

export function fromSupabase(client: SupabaseClient): ProviderTokenFn {
  const callback = made.get(client) ?? makeCallback(client);
  made.set(client, callback);
  return callback;
}

/** Whose token it is, and the token. */
interface Held {
  user: string | null;
  token?: string;
}

const heldIn = (session: SupabaseSession | null): Held => ({
  user: session?.user.id ?? null,
  token: session?.access_token,
});

function makeCallback(client: SupabaseClient): ProviderTokenFn {
  /** What was answered last; nobody, where it could not be found out. */
  let given: Held | undefined;
  /** What the last event told, and whether anybody has asked since. */
  let last: Held | undefined;
  let isNews = false;
  /** How many events there were. */
  let events = 0;
  /** Supabase waits for its listeners, so whatever asks it from within one would wait for itself. */
  let told: Promise<unknown> | undefined;

  const find = async (forceRefresh: boolean): Promise<Held> => {
    await told;
    // After an event there may be a newer token already, and nothing to refresh.
    const refresh = forceRefresh && !(isNews && given && last?.token !== given.token);
    isNews = false;
    let seen = events;
    let held = heldIn(await sessionOf(client, refresh));
    // Somebody else may have signed in while the answer was on its way.
    while (events !== seen && last?.user !== held.user) {
      seen = events;
      await told;
      held = heldIn(await sessionOf(client, false));
    }
    return held;
  };

  const ask: ProviderTokenFn = async ({ forceRefresh }) => {
    try {
      given = await find(forceRefresh);
    } catch (thrown) {
      given ??= { user: null };
      throw thrown;
    }
    return given.token;
  };

  ask.onUserChange = (listener) => {
    let heard = given;
    const listen = (event: string, session: SupabaseSession | null) => {
      told = new Promise((resolve) => setTimeout(resolve));
      events += 1;
      isNews = true;
      last = heldIn(session);
      // Whoever waits for the first answer gets what is so by then.
      if (!given) return;
      const { user, token } = last;
      const isKnown = (held?: Held) => held?.user === user && held.token === token;
      const isTold = isKnown(heard);
      heard = last;
      if (isTold || isKnown(given)) return;
      if (user !== given.user) listener("user");
      else if (!routine.includes(event)) listener("token");
    };
    const { subscription } = client.auth.onAuthStateChange(listen).data;
    return () => subscription.unsubscribe();
  };
  return ask;
}

async function sessionOf({ auth }: SupabaseClient, refresh: boolean): Promise<SupabaseSession | null> {
  let answer = await (refresh ? auth.refreshSession() : auth.getSession());
  // It was refreshed or ended elsewhere meanwhile; what came of that is there.
  if (answer.error?.name === "AuthRefreshDiscardedError") answer = await auth.getSession();
  const { data, error } = answer;
  if (error && !isGone(error)) throw error;
  return data.session;
}

/** Whether an error says that there is no session any more. All others say that it could not be found out. */
function isGone({ name, status }: NonNullable<SupabaseAnswer["error"]>): boolean {
  return name === "AuthSessionMissingError" || (name === "AuthApiError" && [400, 401, 403].includes(status ?? 0));
}
