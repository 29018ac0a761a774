import type {
  AuthState,
  CallOptions,
  Inspection,
  JoinOptions,
  Page,
  RunEvent,
  RunOptions,
  ThreadpassError,
  TitleStream,
} from "../index.js";
import type { Run } from "./glue.js";
import type { Given, Settings } from "./options.js";

/** What the eager face gives the lazy engine. None of these run code of the app before they return. */
export interface Face {
  error(code: string, message: string, extras: object): unknown;
  publish(state: AuthState, cause: string): void;
  activity(entry: object): void;
  /** `usual` is what is done with it where the app says nothing. */
  warn(error: unknown, usual: (error: ThreadpassError) => void): void;
}

/** One client's engine: the core, and what has to be awaited around it. */
export interface Engine {
  start(): void;
  watch(watched: boolean): void;
  setCredential(given: Given): void;
  invalidate(): void;
  signOut(): void;
  dispose(): void;
  peekToken(): string | null;
  inspect(): Inspection;
  getToken(options?: { signal?: AbortSignal; forceRefresh?: boolean }): Promise<string | null>;
  ready(options?: { signal?: AbortSignal }): Promise<void>;
  headers(): Promise<Record<string, string>>;
  call(name: string, args: unknown[], options?: CallOptions): Promise<unknown>;
  /** A page of a list; the query comes after the arguments. */
  list(name: string, args: unknown[], query?: CallOptions): Promise<Page<object>>;
  run(threadId: string | null, input: unknown, options?: RunOptions<"tambo">): Promise<RunEngine>;
  /** LangGraph: goes on with a run that is under way. */
  join(threadId: string | null, runId: string, options?: JoinOptions): Promise<RunEngine>;
  /** Assistant Cloud: a title for what was said. */
  title(threadId: string, messages: readonly object[], options?: CallOptions): Promise<TitleStream>;
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
}

/** What a stream is answered with. */
export interface Begun<E = RunEvent> {
  readonly response: Response;
  readonly decoder: Run<E>;
}

/** A run under way. One consumer pulls. */
export interface RunEngine {
  /** Reads on until there are events. Rejects if the transport fails; a failed run is in `facts`. */
  pull(): Promise<{ events: RunEvent[]; done: boolean }>;
  facts(): RunFacts;
  /** Ends what is done between two rounds of tools; answers whether that was going on. The next round tells the backend. */
  interrupt?(): boolean;
  /** Stops reading. */
  close(): void;
}

/** What is known of a run, as it becomes known. */
export interface RunFacts {
  readonly threadId?: string;
  readonly runId?: string;
  /** How it has finished. */
  readonly outcome?: string;
  /** Why it has failed. */
  readonly error?: unknown;
}

export type MakeEngine = (settings: Settings, given: Given, face: Face) => Engine;
