/** What a test's script uses, in Node and in the page alike. Served to the page as it is. */

/** The key of every client here. Like every secret of these tests it has a word in it that is looked for afterwards. */
export const apiKey = "tambo_canary-api-key";

/** Longer than anything takes that a script waits for, on a busy machine. */
const patienceMs = 30_000;

const base64url = (text) => {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

/** A token of a provider. Its claims can be read; nobody here verifies it. */
export const jwt = (claims) =>
  [JSON.stringify({ alg: "none" }), JSON.stringify(claims), "canary-signature"].map(base64url).join(".");

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again and again until the answer is not empty. */
export async function until(what, ask) {
  for (const end = Date.now() + patienceMs; ;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(10);
  }
}

/** The tools of one script, and what is left to look at when it has ended. */
export function makeTools({ createClient, isThreadpassError, ThreadpassError }) {
  /** What has not been disposed of yet. */
  const clients = new Set();
  /** Everything that the package has said to anybody. */
  const heard = [];

  /** A failure as plain data. */
  const tell = (thrown) => {
    if (!isThreadpassError(thrown)) return { foreign: thrown?.name ?? String(thrown), says: String(thrown?.message) };
    heard.push(String(thrown), JSON.stringify(thrown), thrown.message, thrown.stack, JSON.stringify(thrown.details));
    const { code, status, retryable, retryAfterMs, requestId, details, message } = thrown;
    const told = { code, status, retryable, retryAfterMs, requestId, details, message };
    return JSON.parse(JSON.stringify(told));
  };

  /** What becomes of a promise, or of what `begin` returns or throws: `{ value }`, `{ error }` or `{ pending }`. */
  const settle = async (begin) => {
    let timer;
    const tooLong = new Promise((resolve) => (timer = setTimeout(resolve, patienceMs, { pending: true })));
    const work = (async () => ({ value: await (typeof begin === "function" ? begin() : begin) }))();
    const settled = await Promise.race([work.catch((thrown) => ({ error: tell(thrown) })), tooLong]);
    clearTimeout(timer);
    return settled;
  };

  /** The code that something fails with; what else it does instead. */
  const codeOf = async (begin) => {
    const settled = await settle(begin);
    return settled.error?.code ?? settled;
  };

  /** A state as plain data. */
  const stateOf = (state) => {
    const error = state.error ?? state.refreshError;
    heard.push(JSON.stringify(state));
    return error ? { ...state, [state.error ? "error" : "refreshError"]: tell(error) } : { ...state };
  };

  /** A client that is watched and disposed of at the end. It repeats nothing unless told to. */
  const open = (options) => {
    const logger = (entry) => heard.push(JSON.stringify(entry));
    const client = createClient({ backend: "tambo", apiKey, retries: 0, logger, ...options });
    clients.add(client);
    const { dispose } = client;
    client.dispose = () => {
      clients.delete(client);
      dispose();
    };
    return client;
  };

  /** Ends what the script has left over, and gives what the package has said. */
  const finish = () => {
    for (const client of clients) {
      heard.push(JSON.stringify(client.inspect()));
      stateOf(client.auth.getSnapshot());
      client.dispose();
    }
    return heard.filter((text) => typeof text === "string");
  };

  return {
    ...{ createClient, isThreadpassError, ThreadpassError, apiKey, jwt, pause, until },
    ...{ open, tell, settle, codeOf, stateOf, finish },
  };
}

/** Runs a test's script. */
export async function runScript(threadpass, script, given) {
  const tools = makeTools(threadpass);
  let result;
  try {
    result = await script(tools, given);
  } finally {
    // Also after a failure, so that nothing goes on behind the next test.
    tools.heard = tools.finish();
  }
  // As it would come out of a page, so that both places are compared alike.
  return { result: result === undefined ? undefined : JSON.parse(JSON.stringify(result)), heard: tools.heard };
}
