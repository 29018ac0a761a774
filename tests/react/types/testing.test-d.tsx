/** What compiles with the fakes, and what does not. */
import { type AuthState, type Client, createClient } from "threadpass";
import { type FakeClient, createFakeBackend, createFakeClient } from "threadpass/testing";
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
