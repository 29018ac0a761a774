/** The refresh record of an anonymous identity: its names, those of Assistant Cloud's own client, and where it is without a storage. */

/** Of clients that did not tell backends apart. */
export const legacyKey = "aui:refresh_token";

export const keyOf = (baseUrl: string) => `${legacyKey}:${baseUrl}`;

/** What could not be stored, by key: this page's, where there is a page. A server's clients share nothing. */
export type Memory = Map<string, string>;
const ofThePage: Memory = new Map();
export const memory = (): Memory => ("document" in globalThis ? ofThePage : new Map());
