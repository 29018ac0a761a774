/** Where the demo's parts are. */
export interface Settings {
  /** The chat backend. */
  readonly backend: string;
  /** The backend's public project key. */
  readonly apiKey: string;
  /** Where the backend speaks Assistant Cloud's contract, if it does. */
  readonly assistantCloud?: string;
  /** What the backend's control routes ask for. Only the local backend has such routes, and it is new at each start. */
  readonly controlKey?: string;
  /** The identity provider, where there is one. */
  readonly issuer?: string;
  readonly clientId?: string;
}

/** Asks the server of this page. */
export async function readSettings(): Promise<Settings> {
  const response = await fetch("./demo.json", { cache: "no-store" });
  if (!response.ok) throw new Error("This page does not know where its backend is. Start it with: cargo xtask demo");
  return (await response.json()) as Settings;
}
