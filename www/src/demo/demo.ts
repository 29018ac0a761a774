/** What the page is made of: one Threadpass client, one provider, and what a person can do with them. */
import { type Client, createClient } from "threadpass";
import { forgetLastChat } from "../chat/last-chat";
import { ActivityLog } from "../session/log";
import { anonymousMode } from "./mode";
import type { Settings } from "./settings";
import { SignIn } from "./sign-in";
import { Store } from "./store";

export type DemoClient = Client<"tambo">;

/** The state is what has to be said when a sign-in or sign-out did not go as it should. */
export class Demo extends Store<{ readonly notice: string | null }> {
  readonly client: DemoClient;
  readonly log: ActivityLog;
  readonly #signIn: SignIn;

  private constructor(settings: Settings, signIn: SignIn, notice: string | null) {
    super({ notice });
    this.#signIn = signIn;
    const place = placeOf(settings);
    this.client = anonymousMode.get()
      ? createClient({ ...place, anonymous: true })
      : createClient({ ...place, ...this.#credential });
    this.log = new ActivityLog(this.client);
    signIn.onOtherUser(() => {
      if (!anonymousMode.get()) this.client.auth.setCredential(this.#credential);
    });
  }

  /** Finishes a sign-in that is under way, then makes the client. */
  static async start(settings: Settings): Promise<Demo> {
    const signIn = new SignIn(settings, new URL("./", location.href).href);
    let notice: string | null = null;
    try {
      if (await signIn.complete(location.href)) await leaveAnonymity(settings);
    } catch (error) {
      notice = `The sign-in was not finished: ${error instanceof Error ? error.message : String(error)}.`;
    }
    if (location.search) history.replaceState(null, "", "./");
    return new Demo(settings, signIn, notice);
  }

  get #credential() {
    return { userToken: this.#signIn.token, subjectTokenType: "id_token" } as const;
  }

  startAnonymous(): void {
    anonymousMode.set();
    this.client.auth.setCredential({ anonymous: true });
  }

  /** Goes to the provider; `again` to become somebody else. */
  async signIn(again = false): Promise<void> {
    this.set({ notice: null });
    try {
      await this.#signIn.begin(again);
    } catch {
      this.set({ notice: "The sign-in provider cannot be reached. Please try again in a moment." });
    }
  }

  /** Signs out here, in the other tabs and at the provider; or forgets the anonymous visitor. */
  async signOut(): Promise<void> {
    this.set({ notice: null });
    forgetLastChat();
    if (anonymousMode.get()) {
      anonymousMode.clear();
      return this.client.auth.signOut();
    }
    // The user goes first: the other tabs ask for it again as soon as they hear of the sign-out.
    const idToken = await this.#signIn.forget();
    await this.client.auth.signOut();
    if (idToken && !(await this.#signIn.endSession(idToken)))
      this.set({ notice: "You are signed out here. The provider could not be reached, so it may still know you." });
  }

  nameOf: SignIn["nameOf"] = (user) => this.#signIn.nameOf(user);
}

function placeOf({ backend, apiKey }: Settings) {
  return { backend: "tambo", baseUrl: backend, apiKey } as const;
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
