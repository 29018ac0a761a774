/** Which credentials a backend has. */
const own: Readonly<Record<string, RegExp>> = {
  tambo: /^user|^session|^anonymous/,
  langgraph: /^auth|^open/,
  "assistant-cloud": /^auth|^anonymous|^api/,
};
export const backends = Object.keys(own);

/** The names under which the options take a credential. With other backends an `apiKey` is none. */
export const credentialNames = (backend: string): string[] =>
  ["userToken", "sessionToken", "userKey", "anonymous", "authToken", "open", "apiKey"].filter(
    (name) => name !== "apiKey" || hasCredential(backend, name),
  );

export const hasCredential = (backend: string, name: string): boolean => !!own[backend]?.test(name);

/** The credentials that are given: one where all is well. */
export const credentialsIn = (given: Readonly<Record<string, unknown>> | null, backend: string): string[] =>
  credentialNames(backend).filter((name) => !["", false].includes((given?.[name] ?? "") as string));
