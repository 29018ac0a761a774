/**
 * Whether this tab has chosen to stay anonymous, and at which backends it has been anonymous since. Kept so that a reload stays;
 * another tab chooses for itself.
 */
import { backendNames, type BackendName } from "../backends/names";

const name = "threadpass-demo:anonymous";

const kept = (): string[] | null => sessionStorage.getItem(name)?.split(" ") ?? null;

export const anonymousMode = {
  get: () => kept() !== null,
  /** Where there is an anonymous visitor of this tab. */
  backends: (): BackendName[] => backendNames.filter((backend) => kept()?.includes(backend)),
  set: (backend: BackendName) => sessionStorage.setItem(name, [...new Set([...(kept() ?? []), backend])].join(" ")),
  clear: () => sessionStorage.removeItem(name),
};
