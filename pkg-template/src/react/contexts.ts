/** What the components below a provider reach. */
import { createContext, useContext } from "react";
import type { AuthState, Backend, Client } from "../../index.js";

/** How long one person is here: it ends with their generation, and nothing of it is shown afterwards. */
interface Era {
  /** Different for every generation of every client; null while nobody is here. */
  readonly key: string | null;
  /** Whether the backend has known this person already, be it that there is no session at the moment. */
  readonly known: boolean;
}

export const ClientContext = createContext<Client<Backend> | null>(null);
export const EraContext = createContext<Era>({ key: null, known: false });

export function useClient(): Client<Backend> {
  const client = useContext(ClientContext);
  if (!client) throw new Error("there is no <ThreadpassProvider> around this component; put one around your app");
  return client;
}

/** The generation that a state belongs to; null where it belongs to nobody. */
export const generationOf = (state: AuthState): number | null => ("generation" in state ? state.generation : null);
