import { Fragment, type ReactElement, createElement, useContext } from "react";
import type { AuthErrorProps, AuthenticatedProps, UnauthenticatedProps } from "../../react/index.js";
import type { AuthState } from "../../index.js";
import { useAuthState } from "./auth-state.js";
import { EraContext, useClient } from "./contexts.js";

/** Keyed by the person's era, so that no state of one person's components is left for the next. */
export function Authenticated({ children, fallback }: AuthenticatedProps): ReactElement {
  const status = useAuthState((state) => state.status);
  const era = useContext(EraContext);
  const isLapse = era.known && (status === "exchanging" || status === "error");
  if (status === "identified" || isLapse) return createElement(Fragment, { key: era.key }, children);
  return createElement(Fragment, null, status === "exchanging" ? fallback : null);
}

export function Unauthenticated({ children }: UnauthenticatedProps): ReactElement | null {
  const state = useAuthState() as AuthState;
  if (state.status !== "unauthenticated") return null;
  return createElement(Fragment, null, typeof children === "function" ? children(state.reason) : children);
}

export function AuthError({ children }: AuthErrorProps): ReactElement | null {
  const { auth } = useClient();
  const state = useAuthState() as AuthState;
  if (state.status !== "error" && state.status !== "invalid") return null;
  const { error } = state;
  const retryAtMs = state.status === "error" ? state.retryAtMs : null;
  // What fails again shows in the state.
  const retry = () => void auth.getToken({ forceRefresh: true }).catch(() => {});
  const shown = typeof children === "function" ? children({ error, retryAtMs, retry }) : children;
  return createElement(Fragment, null, shown);
}
