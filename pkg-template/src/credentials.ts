/** The names under which the options take a credential. */
export const credentialNames = ["userToken", "sessionToken", "userKey", "anonymous"];

/** The credentials that are given: one where all is well. */
export function credentialsIn(options: object | null): string[] {
  const given = options as Record<string, unknown> | null;
  return credentialNames.filter((name) => {
    const value = given?.[name];
    return !(value === undefined || value === null || value === false || value === "");
  });
}
