/** What compiles with the fakes, and what does not. */
import { type AuthState, type Client, type LangGraphThread, type TamboThread, createClient } from "threadpass";
import { type FakeBackend, type FakeClient, createFakeBackend, createFakeClient } from "threadpass/testing";
import type { Expect, Same } from "../../types/expect.js";

const fake = createFakeClient({ threads: { ada: [{ name: "Engines", messages: [{ role: "user", text: "hi" }] }] } });
export const client: Client<"tambo"> = fake;
export type _ = Expect<Same<typeof fake, FakeClient>>;

fake.fake.signIn({ id: "ada", email: "ada@example.com" });
fake.fake.setState({ status: "unauthenticated", reason: "no-user" } satisfies AuthState);
fake.fake.failNext("threads.list", "network/failed");
fake.fake.runs[0]?.push({ type: "CUSTOM", name: "x", value: 1 });
fake.fake.runs[0]?.finish("awaiting-input");
// @ts-expect-error A call that there is not.
fake.fake.failNext("threads.lost", "network/failed");
// @ts-expect-error A code that there is not.
fake.fake.failNext("threads.list", "network/slow");
// @ts-expect-error A state lacks its reason.
fake.fake.setState({ status: "unauthenticated" });

const backend = createFakeBackend({
  tokenLifetime: 5,
  async *reply({ text }) {
    yield text;
    yield { type: "CUSTOM", name: "x" };
  },
});
createClient({ ...backend.options, userToken: () => backend.tokenFor("ada") });
createClient({ ...backend.options, anonymous: true });
// @ts-expect-error The credential is the test's to choose.
createClient({ ...backend.options });
// @ts-expect-error A reply is a text or its pieces.
createFakeBackend({ reply: () => 42 });
// @ts-expect-error What has come in is not the test's to change.
backend.requests.push({});

const graph = createFakeClient({
  backend: "langgraph",
  threads: { ada: [{ name: "Rome", values: { place: "Rome" } }] },
});
export const graphClient: Client<"langgraph"> = graph;
graph.fake.failNext("runs.joinStream", "network/failed");
graph.fake.runs[0]?.finish({ place: "Rome" });
graph.fake.runs[0]?.interrupt({ question: "Really?" });
// @ts-expect-error Another backend's call.
graph.fake.failNext("threads.generateName", "network/failed");
// @ts-expect-error Another backend's call.
fake.fake.failNext("threads.copy", "network/failed");
// @ts-expect-error Tambo's runs do not ask.
fake.fake.runs[0]?.interrupt(1);
// @ts-expect-error Tambo's threads have no state.
createFakeClient({ threads: { ada: [{ values: {} }] } });
// @ts-expect-error A backend that there is not.
createFakeClient({ backend: "other" });

const server = createFakeBackend({
  backend: "langgraph",
  *reply({ text, values, input }) {
    yield `${text} ${String(values.place)} ${String(input.command?.resume)}`;
    yield { event: "custom", data: 1 };
  },
});
createClient({ ...server.options, authToken: () => server.tokenFor("ada") });
createClient({ ...server.options, open: true });
// @ts-expect-error Another backend's credential.
createClient({ ...server.options, userToken: () => server.tokenFor("ada") });
// @ts-expect-error Another backend's event.
createFakeBackend({ backend: "langgraph", reply: () => [{ type: "CUSTOM", name: "x" }] });

export type Graphs = [
  Expect<Same<typeof graph, FakeClient<"langgraph">>>,
  Expect<Same<typeof server, FakeBackend<"langgraph">>>,
  Expect<Same<typeof backend, FakeBackend>>,
  Expect<Same<ReturnType<typeof server.addThread>, LangGraphThread>>,
  Expect<Same<ReturnType<typeof backend.addThread>, TamboThread>>,
];
