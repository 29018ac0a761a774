/**
 * Fakes for the tests of apps: a client without a backend, and a backend without a network. Nothing here belongs into a
 * page that people use.
 *
 * Times are epoch milliseconds where a name ends in `Ms`, and ISO 8601 strings where a backend would have sent them.
 *
 * @example
 * ```ts
 * import { createClient } from "threadpass";
 * import { createFakeBackend } from "threadpass/testing";
 *
 * const backend = createFakeBackend();
 * backend.addThread("ada", { name: "Engines" });
 * const client = createClient({ ...backend.options, userToken: backend.tokenFor("ada") });
 * const { items } = await client.threads.list();
 * ```
 */
import type {
  AssistantCloudClient,
  AssistantCloudRuns,
  AssistantCloudThreads,
  Assistants,
  AuthState,
  Backend,
  Client,
  ErrorCode,
  LangGraphRunInput,
  LangGraphRuns,
  LangGraphThreads,
  NativeThread,
  RunBackend,
  RunEvent,
  RunInput,
  Store,
  TamboMessage,
  ThreadpassError,
  UserHint,
} from "../index.js";

/** Somebody else's JSON. */
type Json = Readonly<Record<string, unknown>>;

/** Which backend is meant: Tambo, unless another one is named. */
type Named<B extends Backend> = {
  tambo: { readonly backend?: "tambo" };
  langgraph: { readonly backend: "langgraph" };
  "assistant-cloud": { readonly backend: "assistant-cloud" };
}[B];

// ---------------------------------------------------------------- what is there to begin with

/** A thread that is there before the test begins. */
export type FakeThread<B extends Backend = "tambo"> = {
  tambo: FakeTamboThread;
  langgraph: FakeLangGraphThread;
  "assistant-cloud": FakeCloudThread;
}[B];

/** A thread of Tambo, and what all threads have. */
export interface FakeTamboThread {
  /** Default: one that is made up. */
  readonly id?: string;
  /** Its title. LangGraph's is `metadata.title`. */
  readonly name?: string;
  readonly metadata?: Record<string, unknown>;
  /** Oldest first. */
  readonly messages?: readonly { readonly role: "user" | "assistant" | "system"; readonly text: string }[];
}

/** A thread of a LangGraph server. */
export interface FakeLangGraphThread extends FakeTamboThread {
  /** The graph's state, beside the messages. */
  readonly values?: Json;
}

/** A thread of Assistant Cloud. Its messages are stored one below the other, in the format `ai-sdk/v6`. */
export interface FakeCloudThread extends FakeTamboThread {
  /** Default: false. */
  readonly archived?: boolean;
}

// ---------------------------------------------------------------- client

/** What a call of a client is named: the path to its method. */
export type FakeCallName<B extends Backend = "tambo"> = {
  tambo:
    | "threads.list"
    | "threads.get"
    | "threads.create"
    | "threads.update"
    | "threads.delete"
    | "threads.generateName"
    | "messages.list"
    | "messages.get"
    | "suggestions.list"
    | "suggestions.create"
    | "components.setState"
    | "components.patchState"
    | "mcp.createToken"
    | "runs.stream"
    | "runs.cancel"
    | "fetch";
  langgraph:
    | `threads.${keyof LangGraphThreads}`
    | `runs.${keyof LangGraphRuns}`
    | `assistants.${keyof Assistants}`
    | `store.${keyof Store}`
    | "fetch";
  "assistant-cloud":
    | `threads.${keyof AssistantCloudThreads}`
    | `messages.${keyof AssistantCloudClient["messages"]}`
    | `runs.${keyof AssistantCloudRuns}`
    | `files.${keyof AssistantCloudClient["files"]}`
    | "auth.tokens.create"
    | "scores.create"
    | "events.create"
    | "projects.threads.list"
    | "projects.messages.list"
    | "fetch";
}[B];

/** A call that was made. */
export interface FakeCall<B extends Backend = "tambo"> {
  readonly name: FakeCallName<B>;
  readonly args: readonly unknown[];
}

/** A run that an app has started, in the test's hand. It has said `RUN_STARTED` already. */
export type FakeRun<B extends Backend = "tambo"> = {
  tambo: FakeTamboRun;
  langgraph: FakeLangGraphRun;
  /** Assistant Cloud stores chats, and runs nothing. */
  "assistant-cloud": never;
}[B];

/** What runs of all backends have. */
export interface FakeBaseRun<B extends RunBackend> {
  readonly threadId: string;
  readonly runId: string;
  readonly input: RunInput<B>;
  /** Whether it has ended, be it by the test, by the app or, where the backend ends it then, with its user. */
  readonly isOver: boolean;
  /** Sends an event as it is. */
  push(event: { readonly type: string; readonly [field: string]: unknown }): void;
  /** Sends a piece of the answer's text, and begins the message first where that is due. */
  text(delta: string): void;
  /** Ends the run with `RUN_ERROR`: `result()` rejects `run/failed`. */
  fail(message?: string): void;
  /** Loses the connection: the iteration throws `stream/interrupted`. LangGraph's run goes on and can be joined. */
  cut(): void;
}

/** A run of Tambo. */
export interface FakeTamboRun extends FakeBaseRun<"tambo"> {
  /** Ends the message and the run. The answer stands in the thread then. */
  finish(outcome?: "finished" | "awaiting-input"): void;
}

/** A run of LangGraph. It goes on when nobody reads it any more. */
export interface FakeLangGraphRun extends FakeBaseRun<"langgraph"> {
  /** Ends the message and the run. The answer stands in the thread's state then, with these members beside it. */
  finish(values?: Json): void;
  /** Ends the run with a question: its outcome is `"awaiting-input"`, and `command.resume` of the next one answers. */
  interrupt(value: unknown): void;
}

/** What a test does with a fake client. */
export interface FakeControls<B extends Backend = "tambo"> {
  /** The calls so far, oldest first. */
  readonly calls: readonly FakeCall<B>[];
  /** The runs so far, oldest first. */
  readonly runs: readonly FakeRun<B>[];
  /** Puts a thread into somebody's list, as the newest one. */
  addThread(userId: string, thread?: FakeThread<B>): NativeThread<B>;
  /** Publishes a state. Another generation ends what is pending, as with a real client. */
  setState(state: AuthState, cause?: string): void;
  /** Publishes that somebody is signed in, in a generation of their own. */
  signIn(user: string | UserHint): void;
  /** Lets the next call of this name reject. Called twice, it is the next two. */
  failNext(name: FakeCallName<B>, error: ErrorCode | ThreadpassError): void;
}

/** A client that talks to nobody, and what a test does with it. */
export type FakeClient<B extends Backend = "tambo"> = Client<B> & { readonly fake: FakeControls<B> };

/** Options of `createFakeClient`. */
export type FakeClientOptions<B extends Backend = "tambo"> = Named<B> & {
  /** The state to begin with. Default: the user `"user"` is identified, in generation 1. */
  readonly state?: AuthState;
  /** The threads of people by their ids, newest first. */
  readonly threads?: Readonly<Record<string, readonly FakeThread<B>[]>>;
};

/**
 * A client without WebAssembly, timers and network, for tests of components. Threads and messages live in memory, per
 * user. Calls behave as with a real one: they wait while the state is `exchanging`, reject while nobody is signed in or
 * the state is an error, and end with their generation. `auth.signOut`, `auth.setCredential(null)` and `auth.invalidate`
 * publish what a real client would publish first; what follows is the test's to say. Tools of a run are not executed, no JSON
 * Patch is applied, and there is no MCP server.
 *
 * With `backend: "langgraph"` it is a client of a LangGraph server, whose threads have states and histories. A second run of
 * a thread begins at once where a server would let it wait, and `joinStream` tells all of a run again. Assistants, the store and
 * `extract` are not there (`api/unsupported`).
 *
 * With `backend: "assistant-cloud"` it is a client of Assistant Cloud, whose threads have trees of messages, and which
 * `openHistory` works with. It has no files, scores and lists of a whole project (`api/unsupported`). `threads.claim` takes the
 * id of the user whose threads are to move in place of their refresh token.
 *
 * @example
 * ```tsx
 * const client = createFakeClient({ threads: { user: [{ name: "Engines" }] } });
 * render(<ThreadpassProvider client={client}><Chat /></ThreadpassProvider>);
 * client.fake.runs[0].text("Hello");
 * client.fake.runs[0].finish();
 * ```
 */
export function createFakeClient(options?: FakeClientOptions): FakeClient;
export function createFakeClient(options: FakeClientOptions<"langgraph">): FakeClient<"langgraph">;
export function createFakeClient(options: FakeClientOptions<"assistant-cloud">): FakeClient<"assistant-cloud">;

// ---------------------------------------------------------------- backend

/** What an answer is made of. */
export type FakePrompt<B extends Backend = "tambo"> = {
  tambo: FakeTamboPrompt;
  langgraph: FakeLangGraphPrompt;
  /** Nothing there answers. */
  "assistant-cloud": never;
}[B];

/** What an answer of any backend is made of. */
export interface FakeBasePrompt {
  /** The user's text. */
  readonly text: string;
  readonly userId: string;
  readonly threadId: string;
}

/** What an answer of Tambo is made of. */
export interface FakeTamboPrompt extends FakeBasePrompt {
  /** What was said in the thread so far, oldest first. */
  readonly messages: readonly TamboMessage[];
}

/** What an answer of LangGraph is made of. */
export interface FakeLangGraphPrompt extends FakeBasePrompt {
  /** The thread's state, with what the run has been given. */
  readonly values: Json;
  /** The run's body: `command.resume` answers an interrupt. */
  readonly input: LangGraphRunInput;
}

/** An answer: a text, which is streamed word by word, or its pieces. An object is an event that is sent as it is. */
export type FakeReply<B extends Backend = "tambo"> =
  string | Iterable<string | FakeReplyEvent<B>> | AsyncIterable<string | FakeReplyEvent<B>>;

/**
 * An event of a backend. Of LangGraph's, `values` are the thread's state from then on, and `__interrupt__` in their data or in
 * that of `updates` is what the run ends with waiting for: `[{ id, value }]`.
 */
export type FakeReplyEvent<B extends Backend = "tambo"> = {
  tambo: Omit<RunEvent, "raw">;
  langgraph: { readonly event: string; readonly data: unknown };
  "assistant-cloud": never;
}[B];

/** A request that has come in. Tokens and keys are left out. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  /** Who has sent it; null where that is not known. */
  readonly userId: string | null;
  readonly status: number;
}

/** Options of `createFakeBackend`. */
export type FakeBackendOptions<B extends Backend = "tambo"> = Named<B> & {
  /** Where it seems to be. Default `https://threadpass.test`. */
  readonly url?: string;
  /**
   * What a run is answered. A throw is a run that fails. Default: a sentence that repeats the message. Assistant Cloud has no
   * such runs.
   */
  readonly reply?: (prompt: FakePrompt<B>) => FakeReply<B> | PromiseLike<FakeReply<B>>;
  /**
   * How long a token is good for, in seconds: of Tambo the session token, default 900; of the others the provider's, which
   * `tokenFor` makes, and an anonymous user's, default 3600.
   */
  readonly tokenLifetime?: number;
};

/** Playwright's `Route`, as far as it is needed. */
export interface FakeRoute {
  request(): {
    method(): string;
    url(): string;
    allHeaders(): Promise<Record<string, string>>;
    postData(): string | null;
  };
  fulfill(response: { status: number; headers: Record<string, string>; body: string }): Promise<void>;
}

/** A backend in memory. */
export interface FakeBackend<B extends Backend = "tambo"> {
  /** For `createClient`, beside the credential: backend, URL, `fetch`, and Tambo's key or LangGraph's assistant. */
  readonly options: {
    readonly backend: B;
    readonly baseUrl: string;
    readonly fetch: typeof fetch;
  } & {
    tambo: { readonly apiKey: string };
    langgraph: { readonly assistantId: string };
    "assistant-cloud": unknown;
  }[B];
  /** Answers a request. Other origins are refused with a `TypeError`, so that no test reaches out by mistake. */
  readonly fetch: typeof fetch;
  /**
   * For Playwright: `await page.route(backend.options.baseUrl + "/**", backend.route)`. A run arrives in one piece.
   */
  readonly route: (route: FakeRoute) => Promise<void>;
  /** What has come in so far, oldest first. */
  readonly requests: readonly FakeRequest[];
  /** A provider's token for a user. The backend takes any JWT with a `sub`, and verifies nothing. */
  tokenFor(userId: string): string;
  /** Puts a thread into somebody's list, as the newest one. With a `userKey`, that is the user's id. */
  addThread(userId: string, thread?: FakeThread<B>): NativeThread<B>;
  /** Somebody's threads, newest first. */
  threadsOf(userId: string): readonly NativeThread<B>[];
  /** Answers the next request of this method and path with an error. Path `"*"`: any. */
  failNext(method: string, path: string, status: number, message?: string): void;
  /** Refuses every token that was given out, of Tambo every session token: the next call is answered 401. */
  revoke(): void;
}

/**
 * A Tambo backend behind a `fetch`, for tests with a real client: it exchanges tokens, keeps threads and messages in
 * memory per user, and streams runs. It follows the contract where clients notice: statuses, error bodies, paging, one run
 * at a time, cancelling. Nothing is verified.
 *
 * With `backend: "langgraph"` it is a LangGraph server: it takes the provider's token as it is and refuses an expired one,
 * keeps threads with their states, and streams runs (`messages-tuple`, `values`, `updates`, and the reply's own events) that can
 * be joined again. Requests without a token, as a client that is `open` sends them, are those of the user `""`. It has no
 * assistants, no store, and no `extract`.
 *
 * With `backend: "assistant-cloud"` it is a project of Assistant Cloud: it gives out anonymous identities, takes any provider's
 * token, and keeps threads with trees of messages, which it titles, archives and claims. It rotates no tokens, takes no API
 * keys, and has no files and scores.
 *
 * @example
 * ```ts
 * const backend = createFakeBackend({ reply: ({ text }) => `${text}, too` });
 * const client = createClient({ ...backend.options, userToken: () => backend.tokenFor("ada") });
 * await client.runs.stream(null, "Hello").result();
 * ```
 */
export function createFakeBackend(options?: FakeBackendOptions): FakeBackend;
export function createFakeBackend(options: FakeBackendOptions<"langgraph">): FakeBackend<"langgraph">;
export function createFakeBackend(options: FakeBackendOptions<"assistant-cloud">): FakeBackend<"assistant-cloud">;
