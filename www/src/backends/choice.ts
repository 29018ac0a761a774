/** Which backend this tab talks to. Kept so that a reload stays; another tab chooses for itself. */
import { backendNames, type BackendName } from "./names";

const name = "threadpass-demo:backend";

export const backendChoice = {
  get: (): BackendName | undefined => backendNames.find((backend) => backend === sessionStorage.getItem(name)),
  set: (backend: BackendName) => sessionStorage.setItem(name, backend),
};
