/** The page as a whole: the backend that is tried at present, and the way to the others. */
import { backendChoice } from "../backends/choice";
import { backendsIn } from "../backends/make";
import type { BackendName } from "../backends/names";
import { PageClock } from "../experiments/page-clock";
import { Demo, type Surroundings } from "./demo";
import type { Settings } from "./settings";
import type { SignIn } from "./sign-in";
import { Store } from "./store";
import { leaveAnonymity } from "./visitor";

interface Present {
  readonly demo: Demo;
  /** Whether the page has just changed under somebody's hands. */
  readonly isSwitched: boolean;
}

export class Site extends Store<Present> {
  /** What there is to choose from. */
  readonly backends: readonly BackendName[];
  readonly #surroundings: Surroundings;

  private constructor(surroundings: Surroundings, notice: string | null) {
    const backends = backendsIn(surroundings.settings);
    const name = backends.find((backend) => backend === backendChoice.get()) ?? "tambo";
    super({ demo: new Demo(name, surroundings, notice), isSwitched: false });
    this.backends = backends;
    this.#surroundings = surroundings;
  }

  /** Finishes a sign-in that is under way, then makes the client. */
  static async start(settings: Settings): Promise<Site> {
    const signIn = await makeSignIn(settings);
    let notice: string | null = null;
    try {
      if (await signIn?.complete(location.href)) await leaveAnonymity(settings);
    } catch (error) {
      notice = `The sign-in was not finished: ${error instanceof Error ? error.message : String(error)}.`;
    }
    if (location.search) history.replaceState(null, "", "./");
    return new Site({ settings, signIn, clock: new PageClock() }, notice);
  }

  /** Takes note that what there is of the other backend is on the page. */
  arrived(): void {
    this.set({ isSwitched: false });
  }

  /** Tries another backend, as the same person. */
  choose(name: BackendName): void {
    const { demo } = this.state;
    if (name === demo.backend.name) return;
    backendChoice.set(name);
    this.set({ demo: new Demo(name, this.#surroundings, null), isSwitched: true });
    // When nothing of it is on the page any more.
    setTimeout(() => demo.dispose());
  }
}

/** The provider's client is loaded only where there is a provider. */
async function makeSignIn({ issuer, clientId }: Settings): Promise<SignIn | null> {
  if (!issuer || !clientId) return null;
  const { SignIn } = await import("./sign-in");
  return new SignIn({ issuer, clientId }, new URL("./", location.href).href);
}
