/** One credential compiles, in all its forms; none, two and wrong ones do not. */
import { type ClientOptions, type TokenFn, createClient } from "threadpass";

const common = { backend: "tambo", apiKey: "tambo_x" } as const;

createClient({ ...common, userToken: "token" });
createClient({ ...common, userToken: () => "token" });
createClient({ ...common, userToken: async () => null });
createClient({
  ...common,
  userToken: async ({ forceRefresh, reason, signal }) => (forceRefresh || signal.aborted ? reason : undefined),
});
createClient({ ...common, userToken: () => "token", subjectTokenType: "id_token" });
createClient({ ...common, sessionToken: async () => "token" });
createClient({ ...common, userKey: "user" });
createClient({ ...common, anonymous: true });
createClient({ ...common, anonymous: { persist: "local" } });
createClient({
  ...common,
  anonymous: true,
  baseUrl: "https://api.example.com",
  timeouts: { callbackMs: 1, exchangeMs: 1, requestMs: 1, streamIdleMs: 1 },
  retries: 0,
  fetch: globalThis.fetch,
  logger: ({ atMs, kind, generation }) => console.log(new Date(atMs), kind, generation),
  onWarning: ({ code }) => console.warn(code),
});

// @ts-expect-error A forgotten credential.
createClient({ ...common });
// @ts-expect-error A forgotten key.
createClient({ backend: "tambo", anonymous: true });
// @ts-expect-error A backend that is none.
createClient({ ...common, backend: "other", anonymous: true });
// @ts-expect-error Two credentials.
createClient({ ...common, userToken: "token", anonymous: true });
// @ts-expect-error Two credentials.
createClient({ ...common, userKey: "user", sessionToken: () => "token" });
// @ts-expect-error A session token is a callback's to give: a string would end and could not be renewed.
createClient({ ...common, sessionToken: "token" });
// @ts-expect-error False is nobody.
createClient({ ...common, anonymous: false });
// @ts-expect-error There is no such place.
createClient({ ...common, anonymous: { persist: "cookie" } });
// @ts-expect-error The type of a subject token belongs to a userToken.
createClient({ ...common, userKey: "user", subjectTokenType: "id_token" });
// @ts-expect-error There is no such type.
createClient({ ...common, userToken: "token", subjectTokenType: "jwt" });
// @ts-expect-error A token is a text.
createClient({ ...common, userToken: () => 42 });
// @ts-expect-error A misspelt option.
createClient({ ...common, anonymous: true, baseURL: "https://api.example.com" });
// @ts-expect-error A misspelt deadline.
createClient({ ...common, anonymous: true, timeouts: { request: 1 } });

// Options can be put together elsewhere, and a callback be typed by name.
const userToken: TokenFn = ({ signal }) => fetch("/token", { signal }).then((response) => response.text());
const options: ClientOptions = { ...common, userToken };
const client = createClient(options);

client.auth.setCredential({ userToken });
client.auth.setCredential({ userKey: "user" });
client.auth.setCredential(null);
// @ts-expect-error Two credentials.
client.auth.setCredential({ userToken, userKey: "user" });
// @ts-expect-error None is said with null.
client.auth.setCredential({});
