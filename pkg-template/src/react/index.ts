"use client";
import type * as Public from "../../react/index.js";
import { useAuthState as select } from "./auth-state.js";
import { useClient as use } from "./contexts.js";

export { AuthError, Authenticated, Unauthenticated } from "./gates.js";
export { ThreadpassProvider } from "./provider.js";
export { useThreads } from "./use-threads.js";
export const useAuthState = select as typeof Public.useAuthState;
export const useClient = use as typeof Public.useClient;
