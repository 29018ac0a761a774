/**
 * Threadpass: who the user is, and every chat call as that user.
 *
 * Times are epoch milliseconds and durations are milliseconds where a name ends in `Ms`; ISO 8601 strings are a backend's.
 * A method that returns a promise rejects with a `ThreadpassError`; every code is in `ErrorCode`, with what to do.
 *
 * @example
 * ```ts
 * import { createClient } from "threadpass";
 *
 * const client = createClient({
 *   backend: "tambo",
 *   apiKey: "tambo_…",
 *   userToken: ({ forceRefresh }) => provider.getIdToken(forceRefresh),
 * });
 * for await (const thread of client.threads.list()) console.log(thread.title);
 * ```
 */

import type {
  AssistantCloudDownload,
  AssistantCloudEvent,
  AssistantCloudFeedback,
  AssistantCloudFeedbackKept,
  AssistantCloudImages,
  AssistantCloudMessage,
  AssistantCloudMessageCreated,
  AssistantCloudMessageInit,
  AssistantCloudMessagePatch,
  AssistantCloudMessageQuery,
  AssistantCloudPdf,
  AssistantCloudRunReport,
  AssistantCloudScore,
  AssistantCloudScoreInit,
  AssistantCloudThread,
  AssistantCloudThreadCreated,
  AssistantCloudThreadInit,
  AssistantCloudThreadPatch,
  AssistantCloudThreadQuery,
  AssistantCloudTitleMessage,
  AssistantCloudUpload,
  AssistantCloudUploadInit,
} from "./assistant-cloud-api.js";
import type {
  LangGraphAssistant,
  LangGraphAssistantQuery,
  LangGraphCancelOptions,
  LangGraphHistoryQuery,
  LangGraphItem,
  LangGraphItemQuery,
  LangGraphNamespaceQuery,
  LangGraphRun,
  LangGraphRunInput,
  LangGraphRunQuery,
  LangGraphSchemas,
  LangGraphStateQuery,
  LangGraphStateUpdate,
  LangGraphStreamMode,
  LangGraphThread,
  LangGraphThreadInit,
  LangGraphThreadPatch,
  LangGraphThreadQuery,
  LangGraphThreadState,
} from "./langgraph.js";
import type { RunEvent } from "./run-events.js";

/** The backends that can be talked to. */
export type Backend = "tambo" | "langgraph" | "assistant-cloud";

// ---------------------------------------------------------------- credentials

/** What a token callback is told. It may ignore it: `() => getToken()` works. */
export interface TokenRequest {
  /** Why it is asked. */
  readonly reason: "initial" | "expiring" | "unauthorized" | "manual";
  /**
   * Skip the provider's cache. False on "initial", true on "unauthorized"; on "expiring" true only if the last answer was
   * the same string again or left less than the margin; the caller's choice on "manual".
   */
  readonly forceRefresh: boolean;
  /** Aborted when the answer is not wanted any more. */
  readonly signal: AbortSignal;
}

type Awaitable<T> = T | PromiseLike<T>;

/**
 * Returns a token, or null, undefined or "" for "nobody is signed in". A throw or rejection means "could not ask": the
 * session is kept while it is valid. A thrown object may say `retryable: false` (stop asking) or `retryAfterMs`.
 *
 * @example
 * ```ts
 * import type { TokenFn } from "threadpass";
 *
 * const userToken: TokenFn = async ({ forceRefresh, signal }) => {
 *   const response = await fetch("/token", { signal, cache: forceRefresh ? "reload" : "default" });
 *   if (response.status === 401) return null;
 *   if (!response.ok) throw Object.assign(new Error("no answer"), { retryAfterMs: 5_000 });
 *   return response.text();
 * };
 * ```
 */
export type TokenFn = (request: TokenRequest) => Awaitable<string | null | undefined>;

/**
 * Where an anonymous identity is kept until sign-out.
 *
 * @example
 * ```ts
 * import { createClient } from "threadpass";
 *
 * createClient({ backend: "tambo", apiKey: "tambo_…", anonymous: { persist: "local" } });
 * ```
 */
export interface AnonymousOptions {
  /**
   * `"local"`: this browser; `"session"`: this tab, also after a reload; `"memory"`: this page. Default: Tambo `"session"`,
   * Assistant Cloud `"local"`.
   */
  persist?: "local" | "session" | "memory";
}

/**
 * What proves who the user is, by backend. One of them, not two.
 *
 * @example
 * ```ts
 * import type { Credentials } from "threadpass";
 *
 * const signedIn: Credentials["tambo"] = { userToken: () => provider.getIdToken(false), subjectTokenType: "id_token" };
 * const exchangedByServer: Credentials["tambo"] = { sessionToken: () => fetch("/session").then((r) => r.text()) };
 * const nobody: Credentials["tambo"] = { anonymous: true };
 * const sentAsItIs: Credentials["langgraph"] = { authToken: () => provider.getIdToken(false) };
 * ```
 */
export interface Credentials {
  tambo:
    | {
        /** The provider's token, exchanged for Tambo's own (RFC 8693). A callback renews; a string cannot. */
        userToken: string | TokenFn;
        /** What kind of token that is. Default "access_token". Never guessed from its shape (RFC 8693 section 3). */
        subjectTokenType?: "access_token" | "id_token";
      }
    | {
        /** A Tambo token that the app's own server has exchanged already. */
        sessionToken: TokenFn;
      }
    | {
        /** The user's key. For trusted environments: in a page, every visitor can pass for any user. */
        userKey: string;
      }
    | {
        /** An identity nobody signs in for: a random key of 128 bits. */
        anonymous: true | AnonymousOptions;
      };
  langgraph:
    | {
        /** The provider's token, sent as it is. A callback renews; a string cannot. */
        authToken: string | TokenFn;
      }
    | {
        /** The server asks nobody who they are. */
        open: true;
      };
  "assistant-cloud":
    | {
        /** The provider's token, or a workspace token that the app's own endpoint has got. JWTs both. */
        authToken: TokenFn;
        /**
         * Takes over the threads of the anonymous identity that this browser has had, as soon as somebody signs in; the identity
         * is forgotten once that has worked. Say where it is kept as `anonymous` did.
         */
        claimAnonymous?: true | AnonymousOptions;
      }
    | {
        /** An identity nobody signs in for, as the service gives them out. */
        anonymous: true | AnonymousOptions;
      }
    | {
        /** A project's key, for servers: in a page nothing is sent with it. */
        apiKey: string;
        /** Whom it acts as: 1 to 255 characters. */
        userId: string;
        /** Whose threads these are: 1 to 255 characters. */
        workspaceId: string;
      };
}

// ---------------------------------------------------------------- client

/**
 * Options of all backends. A value that cannot be makes `createClient` throw `config/invalid-option`, which names it.
 *
 * @example
 * ```ts
 * import type { CommonOptions } from "threadpass";
 *
 * const options: CommonOptions = {
 *   baseUrl: "https://api.example.com",
 *   timeouts: { requestMs: 10_000 },
 *   onWarning: ({ code, message }) => console.warn(code, message),
 * };
 * ```
 */
export interface CommonOptions {
  /** The API's URL: https, or http on loopback. A bad value makes `createClient` throw. */
  baseUrl?: string;
  /** Deadlines in milliseconds, head and body together. */
  timeouts?: {
    /** For the token callback. Default 30 000. */
    callbackMs?: number;
    /** For the token exchange. Default 30 000. */
    exchangeMs?: number;
    /** For a call; for silence of one that waits until a run is over. Default 60 000. */
    requestMs?: number;
    /** For silence of a stream while its next event is awaited. Default 300 000; LangGraph's heart beats: 30 000. */
    streamIdleMs?: number;
  };
  /** Retries of requests that are safe to repeat. Default 2. */
  retries?: number;
  /** Used instead of the global `fetch`. It is given a `Request`. */
  fetch?: typeof fetch;
  /** Gets the activity log, token-free. */
  logger?: (entry: Activity) => void;
  /** Replaces the console warnings: no credential, two credentials, no token to be had, a key where none belongs. */
  onWarning?: (error: ThreadpassError) => void;
}

/**
 * What `createClient` takes: backend, key, one credential.
 *
 * @example
 * ```ts
 * import { type ClientOptions, createClient } from "threadpass";
 *
 * const options: ClientOptions<"tambo"> = { backend: "tambo", apiKey: "tambo_…", userKey: "user_1" };
 * const client = createClient(options);
 * ```
 */
export type ClientOptions<B extends Backend = Backend> = {
  [K in B]: { backend: K } & CommonOptions & OwnOptions[K] & Placed<K, OneOf<Credentials[K]>>;
}[B];

/** Assistant Cloud's projects have a host each, but for API keys, which have one together. */
type Placed<K extends Backend, C> = K extends "assistant-cloud"
  ? C extends { apiKey: string }
    ? C
    : C & { baseUrl: string }
  : C;

/** Options that are a backend's own. */
export interface OwnOptions {
  tambo: {
    /** The project's public key. */
    apiKey: string;
  };
  langgraph: {
    /** The server's URL. */
    baseUrl: string;
    /** Sent as `x-api-key`, beside the token: for deployments that want one. In a page every visitor can read it: it warns. */
    apiKey?: string;
    /** The assistant of runs that name none: the name of a graph, or an id. */
    assistantId?: string;
  };
  "assistant-cloud": unknown;
}

type Keys<T> = T extends unknown ? keyof T : never;
/** One member of a union, without the others' members. */
type OneOf<U, A = U> = U extends unknown ? U & { [K in Exclude<Keys<A>, keyof U>]?: undefined } : never;

/**
 * Makes a client. It returns at once and does nothing: no wasm, no timer, no request, no global. The first `subscribe`,
 * `onChange`, `ready`, `getToken`, `init` or API call starts it; `getSnapshot` does not. Until then the state follows from
 * the options' shape: no credential is `unauthenticated`; two are `invalid`; else `exchanging` with attempt 0.
 *
 * @throws {ThreadpassError} `config/invalid-option`, `config/invalid-base-url`, `config/insecure-base-url`.
 * @example
 * ```ts
 * import { createClient } from "threadpass";
 *
 * const client = createClient({
 *   backend: "tambo",
 *   apiKey: "tambo_…",
 *   userToken: ({ forceRefresh }) => provider.getIdToken(forceRefresh),
 * });
 * const { user } = await client.auth.ready();
 * ```
 */
export function createClient<B extends Backend>(options: ClientOptions<B>): Client<B>;

/**
 * One user's door to one backend. The user may change; what was begun as one never arrives as another.
 *
 * @example
 * ```ts
 * import type { Client } from "threadpass";
 *
 * async function titles(client: Client<"tambo">): Promise<(string | null)[]> {
 *   const { items } = await client.threads.list({ limit: 10 });
 *   return items.map(({ title }) => title);
 * }
 * ```
 */
export type Client<B extends Backend> = {
  tambo: TamboClient;
  langgraph: LangGraphClient;
  "assistant-cloud": AssistantCloudClient;
}[B];

/** A client of Tambo. */
export interface TamboClient extends BaseClient<"tambo"> {
  /** The messages of a thread. */
  readonly messages: Messages<"tambo">;
  /** The components that the model has rendered. */
  readonly components: Components;
  /** The backend's MCP server. */
  readonly mcp: Mcp;
}

/**
 * A client of a LangGraph server. No request leaves it without a token, unless the server is said to be `open`.
 *
 * @example
 * ```ts
 * import { createClient } from "threadpass";
 *
 * const client = createClient({
 *   backend: "langgraph",
 *   baseUrl: "http://localhost:2024",
 *   assistantId: "agent",
 *   authToken: ({ forceRefresh }) => provider.getIdToken(forceRefresh),
 * });
 * const { id } = await client.threads.create({ metadata: { title: "Rome" } });
 * const values = await client.runs.wait(id, "When was it founded?");
 * ```
 */
export interface LangGraphClient extends BaseClient<"langgraph"> {
  /** The server's assistants. */
  readonly assistants: Assistants;
  /** The server's store. Unless its own rules say otherwise, everybody can read and write everything in it. */
  readonly store: Store;
}

/**
 * A client of Assistant Cloud, which keeps chats, and runs no model.
 *
 * A token belongs to a workspace: a user's own, an organisation's, or a project's. A token of another workspace is another
 * identity, as one of another user is.
 *
 * @example
 * ```ts
 * import { createClient } from "threadpass";
 *
 * const client = createClient({
 *   backend: "assistant-cloud",
 *   baseUrl: "https://proj-0abc.assistant-api.com",
 *   authToken: ({ forceRefresh }) => provider.getIdToken(forceRefresh),
 * });
 * const { id } = await client.threads.create({ title: "Rome" });
 * const content = { role: "user", parts: [{ type: "text", text: "When was it founded?" }] };
 * await client.messages.create(id, { parent_id: null, format: "ai-sdk/v6", content });
 * ```
 */
export interface AssistantCloudClient extends BaseClient<"assistant-cloud"> {
  readonly auth: AssistantCloudAuth;
  /** The messages of a thread. */
  readonly messages: Messages<"assistant-cloud">;
  readonly files: AssistantCloudFiles;
  readonly scores: AssistantCloudScores;
  readonly events: AssistantCloudEvents;
  readonly projects: AssistantCloudProjects;
}

/** What clients of all backends have. */
export interface BaseClient<B extends Backend> {
  /** Which backend it talks to. */
  readonly backend: B;
  /** Who is signed in. */
  readonly auth: Auth<B>;
  /** The user's threads. */
  readonly threads: Threads<B>;
  /** Runs of the model. */
  readonly runs: Runs<B>;
  /**
   * `fetch` with this client's identity, for other SDKs: sets our headers (replacing an SDK's `Authorization`), and sends
   * once more after a 401 when the body is a string, bytes or a form. Answers of an earlier user are not delivered.
   *
   * @throws {ThreadpassError} `config/foreign-origin` for another origin or a URL with user info; `api/unsupported` with
   * a `userKey`, which has a different place in each endpoint.
   * @example
   * ```ts
   * const response = await client.fetch("https://api.tambo.co/v1/threads", { headers: { accept: "application/json" } });
   * ```
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /**
   * Loads the core before its first use. Also what a failed load is tried again with.
   *
   * @throws {ThreadpassError} `client/core-load-failed`; `retryable` says whether trying again can help.
   */
  init(): Promise<void>;
  /** Where the session stands, without any token. */
  inspect(): Inspection;
  /**
   * What the session does, without any token: for logs and inspectors.
   *
   * @example
   * ```ts
   * const off = client.onActivity(({ atMs, kind }) => console.debug(new Date(atMs), kind));
   * off();
   * ```
   */
  onActivity(listener: (entry: Activity) => void): Unsubscribe;
  /** The end: synchronous, final, idempotent. Whatever is pending rejects `client/disposed`. */
  dispose(): void;
}

/**
 * Removes a listener. Idempotent; afterwards it is not called any more, not even for what has happened already.
 *
 * @example
 * ```ts
 * const off = client.auth.subscribe(() => show(client.auth.getSnapshot().status));
 * off();
 * ```
 */
export type Unsubscribe = (() => void) & { unsubscribe(): void };

// ---------------------------------------------------------------- auth

/** Unverified hints read from a token, for display. */
export interface UserHint {
  /** `sub`. */
  readonly id: string;
  /** `email`. */
  readonly email?: string;
  /** `org_id`. */
  readonly orgId?: string;
}

/**
 * Who is signed in. A successful renewal changes nothing here, so nobody re-renders. `generation` changes with the
 * identity and is what caches key on. `exchanging` and `error` keep the user of the same generation.
 *
 * @example
 * ```ts
 * import type { AuthState } from "threadpass";
 *
 * function describe(state: AuthState): string {
 *   switch (state.status) {
 *     case "unauthenticated":
 *       return `nobody: ${state.reason}`;
 *     case "exchanging":
 *       return `try ${state.attempt}`;
 *     case "identified":
 *       return state.user?.email ?? state.source;
 *     case "error":
 *       return state.retryAtMs === null ? state.error.message : "trying again soon";
 *     case "invalid":
 *       return state.error.message;
 *   }
 * }
 * ```
 */
export type AuthState =
  | {
      readonly status: "unauthenticated";
      /** Why nobody is. After `no-user`, `session-ended` and `other-tab` the callback is asked again on the next use. */
      readonly reason: "no-credential" | "no-user" | "signed-out" | "session-ended" | "other-tab";
    }
  | {
      readonly status: "exchanging";
      /** 0 before the start, then the number of the try. */
      readonly attempt: number;
      readonly user: UserHint | null;
      readonly generation: number;
    }
  | {
      readonly status: "identified";
      /** What proves it. */
      readonly source: "userKey" | "tokenExchange" | "sessionToken" | "anonymous" | "authToken" | "apiKey" | "open";
      readonly user: UserHint | null;
      readonly generation: number;
      /** Why the last renewal failed, while the token is still valid. */
      readonly refreshError: ThreadpassError | null;
    }
  | {
      readonly status: "error";
      readonly error: ThreadpassError;
      /** When it is tried again by itself, if it is. */
      readonly retryAtMs: number | null;
      readonly user: UserHint | null;
      readonly generation: number;
    }
  | {
      readonly status: "invalid";
      readonly error: ThreadpassError;
    };

/**
 * Who is signed in, and the token that proves it.
 *
 * @example
 * ```ts
 * provider.onUserChanged(() => client.auth.invalidate());
 * client.auth.onChange((state, { cause }) => show(`${state.status}, because of ${cause}`));
 * const { user, generation } = await client.auth.ready();
 * ```
 */
export interface Auth<B extends Backend> {
  /** The present state: the same object until it changes. Starts nothing. */
  getSnapshot(): AuthState;
  /** What a server renders: constant. */
  getServerSnapshot(): AuthState;
  /** In the shape of React's `useSyncExternalStore`: not called for the present state. */
  subscribe(listener: () => void): Unsubscribe;
  /** Called with the present state once, later in the same task, and with every change, in order. */
  onChange(listener: (state: AuthState, change: { previous: AuthState | null; cause: string }) => void): Unsubscribe;
  /**
   * Resolves when identified; waits through `exchanging` and through an `error` that will be tried again.
   *
   * @throws {ThreadpassError} why nobody is or can be: the state's error, `auth/not-signed-in`, `auth/signed-out`,
   * `config/missing-credential`, `config/conflicting-credentials`.
   */
  ready(options?: CallOptions): Promise<AuthState & { status: "identified" }>;
  /**
   * A token that is good now; null only where the credential has none (`userKey`, Tambo's `anonymous`, `apiKey`, `open`).
   *
   * @throws {ThreadpassError} `auth/not-signed-in` if nobody is.
   */
  getToken(options?: CallOptions & { forceRefresh?: boolean }): Promise<string | null>;
  /** The token if one is valid, without asking anybody. For SDKs that take synchronous headers. */
  peekToken(): string | null;
  /**
   * The headers that say who the user is, with a token that is good now; for SDKs that take no `fetch`.
   *
   * @throws {ThreadpassError} as `getToken`.
   */
  headers(): Promise<Record<string, string>>;
  /** The provider's user may have changed: drops what is held, starts a new generation, asks again. */
  invalidate(): void;
  /** Signs out here and tells the other tabs. The callback is not asked again until `setCredential` or `invalidate`. */
  signOut(): Promise<void>;
  /**
   * Replaces the credential; null removes it. The same person with a newer string keeps the generation; a callback is
   * always a new one.
   *
   * @throws {ThreadpassError} `config/invalid-option` for a value that cannot be a credential.
   */
  setCredential(credential: OneOf<Credentials[B]> | null): void;
}

/** Who is signed in at Assistant Cloud. A token that the service answers with is used in place of the callback's. */
export interface AssistantCloudAuth extends Auth<"assistant-cloud"> {
  /** Workspace tokens, for a page: with an API key only, else it rejects `api/forbidden`. */
  readonly tokens: {
    /**
     * Makes one, for the user and the workspace of the credential; it lives five minutes.
     *
     * @example
     * ```ts
     * import { createClient } from "threadpass";
     *
     * const server = createClient({ backend: "assistant-cloud", apiKey: "sk_…", userId: "user_1", workspaceId: "user_1" });
     * const { token } = await server.auth.tokens.create();
     * ```
     */
    create(options?: CallOptions): Promise<{ readonly token: string }>;
  };
}

// ---------------------------------------------------------------- threads and messages

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
  /** The next page, or null after the last. */
  next(): Promise<Page<T> | null>;
}

/**
 * Await it for one page; `for await` it for everything. Nothing is sent before either.
 *
 * @example
 * ```ts
 * const first = await client.threads.list({ limit: 20 });
 * const second = await first.next();
 * for await (const { id, title } of client.threads.list()) show(title ?? id);
 * ```
 */
export type PagePromise<T> = Promise<Page<T>> & AsyncIterable<T>;

/**
 * Options of every call.
 *
 * @example
 * ```ts
 * const thread = await client.threads.get(threadId, { signal: AbortSignal.timeout(5_000) });
 * ```
 */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** What all backends share is lifted out; `raw` is the backend's own object, untouched. */
export interface Thread<B extends Backend> {
  readonly id: string;
  readonly title: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly archived: boolean;
  readonly metadata: unknown;
  readonly raw: NativeThread<B>;
}

/** The backends whose messages are things of their own. LangGraph's are part of a thread's state. */
export type MessageBackend = "tambo" | "assistant-cloud";

/** What all backends share is lifted out; `raw` is the backend's own object, untouched. */
export interface Message<B extends MessageBackend> {
  readonly id: string;
  readonly parentId: string | null;
  readonly role: string | null;
  readonly createdAt: string | null;
  readonly raw: NativeMessage<B>;
}

/** The user's threads. */
export type Threads<B extends Backend> = {
  tambo: TamboThreads;
  langgraph: LangGraphThreads;
  "assistant-cloud": AssistantCloudThreads;
}[B];

/**
 * Threads of Tambo. Unknown ones and those of others reject `api/forbidden` (Tambo tells no difference).
 *
 * @example
 * ```ts
 * const { id } = await client.threads.create({ metadata: { topic: "travel" } });
 * const { title } = await client.threads.update(id, { name: "To the sea" });
 * await client.threads.delete(id);
 * ```
 */
export interface TamboThreads extends BaseThreads<"tambo"> {
  /**
   * Lets the model find a title from what was said, and stores it. It is not repeated by itself.
   *
   * @throws {ThreadpassError} `api/server` when the model gives none.
   */
  generateName(id: string, options?: CallOptions): Promise<NamedThread>;
}

/**
 * Threads of LangGraph. Unknown ones and those of others reject `api/not-found`; which are others' is for the server's rules
 * to say. A title is `metadata.title`.
 */
export interface LangGraphThreads extends BaseThreads<"langgraph"> {
  /** How many there are. */
  count(query?: Pick<LangGraphThreadQuery, "metadata" | "values" | "status"> & CallOptions): Promise<number>;
  /** Makes another one with the same history. */
  copy(id: string, options?: CallOptions): Promise<Thread<"langgraph">>;
  /** Its present state, or that at a checkpoint. */
  state(id: string, query?: LangGraphStateQuery & CallOptions): Promise<LangGraphThreadState>;
  /** Changes its state, or forks it at a checkpoint; answers the new checkpoint. It is not repeated by itself. */
  updateState(
    id: string,
    update: LangGraphStateUpdate,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Its states, newest first. */
  history(id: string, query?: LangGraphHistoryQuery & CallOptions): Promise<readonly LangGraphThreadState[]>;
}

/**
 * Threads of Assistant Cloud's workspace of the user. Unknown ones and those of other workspaces reject `api/not-found`. A list
 * is sorted by `last_message_at`, newest first, and has those that are archived or those that are not.
 *
 * @example
 * ```ts
 * const { id } = await cloud.threads.create({ external_id: "order-1042", upsert: true });
 * await cloud.threads.update(id, { is_archived: true });
 * for await (const { title } of cloud.threads.list({ is_archived: true })) show(title ?? "no title yet");
 * ```
 */
export interface AssistantCloudThreads extends Omit<BaseThreads<"assistant-cloud">, "create" | "update"> {
  /** Makes an empty one. It is repeated by itself only if it has an `external_id` and `upsert`. */
  create(init?: AssistantCloudThreadInit, options?: CallOptions): Promise<CreatedThread>;
  /** Changes what is given and keeps the rest. */
  update(id: string, patch: AssistantCloudThreadPatch, options?: CallOptions): Promise<void>;
  /**
   * Moves the threads of an anonymous identity to the user who makes this call; the second time there are none to move.
   * `claimAnonymous` does it by itself.
   *
   * @throws {ThreadpassError} `api/forbidden` for an anonymous user, and for a token that is not known.
   */
  claim(refreshToken: string, options?: CallOptions): Promise<{ readonly moved: number }>;
}

/**
 * A thread of Assistant Cloud that has just been made, of which only the id is answered: title, metadata and times are what was
 * sent (`createdAt` and `updatedAt` are its `last_message_at`). `get` tells what else the service knows, such as the title of
 * one that `upsert` has found.
 */
export interface CreatedThread extends Omit<Thread<"assistant-cloud">, "raw"> {
  readonly raw: AssistantCloudThreadCreated;
}

/** What can be done with threads of all backends. */
export interface BaseThreads<B extends Backend> {
  /** Newest first. */
  list(query?: NativeListQuery<B> & CallOptions): PagePromise<Thread<B>>;
  /** One of them; of Tambo's with all its messages in `raw`. */
  get(id: string, options?: CallOptions): Promise<Thread<B>>;
  /** Makes an empty one, or one that begins with messages. */
  create(init?: NativeThreadInit<B>, options?: CallOptions): Promise<Thread<B>>;
  /** Changes what is given and keeps the rest. */
  update(id: string, patch: NativeThreadPatch<B>, options?: CallOptions): Promise<Thread<B>>;
  /** Removes it with its messages, for good. */
  delete(id: string, options?: CallOptions): Promise<void>;
}

/** A thread that has got a title. */
export interface NamedThread {
  readonly title: string;
  /** The backend's own object. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The messages of a thread. */
export type Messages<B extends MessageBackend> = { tambo: TamboMessages; "assistant-cloud": AssistantCloudMessages }[B];

/**
 * The messages of a thread of Assistant Cloud: a tree, by `parentId`. `threadpass/assistant-cloud` keeps a chat's history in it.
 *
 * @example
 * ```ts
 * const { id } = await cloud.messages.create(threadId, { parent_id: null, format: "ai-sdk/v6", content: { role: "user" } });
 * await cloud.messages.feedback(threadId, id, { type: "positive", comment: "Just so." });
 * for await (const { parentId, raw } of cloud.messages.list(threadId)) show(`${parentId}: ${raw.height}`);
 * ```
 */
export interface AssistantCloudMessages {
  /** Newest first: by height, then by time. Of an unknown thread there are none. A walk ends where nothing new comes. */
  list(threadId: string, query?: AssistantCloudMessageQuery & CallOptions): PagePromise<Message<"assistant-cloud">>;
  /** Puts one into the tree. It is repeated by itself only if it has an `external_id`. */
  create(threadId: string, init: AssistantCloudMessageInit, options?: CallOptions): Promise<CreatedMessage>;
  /** Replaces its content. */
  update(threadId: string, id: string, patch: AssistantCloudMessagePatch, options?: CallOptions): Promise<void>;
  /** Says what the user thinks of it, in place of what they said before. */
  feedback(
    threadId: string,
    id: string,
    feedback: AssistantCloudFeedback,
    options?: CallOptions,
  ): Promise<AssistantCloudFeedbackKept>;
}

/** A message that has just been made, of which only the id is answered. The rest is what was sent; `createdAt` is null. */
export interface CreatedMessage extends Omit<Message<"assistant-cloud">, "raw"> {
  readonly raw: AssistantCloudMessageCreated;
}

/**
 * The messages of a thread of Tambo.
 *
 * @example
 * ```ts
 * for await (const { role, raw } of client.messages.list(threadId)) {
 *   for (const block of raw.content) if (block.type === "text") show(`${role}: ${block.text}`);
 * }
 * ```
 */
export interface TamboMessages {
  /** Oldest first, unless `order` says otherwise. */
  list(threadId: string, query?: NativeMessageQuery<"tambo"> & CallOptions): PagePromise<Message<"tambo">>;
  /** One of them. An unknown id rejects `api/not-found`. */
  get(threadId: string, id: string, options?: CallOptions): Promise<Message<"tambo">>;
  /** What the user could say next, after a message of the assistant. */
  readonly suggestions: Suggestions;
}

/** What the user could say next. Unknown messages reject `api/not-found`. */
export interface Suggestions {
  /** Those that there are; none is an empty list. */
  list(threadId: string, messageId: string, query?: SuggestionQuery & CallOptions): PagePromise<Suggestion>;
  /**
   * Lets the model make new ones, in place of those that there are. It is not repeated by itself.
   *
   * @example
   * ```ts
   * const suggestions = await client.messages.suggestions.create(threadId, messageId, { maxSuggestions: 3 });
   * for (const { title } of suggestions) show(title);
   * ```
   */
  create(
    threadId: string,
    messageId: string,
    init?: SuggestionInit,
    options?: CallOptions,
  ): Promise<readonly Suggestion[]>;
}

/** What a list of suggestions can be asked for. */
export interface SuggestionQuery {
  /** 1 to 100, default 10. */
  limit?: number;
  cursor?: string;
}

/** What suggestions are made with. */
export interface SuggestionInit {
  /** 1 to 10, default 3. */
  maxSuggestions?: number;
  /** The components that could be suggested. */
  availableComponents?: TamboRunInput["availableComponents"];
}

/** Something the user could say next. */
export interface Suggestion {
  readonly id: string;
  readonly title: string;
  /** What to send if it is taken. */
  readonly description: string | null;
  readonly createdAt: string | null;
  readonly raw: TamboSuggestion;
}

/**
 * The components that the model has rendered. While a run of the thread is on, their state cannot be changed: that rejects
 * `api/conflict`.
 */
export interface Components {
  /** Replaces a component's state; answers what it is now. `id` is the one of the component's block or event. */
  setState(
    threadId: string,
    id: string,
    state: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<Record<string, unknown>>;
  /** Changes it by JSON Patch (RFC 6902), at least one operation; answers what it is now. It is not repeated by itself. */
  patchState(
    threadId: string,
    id: string,
    patch: readonly PatchOperation[],
    options?: CallOptions,
  ): Promise<Record<string, unknown>>;
}

/** A change of a JSON document (RFC 6902). Paths are JSON Pointers, such as `/count`. */
export type PatchOperation =
  | { op: "add" | "replace" | "test"; path: string; value: unknown }
  | { op: "remove"; path: string }
  | { op: "move" | "copy"; from: string; path: string };

/** The backend's MCP server, at `/mcp` below the base URL: prompts, resources and, with a thread, elicitation. */
export interface Mcp {
  /**
   * A token for it: a bearer of the user, or of a thread, for 10 to 15 minutes. Null if the project has no such server.
   * A new one is had by asking again.
   */
  createToken(init?: { threadId?: string }, options?: CallOptions): Promise<McpToken | null>;
}

/** A bearer for the backend's MCP server. It is a secret. */
export interface McpToken {
  readonly token: string;
  /** When it ends. */
  readonly expiresAtMs: number;
  /** Whether it is for a thread. */
  readonly hasSession: boolean;
}

// ---------------------------------------------------------------- runs

/** The backends that run a model. Assistant Cloud keeps what was said. */
export type RunBackend = "tambo" | "langgraph";

/**
 * A string is a user's text message. An object is the backend's own run body.
 *
 * @example
 * ```ts
 * client.runs.stream(threadId, {
 *   message: { role: "user", content: [{ type: "text", text: "And in winter?" }] },
 *   temperature: 0,
 * });
 * ```
 */
export type RunInput<B extends RunBackend> = string | NativeRunInput<B>;

/** Options of a run. LangGraph's tools are its graph's; the page is asked by an interrupt. */
export type RunOptions<B extends RunBackend> = { tambo: TamboRunOptions; langgraph: CallOptions }[B];

/** Options of Tambo's runs. */
export interface TamboRunOptions extends CallOptions {
  /**
   * Tools that the model may call and that are executed here, by their names. The run then spans all rounds of calls: their
   * results are sent once the backend has ended the round that asks for them, and the next round's events follow. What a tool
   * throws, arguments that do not fit, a tool nobody knows and a timeout are results too, for the model to read.
   */
  tools?: Readonly<Record<string, ClientTool>>;
  /** Rounds of calls that are answered; then the run ends as `"awaiting-input"`. Default 10. */
  maxSteps?: number;
}

/**
 * A tool that is executed in the page.
 *
 * @example
 * ```ts
 * const tools = {
 *   get_weather: {
 *     description: "The weather at a place.",
 *     parameters: { type: "object", properties: { place: { type: "string" } }, required: ["place"] },
 *     execute: ({ place }: { place: string }) => `It is sunny in ${place}.`,
 *   },
 * };
 * for await (const event of client.runs.stream(null, "Rain in Paris?", { tools })) show(event.type);
 * ```
 */
export interface ClientTool {
  /** What the model is told of it. */
  description: string;
  /**
   * What it takes: a JSON Schema, or a Standard Schema (zod, valibot, arktype). Arguments are checked with it before `execute`.
   * Of JSON Schema that is: types, `enum`, `const`, bounds, `pattern`, `properties`, `required`, `additionalProperties`, `items`,
   * `prefixItems`, `anyOf`, `oneOf`, `allOf` and references within the schema. Optional members that the model fills with null
   * are left out, or get their `default`; members that `properties` does not name are left out, unless `additionalProperties`
   * lets them in.
   */
  parameters: object;
  /** The JSON Schema to send, for a Standard Schema that does not know its own (`~standard.jsonSchema`). */
  inputSchema?: object;
  /**
   * Does it. A string is the result as it is, anything else as JSON. Without it the run ends as `"awaiting-input"`, and the
   * result is sent as `tool_result` with the next run.
   */
  execute?(args: never, context: ToolContext): Awaitable<unknown>;
  /** How long that may take, in milliseconds. Default: as long as it wants. */
  timeoutMs?: number;
}

/** What a tool is told beside its arguments. */
export interface ToolContext {
  /** Aborted by the run's signal, by `cancel`, by leaving the loop, by `timeoutMs`, and when the user changes. */
  readonly signal: AbortSignal;
  readonly toolCallId: string;
}

/** Runs of the model. */
export type Runs<B extends Backend> = {
  tambo: BaseRuns<"tambo">;
  langgraph: LangGraphRuns;
  "assistant-cloud": AssistantCloudRuns;
}[B];

/** What Assistant Cloud has to do with runs of a model: it finds titles, and keeps how runs went. */
export interface AssistantCloudRuns {
  /**
   * A title for what was said, which the service makes; of a thread that has one, that one. It is asked for when it is first
   * read, and stored by nobody: `threads.update` does that.
   *
   * @example
   * ```ts
   * const title = await cloud.runs.title(threadId, [{ role: "user", content: [{ type: "text", text: "Hello" }] }]).text();
   * if (title) await cloud.threads.update(threadId, { title });
   * ```
   */
  title(threadId: string, messages: readonly AssistantCloudTitleMessage[], options?: CallOptions): TitleStream;
  /** Tells how a run went, as it is given. It is not repeated by itself. */
  report(report: AssistantCloudRunReport, options?: CallOptions): Promise<{ readonly run_id: string }>;
}

/**
 * A title as it is made, with one reader: its pieces, or all of it. Both reject `stream/interrupted` for a lost connection,
 * `stream/idle` for one that fell silent, and `api/malformed-response` for what is no text.
 */
export interface TitleStream extends AsyncIterable<string> {
  /** All of it without blanks around; null if that is nothing: keep what you have. */
  text(): Promise<string | null>;
}

/** Files of messages, in a store of the service's. */
export interface AssistantCloudFiles {
  /** The pages of a document as images. */
  pdfToImages(pdf: AssistantCloudPdf, options?: CallOptions): Promise<AssistantCloudImages>;
  /**
   * Where to put a file.
   *
   * @example
   * ```ts
   * const { signedUrl, publicUrl } = await cloud.files.presignUpload({ filename: file.name, content_type: file.type });
   * const { ok } = await fetch(signedUrl, { method: "PUT", body: file, headers: { "content-type": file.type } });
   * show(ok ? publicUrl : "The file was not stored.");
   * ```
   */
  presignUpload(init: AssistantCloudUploadInit, options?: CallOptions): Promise<AssistantCloudUpload>;
  /** Where to get one, by its key or its `publicUrl`. */
  presignDownload(
    file: { key: string; url?: undefined } | { url: string; key?: undefined },
    options?: CallOptions,
  ): Promise<AssistantCloudDownload>;
}

/** Judgements. */
export interface AssistantCloudScores {
  /** Keeps one. It is not repeated by itself. */
  create(score: AssistantCloudScoreInit, options?: CallOptions): Promise<AssistantCloudScore>;
}

/** What users have done. */
export interface AssistantCloudEvents {
  /** Keeps these, 1 to 50, as they are given. It is not repeated by itself. */
  create(events: readonly AssistantCloudEvent[], options?: CallOptions): Promise<void>;
}

/** What is in all workspaces of the project: with an API key only, else it rejects `api/forbidden`. */
export interface AssistantCloudProjects {
  readonly threads: Pick<AssistantCloudThreads, "list">;
  readonly messages: Pick<AssistantCloudMessages, "list">;
}

/**
 * Runs of a LangGraph server. `create` and `wait` with null are runs without a thread, of which nothing is kept. A run is
 * started once: if its answer is lost, `create` and `wait` reject `network/failed`, and `list` says whether it was started.
 */
export interface LangGraphRuns extends BaseRuns<"langgraph"> {
  /** Starts a run in the background. */
  create(threadId: string | null, input: RunInput<"langgraph">, options?: CallOptions): Promise<LangGraphRun>;
  /**
   * Starts a run and waits until it is over, however long; answers the final state.
   *
   * @throws {ThreadpassError} `run/failed` for a run that failed.
   */
  wait(threadId: string | null, input: RunInput<"langgraph">, options?: CallOptions): Promise<unknown>;
  /**
   * Waits until a run is over; answers the final state.
   *
   * @throws {ThreadpassError} `run/failed` for a run that failed.
   */
  join(threadId: string, runId: string, options?: CallOptions): Promise<unknown>;
  /**
   * Goes on with a run that is under way: from an event on, else with all that the server has kept of it, or where it has
   * kept nothing with the thread's state. Null: a run without a thread.
   */
  joinStream(threadId: string | null, runId: string, options?: JoinOptions): Run;
  /** Newest first. */
  list(threadId: string, query?: LangGraphRunQuery & CallOptions): PagePromise<LangGraphRun>;
  /** One of them. */
  get(threadId: string, runId: string, options?: CallOptions): Promise<LangGraphRun>;
  /** Stops a run. `cancelled` is false if it was already over. */
  cancel(
    threadId: string,
    runId: string,
    options?: LangGraphCancelOptions & CallOptions,
  ): Promise<{ cancelled: boolean }>;
  /** Removes a run that is over. */
  delete(threadId: string, runId: string, options?: CallOptions): Promise<void>;
}

/** How a stream of a run is joined. */
export interface JoinOptions extends CallOptions {
  /** The last event that was seen: those after it follow, if the run was started as resumable. */
  lastEventId?: string;
  streamMode?: LangGraphStreamMode | readonly LangGraphStreamMode[];
  /** Whether the server cancels the run when this stream is left. */
  cancelOnDisconnect?: boolean;
}

/**
 * The server's assistants. Runs by the name of a graph need none of these: a server whose rules keep its own assistants from
 * the user answers `[]` and `api/not-found` here, and runs all the same.
 */
export interface Assistants {
  /** Those that the user may see. */
  search(query?: LangGraphAssistantQuery & CallOptions): PagePromise<LangGraphAssistant>;
  /** One of them, by its id. */
  get(id: string, options?: CallOptions): Promise<LangGraphAssistant>;
  /** What the assistant's graph takes and gives. */
  schemas(id: string, options?: CallOptions): Promise<LangGraphSchemas>;
}

/**
 * The server's store, by namespace and key. **It is shared by all users** unless the server has rules of its own for it: rules
 * that scope threads to their owner, such as those of the well-known tutorial, do not cover it, so that every user reads and
 * changes what every other one has put there. A namespace with the user's id in it is tidy, and no protection.
 *
 * A namespace is a list of labels without dots.
 */
export interface Store {
  /** Null if there is nothing. */
  get(namespace: readonly string[], key: string, options?: CallOptions): Promise<LangGraphItem | null>;
  /** Puts a value there, in place of what there is. */
  put(
    namespace: readonly string[],
    key: string,
    value: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<void>;
  /** Removes what is there, if there is anything. */
  delete(namespace: readonly string[], key: string, options?: CallOptions): Promise<void>;
  /** Below a namespace; `[]` is everywhere. */
  search(
    namespacePrefix: readonly string[],
    query?: LangGraphItemQuery & CallOptions,
  ): Promise<{ readonly items: readonly LangGraphItem[] }>;
  /** Which namespaces there are. */
  namespaces(
    query?: LangGraphNamespaceQuery & CallOptions,
  ): Promise<{ readonly namespaces: readonly (readonly string[])[] }>;
}

/**
 * Runs of all backends. A second run on a thread that has one under way rejects `api/conflict`; LangGraph queues it unless
 * `multitask_strategy` says otherwise.
 */
export interface BaseRuns<B extends RunBackend> {
  /**
   * Starts a run at once: on a thread, or with null on a new one. Which run it continues is found out by itself.
   *
   * LangGraph: the new thread has an id of ours, and the run is resumable and outlives the page unless the body says
   * otherwise. Its stream is joined again, with a token that is good then, when it breaks or falls silent.
   *
   * @example
   * ```ts
   * const run = client.runs.stream(null, "Hello");
   * for await (const event of run) if (event.type === "TEXT_MESSAGE_CONTENT") show(event.delta);
   * const { threadId, outcome } = await run.result();
   * ```
   */
  stream(threadId: string | null, input: RunInput<B>, options?: RunOptions<B>): Run;
  /** Stops a run. `cancelled` is false if it was already over. */
  cancel(threadId: string, runId: string, options?: CallOptions): Promise<{ cancelled: boolean }>;
}

/**
 * A run, with one consumer. `RUN_ERROR` is yielded once, then iteration ends and `result()` rejects `run/failed`; a lost
 * transport throws `stream/interrupted` from both. Leaving the loop or aborting the signal stops reading, upon which
 * Tambo cancels the run and LangGraph goes on with it; `cancel()` stops it explicitly.
 *
 * With tools, leaving or aborting between two rounds leaves calls without results, and Tambo takes no other message then.
 * `cancel()` answers them as failed first; so does the thread's next run that has `tools`.
 *
 * @example
 * ```ts
 * import { isThreadpassError } from "threadpass";
 *
 * const run = client.runs.stream(threadId, "Hello");
 * try {
 *   const { outcome } = await run.result();
 *   show(outcome);
 * } catch (error) {
 *   if (!isThreadpassError(error)) throw error;
 *   show(error.code === "run/failed" ? error.message : "The answer was cut off.");
 * }
 * ```
 */
export interface Run extends AsyncIterable<RunEvent> {
  /** The thread, once the backend has named it. */
  threadId(): Promise<string>;
  /** The run, once the backend has named it. */
  runId(): Promise<string>;
  /** How it ended. Without an iteration it reads the run to its end and drops the events. */
  result(): Promise<RunResult>;
  /** Stops the run at the backend. */
  cancel(): Promise<{ cancelled: boolean }>;
}

export type { RunEvent, RunEventBase, RunEvents } from "./run-events.js";

/** How a run ended. */
export interface RunResult {
  readonly threadId: string;
  readonly runId: string;
  /** `"awaiting-input"`: it waits for results of client tools. */
  readonly outcome: "finished" | "awaiting-input";
}

// ---------------------------------------------------------------- errors

/**
 * Every failure of the package. Aborted calls reject with the signal's own reason instead.
 *
 * @example
 * ```ts
 * import { ThreadpassError } from "threadpass";
 *
 * await client.threads.get(threadId).catch((error: unknown) => {
 *   if (error instanceof ThreadpassError && error.retryable) return null;
 *   throw error;
 * });
 * ```
 */
export class ThreadpassError extends Error {
  readonly name: "ThreadpassError";
  /** What went wrong; stable. The README has a line and a fix for each. */
  readonly code: ErrorCode;
  /** The HTTP status, where there was one: 100 to 599. */
  readonly status?: number;
  /** Whether the same thing may work later. */
  readonly retryable: boolean;
  /** How long the backend asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The backend's request id. */
  readonly requestId?: string;
  /** Facts a program can act on. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The original value, untouched. */
  readonly cause?: unknown;
}

/**
 * Whether a value is a `ThreadpassError`, also of another copy of the package, where `instanceof` says no.
 *
 * @example
 * ```ts
 * import { isThreadpassError } from "threadpass";
 *
 * try {
 *   await client.threads.list();
 * } catch (error) {
 *   if (isThreadpassError(error) && error.code === "auth/not-signed-in") show("Sign in first.");
 *   else throw error;
 * }
 * ```
 */
export function isThreadpassError(value: unknown): value is ThreadpassError;

/** The closed list of codes. */
export type ErrorCode =
  /**
   * The client has no credential, so nothing can be sent as anybody.
   * Pass one credential of the backend to `createClient`, or call `auth.setCredential`.
   */
  | "config/missing-credential"
  /**
   * Two credentials were given; which user they mean is not for us to guess.
   * Pass exactly one credential.
   */
  | "config/conflicting-credentials"
  /**
   * An option of `createClient` has a value it cannot have.
   * The message names the option and what it takes.
   */
  | "config/invalid-option"
  /**
   * `baseUrl` is not an absolute http(s) URL without user info, query and fragment.
   * Pass the origin of the API, such as `https://api.example.com`.
   */
  | "config/invalid-base-url"
  /**
   * `baseUrl` is plain http on a host that is not loopback; a bearer would cross the network readable.
   * Use https, or http on localhost, 127.0.0.1 or [::1].
   */
  | "config/insecure-base-url"
  /**
   * A credential for trusted environments is used in a page, where every visitor can read it.
   * Give the page a token callback instead, and keep this credential on a server.
   */
  | "config/secret-in-browser"
  /**
   * `client.fetch` was asked for another origin than the client's, or for a URL with user info.
   * Use the platform's `fetch` for other origins; our bearer never goes there.
   */
  | "config/foreign-origin"
  /**
   * The client was disposed; it does nothing any more.
   * Create a new client, or dispose later.
   */
  | "client/disposed"
  /**
   * The WebAssembly core could not be loaded or compiled.
   * Check the network and the Content-Security-Policy (`script-src` needs 'wasm-unsafe-eval'), then call `init()`.
   */
  | "client/core-load-failed"
  /**
   * A defect in Threadpass.
   * Report it with the message and what led to it; create a new client to go on.
   */
  | "client/internal"
  /**
   * The token callback says that nobody is signed in.
   * Sign the user in, then call again (or `auth.invalidate()`).
   */
  | "auth/not-signed-in"
  /**
   * The user was signed out while this was pending.
   * Nothing to do: the result belonged to a user who has left.
   */
  | "auth/signed-out"
  /**
   * Another user or organisation took over while this was pending.
   * Call again; the next call is made as the new user.
   */
  | "auth/identity-changed"
  /**
   * The token callback threw or rejected, so the provider could not be asked.
   * `cause` is what it threw. Return null for "nobody is signed in"; throw only when you could not find out.
   */
  | "auth/callback-failed"
  /**
   * The token callback did not settle within `timeouts.callbackMs`.
   * Make the callback settle; honour its `signal`.
   */
  | "auth/callback-timeout"
  /**
   * The callback or option gave something that cannot be a token; Assistant Cloud takes JWTs alone.
   * Return the token's text alone; check `response.ok` before `response.text()`.
   */
  | "auth/not-a-token"
  /**
   * A credential given as a string has reached its end and cannot be renewed.
   * Call `auth.setCredential` with a new string, or pass a callback.
   */
  | "auth/cannot-renew"
  /**
   * The callback keeps answering with a token that has expired.
   * Return a fresh token when `forceRefresh` is true.
   */
  | "auth/token-expired"
  /**
   * The backend refused to exchange the provider's token.
   * Compare the project's token verification (issuer, key, algorithm) with the token; the message has the backend's
   * words.
   */
  | "auth/exchange-rejected"
  /**
   * The exchange, or a token endpoint of Assistant Cloud, answered something that is not a usable token response.
   * Check `baseUrl`; a proxy or another service may be answering.
   */
  | "auth/exchange-malformed"
  /**
   * The backend answers 401 to every token, however new. The user stays signed in.
   * Check the backend, and the provider that it asks about tokens; a new try is made at `retryAtMs`.
   */
  | "auth/refused"
  /**
   * The backend does not give out anonymous identities.
   * Switch anonymous access on in the project, or sign the user in.
   */
  | "auth/anonymous-refused"
  /**
   * The browser is offline.
   * Try again when it is online; a session that is still valid is kept.
   */
  | "network/offline"
  /**
   * The request failed before an answer could be read (connection, DNS, TLS or CORS).
   * Check that the backend is reachable and allows this origin.
   */
  | "network/failed"
  /**
   * No complete answer arrived in time.
   * Try again, or raise `timeouts`.
   */
  | "network/timeout"
  /**
   * An argument cannot be sent.
   * The message names it and what it takes.
   */
  | "api/invalid-argument"
  /**
   * The backend refused the request as wrong (400, 422).
   * The message and `details` have its words.
   */
  | "api/bad-request"
  /**
   * The backend answered 401 and a renewed token did not help, or there is none to renew.
   * Check the credential; with a `userKey` the project may require tokens. A LangGraph server whose provider is down
   * says the same.
   */
  | "api/unauthorized"
  /**
   * The backend answered 402.
   * Check the project's plan.
   */
  | "api/payment-required"
  /**
   * The backend answered 403: the API key is not valid, or this user may not do that.
   * Check the API key and the id; Tambo answers the same for unknown threads. Assistant Cloud: no rule of the project
   * matches the token (issuer, audience).
   */
  | "api/forbidden"
  /**
   * There is no such thing for this user (404).
   * Check the id.
   */
  | "api/not-found"
  /**
   * Something else is going on with the same thing (409), such as another run on the thread, or there is a thread with
   * this id already.
   * Wait for it or cancel it, then try again; take another id.
   */
  | "api/conflict"
  /**
   * The request or an answer is larger than allowed.
   * Send less; the message names the limit.
   */
  | "api/too-large"
  /**
   * Too many requests (429).
   * Wait `retryAfterMs` if there is one.
   */
  | "api/rate-limited"
  /**
   * The backend failed (5xx).
   * Try again later; `requestId` helps its operators.
   */
  | "api/server"
  /**
   * The answer is not what the backend's contract promises.
   * Check `baseUrl`; the message names the field.
   */
  | "api/malformed-response"
  /**
   * This backend or this credential cannot do that.
   * The message says what can.
   */
  | "api/unsupported"
  /**
   * The stream ended before the run did.
   * Read the thread again for what was stored, then send again.
   */
  | "stream/interrupted"
  /**
   * Nothing arrived for `timeouts.streamIdleMs` while the next event was awaited.
   * Read the thread again; raise the limit if the model thinks for longer.
   */
  | "stream/idle"
  /**
   * The stream carries something that is not an event.
   * Check `baseUrl` and proxies between.
   */
  | "stream/malformed"
  /**
   * The run ended with an error of the backend or its model.
   * The message and `details` have its words.
   */
  | "run/failed"
  /**
   * The run was cancelled.
   * Nothing to do.
   */
  | "run/cancelled";

// ---------------------------------------------------------------- diagnostics

/** What a copy of the package is made of. */
export interface Version {
  /** The package's own version. */
  readonly threadpass: string;
  /** The versions of the Rust crates that are compiled in, by name. */
  readonly crates: Readonly<Record<string, string>>;
}

/**
 * Which version this is, for logs and bug reports. Bundlers leave it out where it is not used.
 *
 * @example
 * ```ts
 * import { version } from "threadpass";
 *
 * console.info(`Threadpass ${version().threadpass}`);
 * ```
 */
export function version(): Version;

/** One line of the activity log: never a token. */
export interface Activity {
  /** When, in epoch milliseconds. */
  readonly atMs: number;
  /** What: "asked", "exchanging", "renewed", "armed", "refused", "failed", "woke". */
  readonly kind: string;
  readonly generation: number;
  readonly [field: string]: unknown;
}

/**
 * Where a session stands: never a token.
 *
 * @example
 * ```ts
 * const { deadlineMs } = client.inspect();
 * if (deadlineMs !== null) show(`renewed in less than ${deadlineMs - Date.now()} ms`);
 * ```
 */
export interface Inspection {
  readonly status: string;
  readonly generation: number;
  /** When the token ends, in epoch milliseconds; null without one. */
  readonly deadlineMs: number | null;
  /** Whether a callback or an exchange is in flight. */
  readonly refreshing: boolean;
  readonly [field: string]: unknown;
}

// ---------------------------------------------------------------- native shapes

export type * from "./assistant-cloud-api.js";
export type * from "./langgraph.js";

/** A thread as the backend sends it. */
export type NativeThread<B extends Backend> = {
  tambo: TamboThread;
  langgraph: LangGraphThread;
  "assistant-cloud": AssistantCloudThread;
}[B];
/** A message as the backend sends it. */
export type NativeMessage<B extends MessageBackend> = {
  tambo: TamboMessage;
  "assistant-cloud": AssistantCloudMessage;
}[B];
/** What a list of threads can be asked for. */
export type NativeListQuery<B extends Backend> = {
  tambo: { /** 1 to 100, default 20. */ limit?: number; cursor?: string };
  langgraph: LangGraphThreadQuery;
  "assistant-cloud": AssistantCloudThreadQuery;
}[B];
/** What a thread is created with. */
export type NativeThreadInit<B extends Backend> = {
  tambo: { metadata?: Record<string, unknown>; initialMessages?: readonly TamboInitialMessage[] };
  langgraph: LangGraphThreadInit;
  "assistant-cloud": AssistantCloudThreadInit;
}[B];
/** What can be changed of a thread. Tambo's `metadata` replaces; what is absent is kept. */
export type NativeThreadPatch<B extends Backend> = {
  tambo: { name?: string; metadata?: Record<string, unknown> };
  langgraph: LangGraphThreadPatch;
  "assistant-cloud": AssistantCloudThreadPatch;
}[B];
/** What a list of messages can be asked for. */
export type NativeMessageQuery<B extends MessageBackend> = {
  tambo: { /** 1 to 100, default 50. */ limit?: number; cursor?: string; order?: "asc" | "desc" };
  "assistant-cloud": AssistantCloudMessageQuery;
}[B];
/** The body of a run. */
export type NativeRunInput<B extends RunBackend> = { tambo: TamboRunInput; langgraph: LangGraphRunInput }[B];

/** Tambo's thread. Members without a value are absent, never null. */
export interface TamboThread {
  readonly id: string;
  readonly name?: string;
  /** The context key: the `userKey`, or what Tambo made of the token. */
  readonly userKey?: string;
  readonly runStatus: "idle" | "waiting" | "streaming";
  readonly currentRunId?: string;
  readonly statusMessage?: string;
  readonly lastRunCancelled?: boolean;
  readonly lastRunError?: { readonly code?: string; readonly message: string };
  readonly pendingToolCallIds?: readonly string[];
  readonly lastCompletedRunId?: string;
  readonly metadata?: Record<string, unknown>;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** With `threads.get` only: all of them, system messages included. */
  readonly messages?: readonly TamboMessage[];
}

/** Tambo's message. */
export interface TamboMessage {
  readonly id: string;
  readonly role: "user" | "assistant" | "system";
  readonly content: readonly TamboContent[];
  readonly createdAt?: string;
  readonly metadata?: Record<string, unknown>;
  readonly parentMessageId?: string;
  readonly isCancelled?: boolean;
}

/** A message that a thread starts with. */
export interface TamboInitialMessage {
  readonly role: "user" | "assistant" | "system";
  readonly content: readonly (TamboText | TamboResource)[];
}

/** A text block. Assistant messages that only call a tool start with one blank. */
export interface TamboText {
  readonly type: "text";
  readonly text: string;
}

/** A resource block, such as an image. */
export interface TamboResource {
  readonly type: "resource";
  readonly resource: {
    readonly uri?: string;
    readonly name?: string;
    readonly description?: string;
    readonly mimeType?: string;
    readonly text?: string;
    /** base64. */
    readonly blob?: string;
    readonly annotations?: Record<string, unknown>;
  };
}

/** A call of a tool. */
export interface TamboToolUse {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** The result of a tool. */
export interface TamboToolResult {
  readonly type: "tool_result";
  readonly toolUseId: string;
  readonly content: readonly (TamboText | TamboResource)[];
  readonly isError?: boolean;
}

/** A rendered component. */
export interface TamboComponent {
  readonly type: "component";
  readonly id: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
  readonly state?: Record<string, unknown>;
}

/** A block of a message. Types that are not listed may come and should be skipped. */
export type TamboContent = TamboText | TamboResource | TamboToolUse | TamboToolResult | TamboComponent;

/** Tambo's suggestion. */
export interface TamboSuggestion {
  readonly id: string;
  readonly messageId: string;
  readonly title: string;
  readonly description: string;
  /** The same text as `description`. */
  readonly detailedSuggestion?: string;
  readonly createdAt?: string;
}

/** The body of `POST /v1/threads/runs` and `POST /v1/threads/{id}/runs`. */
export interface TamboRunInput {
  message: {
    role: "user";
    content: readonly (TamboText | TamboResource | TamboToolResult)[];
    metadata?: Record<string, unknown>;
    additionalContext?: Record<string, unknown>;
  };
  /** For a new thread only. */
  thread?: { metadata?: Record<string, unknown>; initialMessages?: readonly TamboInitialMessage[] };
  threadMetadata?: Record<string, unknown>;
  availableComponents?: readonly {
    name: string;
    description: string;
    propsSchema: Record<string, unknown>;
    stateSchema?: Record<string, unknown>;
  }[];
  tools?: readonly {
    name: string;
    description: string;
    inputSchema: Record<string, unknown>;
    outputSchema?: Record<string, unknown>;
    strict?: boolean;
    maxCalls?: number;
  }[];
  toolChoice?: "auto" | "required" | "none" | { name: string };
  /** The run this one continues. Left out, it is found out. */
  previousRunId?: string;
  model?: string;
  maxTokens?: number;
  temperature?: number;
  runMetadata?: Record<string, unknown>;
}
