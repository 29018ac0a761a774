/** What the page is made of while one backend is tried: its client, the provider, and what a person can do with them. */
import type { ChatBackend, DemoClient, Who } from "../backends/backend";
import { makeBackend } from "../backends/make";
import type { BackendName } from "../backends/names";
import { forgetLastChat } from "../chat/last-chat";
import { Experiments } from "../experiments/experiments";
import type { PageClock } from "../experiments/page-clock";
import { Network } from "../network/network";
import { ActivityLog } from "../session/log";
import type { SomebodyHere } from "../session/sentences";
import { anonymousMode } from "./mode";
import type { Settings } from "./settings";
import type { SignIn } from "./sign-in";
import { Store } from "./store";
import { deleteChats, forgetVisitor } from "./visitor";

/** What the demos of all backends share. */
export interface Surroundings {
  readonly settings: Settings;
  /** Null where there is no provider. */
  readonly signIn: SignIn | null;
  readonly clock: PageClock;
}

interface Said {
  /** What has to be said when a sign-in or sign-out did not go as it should. */
  readonly notice: string | null;
  /** How many chats of the anonymous visitor whoever has signed in has brought along. */
  readonly brought: number;
}

/** Where tabs tell those that talk to another backend that their user has gone. The client tells those of its own. */
const departures = "threadpass-demo:departures";

export class Demo extends Store<Said> {
  readonly backend: ChatBackend;
  readonly client: DemoClient;
  readonly log: ActivityLog;
  readonly network = new Network();
  readonly experiments: Experiments;
  readonly #settings: Settings;
  readonly #signIn: SignIn | null;
  readonly #departures = new BroadcastChannel(departures);
  readonly #offOtherUser: (() => void) | undefined;

  constructor(name: BackendName, { settings, signIn, clock }: Surroundings, notice: string | null) {
    super({ notice, brought: 0 });
    this.#settings = settings;
    this.#signIn = signIn;
    if (anonymousMode.get()) anonymousMode.set(name);
    this.backend = makeBackend(name, settings, anonymousMode.get() ? "visitor" : this.#user, this.network.fetch);
    this.client = this.backend.client;
    this.network.generationOf = () => this.client.inspect().generation;
    this.log = new ActivityLog(this.client, anonymousMode.get);
    const { backend, controlKey } = settings;
    this.experiments = new Experiments(this, clock, controlKey ? { backend, key: controlKey } : null);
    this.client.onActivity(({ kind, moved }) => {
      if (kind === "claimed") this.set({ brought: Number(moved) });
    });
    this.#offOtherUser = signIn?.onOtherUser(() => {
      if (!anonymousMode.get()) this.backend.become(this.#user);
    });
    this.#departures.onmessage = ({ data }) => {
      if (data !== name && !anonymousMode.get()) void this.client.auth.signOut();
    };
  }

  /** Whether there is anybody to sign in at. */
  get canSignIn(): boolean {
    return this.#signIn !== null;
  }

  get #user(): Who {
    return this.network.watch(this.#signIn?.token ?? (() => null));
  }

  /** Whether it is somebody without a name. Some backends know visitors by one all the same, which is nobody's. */
  isVisitor(state: SomebodyHere): boolean {
    return state.status === "identified" ? state.source === "anonymous" : anonymousMode.get();
  }

  startAnonymous(): void {
    anonymousMode.set(this.backend.name);
    this.backend.become("visitor");
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
    this.set({ notice: null, brought: 0 });
    forgetLastChat();
    if (anonymousMode.get()) return this.#forgetVisitors();
    // The user goes first: the other tabs ask for it again as soon as they hear of the sign-out.
    const idToken = await this.#signIn?.forget();
    await this.client.auth.signOut();
    this.#departures.postMessage(this.backend.name);
    // A visitor who has not been claimed is not for whoever comes next.
    if (this.#settings.assistantCloud) await forgetVisitor("assistant-cloud", this.#settings, { chats: false });
    if (idToken && !(await this.#signIn?.endSession(idToken)))
      this.set({ notice: "You are signed out here. The provider could not be reached, so it may still know you." });
  }

  /** Takes note that somebody has seen how many chats have come with them. */
  welcomed(): void {
    this.set({ brought: 0 });
  }

  nameOf: SignIn["nameOf"] = (user) => this.#signIn?.nameOf(user) ?? user.id;

  /** The end of it, when another backend is tried. */
  dispose(): void {
    this.#offOtherUser?.();
    this.#departures.close();
    this.client.dispose();
  }

  async #forgetVisitors(): Promise<void> {
    await deleteChats(this.backend);
    for (const name of anonymousMode.backends())
      if (name !== this.backend.name) await forgetVisitor(name, this.#settings, { chats: true });
    anonymousMode.clear();
    await this.client.auth.signOut();
  }
}
