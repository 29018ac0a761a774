/** What compiles with the React bindings, and what does not. */
import type { AuthState, Backend, Client, NativeThreadInit, Thread, ThreadpassError, TokenFn } from "threadpass";
import {
  AuthError,
  Authenticated,
  type ThreadRow,
  ThreadpassProvider,
  Unauthenticated,
  useAuthState,
  useClient,
  useThreads,
} from "threadpass/react";
import type { Expect, Same } from "../../types/expect.js";

declare const client: Client<"tambo">;
declare const token: string | undefined;
declare const getToken: TokenFn;
declare const isSignedIn: boolean;

export const providers = [
  <ThreadpassProvider client={client} />,
  <ThreadpassProvider client={client}>text</ThreadpassProvider>,
  <ThreadpassProvider backend="tambo" apiKey="k" userToken={token}>
    <p>one</p>
    <p>two</p>
  </ThreadpassProvider>,
  <ThreadpassProvider backend="tambo" apiKey="k" userToken={token ?? null} subjectTokenType="id_token" />,
  <ThreadpassProvider backend="tambo" apiKey="k" userToken={isSignedIn ? getToken : null} />,
  <ThreadpassProvider backend="tambo" apiKey="k" userToken={async ({ forceRefresh }) => (forceRefresh ? "a" : null)} />,
  <ThreadpassProvider backend="tambo" apiKey="k" sessionToken={() => "token"} />,
  <ThreadpassProvider backend="tambo" apiKey="k" anonymous />,
  <ThreadpassProvider backend="tambo" apiKey="k" anonymous={{ persist: "local" }} retries={0} />,
  <ThreadpassProvider
    backend="langgraph"
    baseUrl="http://localhost:2024"
    assistantId="agent"
    authToken={token ?? null}
  />,
  <ThreadpassProvider backend="langgraph" baseUrl="http://localhost:2024" open />,
  <ThreadpassProvider backend="tambo" apiKey="k" userKey="user" onWarning={({ code }) => console.warn(code)} />,
];

export const refused = [
  // @ts-expect-error Neither a client nor options.
  <ThreadpassProvider />,
  // @ts-expect-error A forgotten credential: it may be null, but it has to be there.
  <ThreadpassProvider backend="tambo" apiKey="k" />,
  // @ts-expect-error Another backend's credential.
  <ThreadpassProvider backend="langgraph" baseUrl="http://localhost:2024" userToken={token} />,
  // @ts-expect-error A forgotten key.
  <ThreadpassProvider backend="tambo" userToken={token} />,
  // @ts-expect-error A backend that is none.
  <ThreadpassProvider backend="other" apiKey="k" userToken={token} />,
  // @ts-expect-error Two credentials.
  <ThreadpassProvider backend="tambo" apiKey="k" userToken={token} anonymous />,
  // @ts-expect-error A client and options.
  <ThreadpassProvider client={client} apiKey="k" />,
  // @ts-expect-error A token is a text.
  <ThreadpassProvider backend="tambo" apiKey="k" userToken={42} />,
  // @ts-expect-error A session token is a callback's to give.
  <ThreadpassProvider backend="tambo" apiKey="k" sessionToken="token" />,
  // @ts-expect-error An option that is none.
  <ThreadpassProvider backend="tambo" apiKey="k" userToken={token} colour="red" />,
];

export const gates = [
  <Authenticated fallback={<p />}>text</Authenticated>,
  <Unauthenticated>{(reason) => (reason === "session-ended" ? "again" : null)}</Unauthenticated>,
  <AuthError>
    {({ error, retryAtMs, retry }) => (
      <button onClick={retry}>
        {error.code} {retryAtMs}
      </button>
    )}
  </AuthError>,
  // @ts-expect-error A reason that there is not.
  <Unauthenticated>{(reason) => (reason === "tired" ? "again" : null)}</Unauthenticated>,
  // @ts-expect-error Who is here is no argument.
  <Authenticated>{(user: string) => user}</Authenticated>,
];

export function Hooks() {
  const state = useAuthState();
  const status = useAuthState(({ status }) => status);
  const pair = useAuthState((state) => [state.status, 1] as const);
  const used = useClient();
  const list = useThreads<"tambo">({ pageSize: 10 });
  const either = useThreads();
  type _ = [
    Expect<Same<typeof state, AuthState>>,
    Expect<Same<typeof status, AuthState["status"]>>,
    Expect<Same<typeof pair, readonly [AuthState["status"], 1]>>,
    Expect<Same<typeof used, Client<Backend>>>,
    Expect<Same<typeof list.threads, readonly ThreadRow<"tambo">[]>>,
    Expect<Same<typeof either.threads, readonly ThreadRow<Backend>[]>>,
    Expect<Same<typeof list.error, ThreadpassError | null>>,
    Expect<Same<NonNullable<Parameters<typeof list.create>[0]>, NativeThreadInit<"tambo">>>,
    Expect<Same<ReturnType<typeof list.rename>, Promise<Thread<"tambo">>>>,
  ];
  if (state.status === "identified") console.log(state.user?.email);
  // @ts-expect-error Nobody is there in every state.
  console.log(state.user);
  // @ts-expect-error A page size is a number.
  useThreads({ pageSize: "10" });
  // @ts-expect-error Rows are not the component's to change.
  list.threads.pop();
  return null as unknown as _;
}
