/** Components that page and server render alike. */
import { createElement as h, memo } from "react";
import { AuthError, Authenticated, ThreadpassProvider, Unauthenticated, useThreads } from "threadpass/react";

/** A list that renders when the hook says so, and never because its parent does. */
export const Rows = memo(function Rows({ actions }) {
  const list = useThreads({ pageSize: 3 });
  if (actions) actions.current = list;
  const rows = list.threads.map(({ key, title, pending }) =>
    h("li", { key }, pending ? `${title} (${pending})` : title),
  );
  return h("ul", { "data-status": list.status, "data-error": list.error?.code }, rows);
});

/** An app with all gates. */
export function Shell({ actions, ...options }) {
  return h(
    ThreadpassProvider,
    options,
    h(Authenticated, { fallback: h("p", null, "one moment") }, h(Rows, { actions })),
    h(Unauthenticated, null, (reason) => h("p", null, reason)),
    h(AuthError, null, ({ error }) => h("p", null, error.code)),
  );
}
