/**
 * Standard output carries one line of JSON and nothing else, so all logging goes to standard error. What the provider's
 * library says about itself there (its in-memory store, the Node version it prefers) is for whoever would run it in
 * production. Imported first, because some of it is said while modules load.
 */
import { Console } from "node:console";

const console = new Console(process.stderr);
for (const level of ["log", "info", "warn", "error", "debug"]) {
  globalThis.console[level] = (first, ...rest) => {
    if (!String(first).startsWith("oidc-provider ")) console[level](first, ...rest);
  };
}
