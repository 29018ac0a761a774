// @vitest-environment happy-dom
/** How an app's components are tested with vitest: with a fake client, and with the real one and a fake backend. */
import { act } from "react";
import { type Root, createRoot } from "react-dom/client";
import { createClient } from "threadpass";
import { ThreadpassProvider } from "threadpass/react";
import { createFakeBackend, createFakeClient } from "threadpass/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { App } from "./chat";

let root: Root;
const page = () => document.body.textContent;
const click = (name: string) => {
  const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name);
  return act(async () => button?.click());
};

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(() => {
  root.unmount();
  vi.unstubAllGlobals();
});

const render = (client: Parameters<typeof ThreadpassProvider>[0]["client"] & object) =>
  act(async () =>
    root.render(
      <ThreadpassProvider client={client}>
        <App />
      </ThreadpassProvider>,
    ),
  );

test("an answer grows while it comes in", async () => {
  const client = createFakeClient({ threads: { user: [{ name: "Engines" }] } });
  await render(client);
  expect(page()).toContain("Engines");
  await click("Say hello");
  const [run] = client.fake.runs;
  await act(async () => run?.text("Hi"));
  expect(document.querySelector("output")?.textContent).toBe("Hi");
  await act(async () => run?.finish());
  expect(page()).toContain("New chat");
});

test("nobody sees the chats of whoever was here before", async () => {
  const client = createFakeClient({ threads: { ada: [{ name: "Ada's" }], bob: [{ name: "Bob's" }] } });
  client.fake.signIn("ada");
  await render(client);
  expect(page()).toContain("Ada's");
  await act(async () => client.fake.signIn("bob"));
  expect(page()).toContain("Bob's");
  expect(page()).not.toContain("Ada's");
  await act(async () => void client.auth.signOut());
  expect(page()).toBe("Please sign in.");
});

test("what could not be deleted is there again", async () => {
  const client = createFakeClient({ threads: { user: [{ name: "Engines" }] } });
  await render(client);
  client.fake.failNext("threads.delete", "network/failed");
  await click("Delete");
  expect(page()).toContain("Engines");
  expect(page()).toContain("network/failed");
});

test("the real client asks the fake backend", async () => {
  const backend = createFakeBackend({ reply: ({ text }) => `${text}, Ada` });
  backend.addThread("ada", { name: "Engines" });
  const client = createClient({ ...backend.options, userToken: () => backend.tokenFor("ada") });
  // It answers in its own time, which no `act` waits for.
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", false);
  await render(client);
  await vi.waitFor(() => expect(page()).toContain("Engines"), 30_000);
  await click("Say hello");
  await vi.waitFor(() => expect(document.querySelector("output")?.textContent).toBe("Hello, Ada"), 30_000);
  client.dispose();
});

test("an app of a LangGraph server is tested alike", async () => {
  const client = createFakeClient({ backend: "langgraph", threads: { user: [{ name: "Engines" }] } });
  await render(client);
  expect(page()).toContain("Engines");
  await click("Say hello");
  const [run] = client.fake.runs;
  await act(async () => run?.text("Hi"));
  expect(document.querySelector("output")?.textContent).toBe("Hi");
  await act(async () => run?.finish());
  expect(page()).toContain("New chat");
});

test("the real client asks the fake LangGraph server", async () => {
  const backend = createFakeBackend({ backend: "langgraph", reply: ({ text }) => `${text}, Ada` });
  backend.addThread("ada", { name: "Engines" });
  const client = createClient({ ...backend.options, authToken: () => backend.tokenFor("ada") });
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", false);
  await render(client);
  await vi.waitFor(() => expect(page()).toContain("Engines"), 30_000);
  await click("Say hello");
  await vi.waitFor(() => expect(document.querySelector("output")?.textContent).toBe("Hello, Ada"), 30_000);
  client.dispose();
});
