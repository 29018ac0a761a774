/** A provider's callback is a token callback, whatever the backend. That Supabase's own client fits, the example shows. */
import { type TokenFn, createClient } from "threadpass";
import { type ProviderTokenFn, type SupabaseClient, fromSupabase } from "threadpass/providers";
import type { Expect, Same } from "./expect.js";

declare const supabase: SupabaseClient;
const callback = fromSupabase(supabase);
export const token: TokenFn = callback;

createClient({ backend: "langgraph", baseUrl: "https://api.example.com", authToken: callback });
createClient({ backend: "tambo", apiKey: "tambo_x", userToken: callback });

export type Checks = [
  Expect<Same<typeof callback, ProviderTokenFn>>,
  Expect<Same<Parameters<Parameters<ProviderTokenFn["onUserChange"]>[0]>, [change: "user" | "token"]>>,
];

// @ts-expect-error It is the client, not its part that signs in.
fromSupabase(supabase.auth);
// @ts-expect-error There is no such change.
callback.onUserChange((change: "elsewhere") => change);
// @ts-expect-error A callback that does not say when its user changes is not a provider's.
export const plain: ProviderTokenFn = () => "token";
