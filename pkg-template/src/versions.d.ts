/** What was built from what: made by the build. */
export const threadpass: string;
export const crates: Record<string, string>;
