/** Whose history it is: whoever was signed in when it was first used, whichever client they have. */
import type { AssistantCloudClient } from "../../index.js";
import { ThreadpassError } from "../face.js";

interface Known {
  readonly client: AssistantCloudClient;
  readonly generation: number | undefined;
  readonly user: string | undefined;
}

export class Owner {
  private known: Known | undefined;

  constructor(private readonly source: AssistantCloudClient | (() => AssistantCloudClient)) {}

  /** Makes a call as that user. */
  async call<T>(make: (client: AssistantCloudClient) => Promise<T>): Promise<T> {
    const client = typeof this.source === "function" ? this.source() : this.source;
    if (this.known) this.known = await this.same(this.known, client);
    const isSignedIn = client.auth.getSnapshot().status === "identified";
    const before = seen(client);
    const value = await make(client);
    // The first call may be what signs in.
    this.known ??= isSignedIn ? before : seen(client);
    return value;
  }

  private async same(known: Known, client: AssistantCloudClient): Promise<Known> {
    const isAnother = client !== known.client;
    if (isAnother) await client.auth.ready();
    const now = seen(client);
    const differs = isAnother
      ? now.user !== undefined && known.user !== undefined && now.user !== known.user
      : now.generation !== known.generation;
    // A client whose token says nothing of its user is no reason to forget whose it is.
    if (!differs) return { ...now, user: now.user ?? known.user };
    const message = "the history is that of a user who has left; open the history of the one who is signed in";
    throw new ThreadpassError("auth/identity-changed", message);
  }
}

function seen(client: AssistantCloudClient): Known {
  const state = client.auth.getSnapshot();
  if (!("generation" in state)) return { client, generation: undefined, user: undefined };
  return { client, generation: state.generation, user: state.user?.id };
}
