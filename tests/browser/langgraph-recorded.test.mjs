/** Every recorded stream of LangGraph's servers, through the package, however it is cut; AG-UI's own schemas are the judge. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as schemas from "@ag-ui/core/schemas";
import { read, recordedStream, recordedStreams } from "./support/recorded-streams.mjs";

/** Up to this many bytes a body is cut into pieces of every size. Larger ones are cut into the sizes below. */
const small = 700;
const sizes = [1, 2, 3, 5, 7, 11, 16, 31, 64, 127, 256, 509, 1_000, 1_024, 1_460, 4_096, 8_191, 16_384];

/** What the events have to say, by recording: the text, and every type in its order with what is repeated said once. */
const expected = {
  "04a-four-modes.sse": { text: "You said: hello there", custom: ["custom", "custom", "updates"] },
  "04b-stateless-messages.sse": { text: "You said: hi", custom: [] },
  "04c-messages.sse": { text: "You said: hi", custom: ["messages/metadata"] },
  "04d-subgraphs.sse": { text: "You said: hi", custom: ["updates", "values", "custom"] },
  "04e-debug-tasks-checkpoints.sse": { text: "", custom: ["checkpoints", "debug", "tasks"] },
  "04f-events.sse": { text: "", custom: ["events"] },
  "04g-error.sse": { text: "", custom: [], end: "RUN_ERROR" },
  "04h-interrupt.sse": { text: "", custom: ["updates"], interrupts: ["da533dda3e84131b9dcc5a95f9686812"] },
  "04i-resume.sse": { text: "", custom: ["updates"] },
  "05a-first-half.sse": { text: "You said:", custom: [] },
  "05b-second-half.sse": { text: " slow one two three", custom: [] },
  "05c-live-join.sse": { text: "said: slow one two three", custom: [] },
  "05d-heartbeats.sse": { text: "", custom: ["updates"] },
  "06a-denial.sse": { denied: "api/not-found" },
  "10a-npm-four-modes.sse": { text: "You said: hello there", custom: ["custom", "updates"] },
};

for (const name of await recordedStreams()) {
  test(`${name} says the same in pieces of any size`, { timeout: 120_000 }, async () => {
    const body = await recordedStream(name);
    const whole = await read(body, body.length);
    const every = body.length <= small ? Array.from(body, (_, index) => index + 1) : sizes;
    for (const size of every.filter((size) => size < body.length))
      assert.deepEqual(await read(body, size), whole, `in pieces of ${size} bytes`);

    for (const event of whole.events) {
      const { success, error } = schemas.EventSchemas.safeParse(event);
      assert.ok(success, `${event.type}: ${error}`);
      assert.ok("raw" in event, `${event.type} says what the server has sent`);
    }
    const { text, custom, end = "RUN_FINISHED", interrupts, denied } = expected[name];
    assert.equal(whole.code, denied);
    if (denied) return assert.deepEqual(whole.events, []);
    const said = whole.events.filter(({ type }) => type === "TEXT_MESSAGE_CONTENT").map(({ delta }) => delta);
    assert.equal(said.join(""), text);
    const names = whole.events.filter(({ type }) => type === "CUSTOM").map(({ name }) => name);
    assert.deepEqual([...new Set(names)].sort(), [...new Set(custom)].sort());
    assert.deepEqual([whole.events[0].type, whole.events.at(-1).type], ["RUN_STARTED", end]);
    assert.deepEqual(
      whole.events.at(-1).outcome?.interrupts?.map(({ id }) => id),
      interrupts,
    );
  });
}

test("every recording is expected to say something", async () => {
  assert.deepEqual(await recordedStreams(), Object.keys(expected));
});
