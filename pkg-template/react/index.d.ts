/**
 * React bindings of Threadpass, for React 18 and 19.
 *
 * Times are epoch milliseconds where a name ends in `Ms`, and ISO 8601 strings where a backend sent them.
 *
 * @example
 * ```tsx
 * <ThreadpassProvider backend="tambo" apiKey="tambo_…" userToken={() => provider.getAccessToken()}>
 *   <Authenticated fallback={<p>One moment…</p>}>
 *     <Chat />
 *   </Authenticated>
 *   <Unauthenticated>
 *     <SignInButton />
 *   </Unauthenticated>
 * </ThreadpassProvider>;
 * ```
 */
import type { ReactElement, ReactNode } from "react";
import type {
  AuthState,
  Backend,
  Client,
  CommonOptions,
  Credentials,
  NativeThreadInit,
  OwnOptions,
  Thread,
  ThreadpassError,
} from "../index.js";

// ---------------------------------------------------------------- provider

type Keys<T> = T extends unknown ? keyof T : never;
/** One member of a union, without the others' members. */
type OneOf<U, A = U> = U extends unknown ? U & { readonly [K in Exclude<Keys<A>, keyof U>]?: undefined } : never;
/** A credential that may be absent for now: nobody is signed in then. */
type Absent<C> = C extends unknown
  ? { readonly [K in keyof C]: K extends "subjectTokenType" | "claimAnonymous" ? C[K] : C[K] | null | undefined }
  : never;

/** The options of a client as props: those of `createClient`, with a credential that may be null or undefined. */
export type ClientProps<B extends Backend = Backend> = {
  [K in B]: { readonly backend: K } & Readonly<CommonOptions> & Readonly<OwnOptions[K]> & OneOf<Absent<Credentials[K]>>;
}[B];

/** A client, or the options of one. */
export type ThreadpassProviderProps = { readonly children?: ReactNode } & (
  | ({ readonly client: Client<Backend> } & { readonly [K in Keys<ClientProps>]?: undefined })
  | (ClientProps & { readonly client?: undefined })
);

/**
 * Hands a client to everything below, and starts it.
 *
 * With `client` it hands down yours, and never disposes of it. With options it makes one and disposes of it when it leaves
 * the page. A callback may be written inline: the newest one is called, and nothing is made anew. Another `userToken`
 * string, or another credential, is `auth.setCredential`: the same person with a newer token loses nothing; of another
 * person nothing is rendered until the client has their token. No token (null or undefined) means that nobody is signed
 * in. Another `backend`, `apiKey`, `baseUrl`, `timeouts`, `retries` or `subjectTokenType` is another client. In StrictMode
 * too there is one client at work, and one exchange.
 *
 * A callback cannot tell that its user has changed: call `useClient().auth.invalidate()` then. One that can, such as
 * `fromSupabase(…)` of `threadpass/providers`, needs no call; the provider keeps to the one that it was given first.
 *
 * @throws {ThreadpassError} While rendering, what `createClient` throws: `config/invalid-option`,
 * `config/invalid-base-url`, `config/insecure-base-url`.
 *
 * @example
 * ```tsx
 * <ThreadpassProvider backend="tambo" apiKey="tambo_…" userToken={session?.accessToken}>
 *   <App />
 * </ThreadpassProvider>;
 * ```
 */
export function ThreadpassProvider(props: ThreadpassProviderProps): ReactElement;

/**
 * The client of the nearest provider. Always the same object while the provider has it, so it re-renders nobody.
 *
 * @throws {Error} There is no provider around the component.
 *
 * @example
 * ```tsx
 * const client = useClient<"tambo">();
 * const ask = () => client.runs.stream(null, "Hello").result();
 * ```
 */
export function useClient<B extends Backend = Backend>(): Client<B>;

// ---------------------------------------------------------------- who is signed in

/**
 * Who is signed in. The component renders again when the state changes, which a renewal of the token does not do. On the
 * server and while hydrating it is the constant state that follows from the options.
 *
 * @throws {Error} There is no provider around the component.
 *
 * @example
 * ```tsx
 * const state = useAuthState();
 * if (state.status === "identified") return <p>Hello {state.user?.email}</p>;
 * ```
 */
export function useAuthState(): AuthState;
/**
 * A part of the state: the component renders again when that part is another one, by `Object.is`. The selector may be
 * written inline; it should be pure.
 *
 * @throws {Error} There is no provider around the component.
 *
 * @example
 * ```tsx
 * const isSignedIn = useAuthState((state) => state.status === "identified");
 * ```
 */
export function useAuthState<T>(selector: (state: AuthState) => T): T;

/** Props of `Authenticated`. */
export interface AuthenticatedProps {
  readonly children?: ReactNode;
  /** Shown while it is being found out whether somebody is signed in, and on the server. Default: nothing. */
  readonly fallback?: ReactNode;
}

/**
 * Shows its children while somebody is signed in, also while their session has lapsed and is being restored. They are
 * mounted anew for another person, so that no state of the last one's components is left.
 *
 * @example
 * ```tsx
 * <Authenticated fallback={<p>One moment…</p>}>
 *   <Chat />
 * </Authenticated>;
 * ```
 */
export function Authenticated(props: AuthenticatedProps): ReactElement;

/** Props of `Unauthenticated`. */
export interface UnauthenticatedProps {
  /** What to show; a function is told why nobody is signed in. */
  readonly children?: ReactNode | ((reason: Extract<AuthState, { status: "unauthenticated" }>["reason"]) => ReactNode);
}

/**
 * Shows its children while nobody is signed in.
 *
 * @example
 * ```tsx
 * <Unauthenticated>{(reason) => <SignIn again={reason === "session-ended"} />}</Unauthenticated>;
 * ```
 */
export function Unauthenticated(props: UnauthenticatedProps): ReactElement | null;

/** What `AuthError` tells. */
export interface AuthProblem {
  readonly error: ThreadpassError;
  /** When it is tried again by itself; null if it is not. */
  readonly retryAtMs: number | null;
  /** Tries again now. */
  readonly retry: () => void;
}

/** Props of `AuthError`. */
export interface AuthErrorProps {
  /** What to show; a function is told what is wrong. */
  readonly children?: ReactNode | ((problem: AuthProblem) => ReactNode);
}

/**
 * Shows its children while there is no token to be had (`error`), or the client has two credentials (`invalid`). When a
 * session lapses that was there before, `Authenticated` stays beside it.
 *
 * @example
 * ```tsx
 * <AuthError>{({ error, retry }) => <button onClick={retry}>{error.code}: try again</button>}</AuthError>;
 * ```
 */
export function AuthError(props: AuthErrorProps): ReactElement | null;

// ---------------------------------------------------------------- threads

/** A thread in a list. */
export interface ThreadRow<B extends Backend> extends Thread<B> {
  /** For React's `key`: stays when a new thread gets its id. */
  readonly key: string;
  /** What the backend has not confirmed yet. While it is `"create"`, `id` is made up; the hook's own functions take it. */
  readonly pending: "create" | "rename" | null;
}

/** What is known of the threads. */
export interface ThreadsState<B extends Backend> {
  /** Newest first. Empty until they are loaded, and for nobody. */
  readonly threads: readonly ThreadRow<B>[];
  /**
   * `"idle"`: nobody is signed in; `"loading"`: nothing is there yet; `"ready"`; `"error"`: the first load has failed. It is
   * tried again when the session is restored, and by `refresh`.
   */
  readonly status: "idle" | "loading" | "ready" | "error";
  /** Whether there are older ones. */
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Whether all that is shown is being loaded again. */
  readonly isRefreshing: boolean;
  /** Why the last load or change has failed; null again when the next one works. */
  readonly error: ThreadpassError | null;
}

/**
 * What can be done with the threads: the same functions in every render. They reject with the `ThreadpassError` of the
 * call. It is in `error` too, so that nobody has to handle the rejection.
 */
export interface ThreadsActions<B extends Backend> {
  /** Loads again what is shown. */
  refresh(): Promise<void>;
  /** Loads older ones, if there are any. */
  loadMore(): Promise<void>;
  /** Creates a thread. It is shown at once, and taken back if that fails. */
  create(init?: NativeThreadInit<B>): Promise<Thread<B>>;
  /** Gives a thread another title. It is shown at once, and taken back if that fails. */
  rename(id: string, title: string): Promise<Thread<B>>;
  /** Deletes a thread. It is gone at once, and back if that fails. */
  remove(id: string): Promise<void>;
  /** Takes over a thread that is known from elsewhere, as one that a run has created. */
  put(thread: Thread<B>): void;
}

/** What `useThreads` answers. */
export type UseThreads<B extends Backend> = ThreadsState<B> & ThreadsActions<B>;

/** Options of `useThreads`. */
export interface UseThreadsOptions {
  /** How many threads a page has: 1 to 100. Default 20. */
  readonly pageSize?: number;
}

/**
 * The user's threads; `useThreads<"tambo">()` says whose backend's they are. All components below a client share one list,
 * so a change shows everywhere. It is loaded when the first component looks, and again when one looks after a while. With
 * another user it is another list: no row of the last one is rendered any more.
 *
 * @throws {Error} There is no provider around the component.
 *
 * @example
 * ```tsx
 * const { threads, hasMore, loadMore, rename, remove } = useThreads();
 * return threads.map((thread) => <button key={thread.key} onClick={() => remove(thread.id)}>{thread.title}</button>);
 * ```
 */
export function useThreads<B extends Backend = Backend>(options?: UseThreadsOptions): UseThreads<B>;
