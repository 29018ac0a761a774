/** What the page is made of: one Threadpass client, one provider, and what a person can do with them. */
import { type Client, createClient } from "threadpass";
import { forgetLastChat } from "../chat/last-chat";
import { Experiments } from "../experiments/experiments";
import { PageClock } from "../experiments/page-clock";
import { Network } from "../network/network";
import { ActivityLog } from "../session/log";
import { anonymousMode } from "./mode";
import type { Settings } from "./settings";
import type { SignIn } from "./sign-in";
import { Store } from "./store";

export type DemoClient = Client<"tambo">;

/** How long leaving may take for the sake of tidiness. */
const forgetMs = 3_000;

/** The state is what has to be said when a sign-in or sign-out did not go as it should. */
export class Demo extends Store<{ readonly notice: string | null }> {
  readonly client: DemoClient;
  readonly log: ActivityLog;
  readonly network = new Network();
  readonly experiments: Experiments;
  /** Null where there is no provider. */
  readonly #signIn: SignIn | null;

  private constructor(settings: Settings, signIn: SignIn | null, notice: string | null) {
    super({ notice });
    this.#signIn = signIn;
    const common = { ...placeOf(settings), fetch: this.network.fetch };
    this.client = anonymousMode.get()
      ? createClient({ ...common, anonymous: true })
      : createClient({ ...common, ...this.#credential });
    this.network.generationOf = () => this.client.inspect().generation;
    this.log = new ActivityLog(this.client);
    const { backend, controlKey } = settings;
    this.experiments = new Experiments(this, new PageClock(), controlKey ? { backend, key: controlKey } : null);
    signIn?.onOtherUser(() => {
      if (!anonymousMode.get()) this.client.auth.setCredential(this.#credential);
    });
  }

  /** Finishes a sign-in that is under way, then makes the client. */
  static async start(settings: Settings): Promise<Demo> {
    const signIn = await makeSignIn(settings);
    let notice: string | null = null;
    try {
      if (await signIn?.complete(location.href)) await leaveAnonymity(settings);
    } catch (error) {
      notice = `The sign-in was not finished: ${error instanceof Error ? error.message : String(error)}.`;
    }
    if (location.search) history.replaceState(null, "", "./");
    return new Demo(settings, signIn, notice);
  }

  /** Whether there is anybody to sign in at. */
  get canSignIn(): boolean {
    return this.#signIn !== null;
  }

  get #credential() {
    const ask = this.#signIn?.token ?? (() => null);
    return { userToken: this.network.watch(ask), subjectTokenType: "id_token" } as const;
  }

  startAnonymous(): void {
    anonymousMode.set();
    this.client.auth.setCredential({ anonymous: true });
  }

  /** Goes to the provider; `again` to become somebody else. */
  async signIn(again = false): Promise<void> {
    this.set({ notice: null });
    try {
      await this.#signIn?.begin(again);
    } catch {
      this.set({ notice: "The sign-in provider cannot be reached. Please try again in a moment." });
    }
  }

  /** Becomes somebody else: whoever the provider is told, or another nameless visitor. */
  async switchUser(): Promise<void> {
    if (!anonymousMode.get()) return this.signIn(true);
    await this.signOut();
    this.startAnonymous();
  }

  /** Signs out here, in the other tabs and at the provider; or forgets the anonymous visitor. */
  async signOut(): Promise<void> {
    this.set({ notice: null });
    forgetLastChat();
    if (anonymousMode.get()) {
      await this.#deleteChats();
      anonymousMode.clear();
      return this.client.auth.signOut();
    }
    // The user goes first: the other tabs ask for it again as soon as they hear of the sign-out.
    const idToken = await this.#signIn?.forget();
    await this.client.auth.signOut();
    if (idToken && !(await this.#signIn?.endSession(idToken)))
      this.set({ notice: "You are signed out here. The provider could not be reached, so it may still know you." });
  }

  /** Nobody will ever be this visitor again, so that their chats would lie around for nobody. */
  async #deleteChats(): Promise<void> {
    const { threads } = this.client;
    const signal = AbortSignal.timeout(forgetMs);
    try {
      for await (const { id } of threads.list({ limit: 100, signal })) await threads.delete(id, { signal });
    } catch {
      // Whoever leaves is not kept from it by a backend that does not answer.
    }
  }

  nameOf: SignIn["nameOf"] = (user) => this.#signIn?.nameOf(user) ?? user.id;
}

function placeOf({ backend, apiKey }: Settings) {
  return { backend: "tambo", baseUrl: backend, apiKey } as const;
}

/** The provider's client is loaded only where there is a provider. */
async function makeSignIn({ issuer, clientId }: Settings): Promise<SignIn | null> {
  if (!issuer || !clientId) return null;
  const { SignIn } = await import("./sign-in");
  return new SignIn({ issuer, clientId }, new URL("./", location.href).href);
}

/** Whoever signs in leaves the anonymous visitor behind, so that nobody after them finds its chats. */
async function leaveAnonymity(settings: Settings): Promise<void> {
  if (!anonymousMode.get()) return;
  anonymousMode.clear();
  forgetLastChat();
  const client = createClient({ ...placeOf(settings), anonymous: true });
  await client.auth.signOut();
  client.dispose();
}
