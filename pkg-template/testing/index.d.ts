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
  AuthState,
  Client,
  ErrorCode,
  RunEvent,
  RunInput,
  TamboMessage,
  TamboThread,
  ThreadpassError,
  UserHint,
} from "../index.js";

// ---------------------------------------------------------------- what is there to begin with

/** A thread that is there before the test begins. */
export interface FakeThread {
  /** Default: one that is made up. */
  readonly id?: string;
  readonly name?: string;
  readonly metadata?: Record<string, unknown>;
  /** Oldest first. */
  readonly messages?: readonly { readonly role: "user" | "assistant" | "system"; readonly text: string }[];
}

// ---------------------------------------------------------------- client

/** What a call of a client is named: the path to its method. */
export type FakeCallName =
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

/** A call that was made. */
export interface FakeCall {
  readonly name: FakeCallName;
  readonly args: readonly unknown[];
}

/** A run that an app has started, in the test's hand. It has said `RUN_STARTED` already. */
export interface FakeRun {
  readonly threadId: string;
  readonly runId: string;
  readonly input: RunInput<"tambo">;
  /** Whether it has ended, be it by the test, by the app or with its user. */
  readonly isOver: boolean;
  /** Sends an event as it is. */
  push(event: { readonly type: string; readonly [field: string]: unknown }): void;
  /** Sends a piece of the answer's text, and begins the message first where that is due. */
  text(delta: string): void;
  /** Ends the message and the run. The answer stands in the thread then. */
  finish(outcome?: "finished" | "awaiting-input"): void;
  /** Ends the run with `RUN_ERROR`: `result()` rejects `run/failed`. */
  fail(message?: string): void;
  /** Loses the connection: the iteration throws `stream/interrupted`. */
  cut(): void;
}

/** What a test does with a fake client. */
export interface FakeControls {
  /** The calls so far, oldest first. */
  readonly calls: readonly FakeCall[];
  /** The runs so far, oldest first. */
  readonly runs: readonly FakeRun[];
  /** Puts a thread into somebody's list, as the newest one. */
  addThread(userId: string, thread?: FakeThread): TamboThread;
  /** Publishes a state. Another generation ends what is pending, as with a real client. */
  setState(state: AuthState, cause?: string): void;
  /** Publishes that somebody is signed in, in a generation of their own. */
  signIn(user: string | UserHint): void;
  /** Lets the next call of this name reject. Called twice, it is the next two. */
  failNext(name: FakeCallName, error: ErrorCode | ThreadpassError): void;
}

/** A client that talks to nobody, and what a test does with it. */
export interface FakeClient extends Client<"tambo"> {
  readonly fake: FakeControls;
}

/** Options of `createFakeClient`. */
export interface FakeClientOptions {
  /** The state to begin with. Default: the user `"user"` is identified, in generation 1. */
  readonly state?: AuthState;
  /** The threads of people by their ids, newest first. */
  readonly threads?: Readonly<Record<string, readonly FakeThread[]>>;
}

/**
 * A client without WebAssembly, timers and network, for tests of components. Threads and messages live in memory, per
 * user. Calls behave as with a real one: they wait while the state is `exchanging`, reject while nobody is signed in or
 * the state is an error, and end with their generation. `auth.signOut`, `auth.setCredential(null)` and `auth.invalidate`
 * publish what a real client would publish first; what follows is the test's to say. Tools of a run are not executed, no JSON
 * Patch is applied, and there is no MCP server.
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

// ---------------------------------------------------------------- backend

/** What an answer is made of. */
export interface FakePrompt {
  /** The user's text. */
  readonly text: string;
  readonly userId: string;
  readonly threadId: string;
  /** What was said in the thread so far, oldest first. */
  readonly messages: readonly TamboMessage[];
}

/** An answer: a text, which is streamed word by word, or its pieces. An object is an event that is sent as it is. */
export type FakeReply =
  string | Iterable<string | Omit<RunEvent, "raw">> | AsyncIterable<string | Omit<RunEvent, "raw">>;

/** A request that has come in. Tokens and keys are left out. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  /** Who has sent it; null where that is not known. */
  readonly userId: string | null;
  readonly status: number;
}

/** Options of `createFakeBackend`. */
export interface FakeBackendOptions {
  /** Where it seems to be. Default `https://threadpass.test`. */
  readonly url?: string;
  /** What a run is answered. A throw is a run that fails. Default: a sentence that repeats the message. */
  readonly reply?: (prompt: FakePrompt) => FakeReply | PromiseLike<FakeReply>;
  /** How long a session token is good for, in seconds. Default 900. */
  readonly tokenLifetime?: number;
}

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
export interface FakeBackend {
  /** For `createClient`, beside the credential: backend, key, URL and `fetch`. */
  readonly options: {
    readonly backend: "tambo";
    readonly apiKey: string;
    readonly baseUrl: string;
    readonly fetch: typeof fetch;
  };
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
  addThread(userId: string, thread?: FakeThread): TamboThread;
  /** Somebody's threads, newest first. */
  threadsOf(userId: string): readonly TamboThread[];
  /** Answers the next request of this method and path with an error. Path `"*"`: any. */
  failNext(method: string, path: string, status: number, message?: string): void;
  /** Refuses every session token that was given out: the next call is answered 401. */
  revoke(): void;
}

/**
 * A Tambo backend behind a `fetch`, for tests with a real client: it exchanges tokens, keeps threads and messages in
 * memory per user, and streams runs. It follows the contract where clients notice: statuses, error bodies, paging, one run
 * at a time, cancelling. Nothing is verified.
 *
 * @example
 * ```ts
 * const backend = createFakeBackend({ reply: ({ text }) => `${text}, too` });
 * const client = createClient({ ...backend.options, userToken: () => backend.tokenFor("ada") });
 * await client.runs.stream(null, "Hello").result();
 * ```
 */
export function createFakeBackend(options?: FakeBackendOptions): FakeBackend;
