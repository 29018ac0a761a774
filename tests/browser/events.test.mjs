/** What is made of a run's events before the app gets them. */
import assert from "node:assert/strict";
import * as schemas from "@ag-ui/core/schemas";
import { everywhere } from "./support/everywhere.mjs";
import { playing, recorded } from "./support/recorded.mjs";
import { delta, finished, newRun, started, streaming } from "./support/streams.mjs";

async function eventsOf({ open }, { url }) {
  const events = [];
  for await (const event of open({ baseUrl: url, userToken: () => "canary-subject" }).runs.stream(null, "hello"))
    events.push(event);
  return events;
}

function assertAgUi(events) {
  for (const event of events) {
    const { success, error } = schemas.EventSchemas.safeParse(event);
    assert.ok(success, `${event.type}: ${error}`);
  }
}

everywhere("a call beside a text belongs to the text's message", {}, async ({ serve, run }) => {
  const mixed = (await recorded("04-run-client-tool.txt")).find(({ name }) => name.startsWith("text then client tool"));
  const server = await serve({ [newRun]: playing(mixed) });
  const events = await run(eventsOf, { url: server.url });
  assertAgUi(events);
  const [start, called] = ["TEXT_MESSAGE_START", "TOOL_CALL_START"].map((type) =>
    events.find((event) => event.type === type),
  );
  assert.equal(called.parentMessageId, start.messageId);
  assert.match(called.raw.parentMessageId, /^message-/);
});

const component = (name, value) => ({ type: "CUSTOM", name: `tambo.component.${name}`, value });
const componentId = "message-sZW-BKv6E-JQlyEOBGhRU";
const shown = { _tambo_statusMessage: "Drawing", _tambo_completionStatusMessage: "Drawn" };

everywhere("a component is told without what is for display", {}, async ({ serve, run }) => {
  const sent = [
    started,
    component("start", { messageId: "msg_1", componentId, componentName: "Map" }),
    component("props_delta", {
      componentId,
      operations: [
        { op: "add", path: "/_tambo_statusMessage", value: "Drawing" },
        { op: "add", path: "/title", value: "Pa" },
        null,
      ],
      streamingStatus: { _tambo_statusMessage: "done", title: "streaming" },
    }),
    component("state_delta", { componentId, operations: [{ op: "add", path: "/zoom", value: 3 }] }),
    component("end", { componentId, finalProps: { title: "Paris", pin: null, ...shown }, finalState: {} }),
    // What nobody has promised.
    component("end", null),
    component("end", 7),
    { type: "CUSTOM", name: 7, value: { _tambo_x: {} } },
    finished,
  ];
  const server = await serve({ [newRun]: streaming(...sent) });
  const events = await run(eventsOf, { url: server.url });
  assert.deepEqual(
    events.map(({ raw }) => raw),
    sent,
  );
  assertAgUi(events.slice(0, 5));
  assert.deepEqual(
    events.slice(1, -1).map(({ value }) => value),
    [
      sent[1].value,
      {
        componentId,
        operations: [{ op: "add", path: "/title", value: "Pa" }, null],
        streamingStatus: { title: "streaming" },
      },
      sent[3].value,
      { componentId, finalProps: { title: "Paris", pin: null }, finalState: {} },
      null,
      7,
      { _tambo_x: {} },
    ],
  );
});

everywhere("thoughts have an id of their own, in every run", {}, async ({ serve, run }) => {
  const thinking = (what, more) => ({ type: `THINKING_${what}`, ...more });
  const thought = [
    thinking("TEXT_MESSAGE_START"),
    thinking("TEXT_MESSAGE_CONTENT", { delta: "hm" }),
    thinking("TEXT_MESSAGE_END"),
  ];
  const server = await serve({
    [newRun]: (exchange) =>
      streaming(
        { ...started, runId: `run_${exchange.nth}` },
        thinking("START"),
        ...thought,
        ...thought,
        thinking("END"),
        delta("x"),
        finished,
      )(exchange),
  });
  const ids = new Set();
  for (const id of ["run_1", "run_2"]) {
    const events = await run(eventsOf, { url: server.url });
    assertAgUi(events);
    const told = events.filter(({ type }) => type.startsWith("REASONING_"));
    assert.deepEqual(
      told.map(({ type }) => type.slice("REASONING_".length)),
      ["START", ...["START", "CONTENT", "END", "START", "CONTENT", "END"].map((part) => `MESSAGE_${part}`), "END"],
    );
    const messages = told.slice(1, -1).map(({ messageId }) => messageId);
    assert.deepEqual(messages, [...Array(3).fill(messages[0]), ...Array(3).fill(messages[3])]);
    assert.deepEqual([told[0].messageId, told.at(-1).messageId], [messages[0], messages[0]]);
    assert.ok(messages[0].includes(id));
    for (const message of messages) ids.add(message);
  }
  assert.equal(ids.size, 2 + 2);
});

/** Secrets that nothing but knowing them tells from words. */
const proofs = {
  "a session token": { credential: "sessionToken", secret: "canary.short" },
  "a userKey": { credential: "userKey", secret: "canary|user key" },
};

for (const [what, { credential, secret }] of Object.entries(proofs))
  everywhere(`${what} is in no error of a run or a call`, { urls: true }, async ({ serve, run }) => {
    const says = `no such ${secret}, sorry`;
    const server = await serve({
      [newRun]: streaming(started, { type: "RUN_ERROR", message: says, code: secret }),
      "GET /v1/threads": ({ json }) => json(400, { message: says, code: secret, statusCode: 400 }),
    });
    const errors = await run(
      async ({ open, settle }, { url, credential, secret }) => {
        const proof = credential === "userKey" ? secret : () => secret;
        const client = open({ baseUrl: url, [credential]: proof, onWarning: () => {} });
        return [await settle(client.runs.stream(null, "hello").result()), await settle(client.threads.list())];
      },
      { url: server.url, credential, secret },
    );
    for (const { error } of errors) {
      assert.match(error.message, /no such \[redacted\], sorry/);
      assert.equal(error.details.code, "[redacted]");
    }
  });
