/** The names under which the options take a credential. */
export const credentialNames = ["userToken", "sessionToken", "userKey", "anonymous", "authToken", "open"];

/** The credentials that are given: one where all is well. */
export const credentialsIn = (given: Readonly<Record<string, unknown>> | null): string[] =>
  credentialNames.filter((name) => !["", false].includes((given?.[name] ?? "") as string));
