import { use } from "./use.js";

/** Leaves the answer where the test reads it. */
export function answer(threadpass) {
  globalThis.answer = use(threadpass, new URL(location.href).searchParams.get("backend"));
}
