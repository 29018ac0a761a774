/** The README's code for LangGraph, as it stands there. */
import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../e2e/support/child.mjs";
import { startServer } from "./support/server.mjs";

// Beside this file, so that it finds the package.
const module = join(root, "tests/browser", `.readme-${process.pid}.mjs`);
after(() => rm(module, { force: true }));

test("the README's code asks a question and prints the answer", async (t) => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const [, code] = /## LangGraph\n\n```ts\n([^]*?)```/.exec(readme);
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.ESNext, target: 99 } });
  await writeFile(module, outputText);
  const { ask } = await import(pathToFileURL(module).href);

  const chunk = (content) => [{ id: "m", type: "AIMessageChunk", content }, {}];
  const stream = [
    ["metadata", { run_id: "r", attempt: 1 }],
    ["messages", chunk("In 753")],
    ["messages", chunk(" BC")],
  ].map(([event, data], n) => `event: ${event}\ndata: ${JSON.stringify(data)}\nid: ${n}\n\n`);
  const question = "When was it founded?";
  const server = await startServer({
    "POST /threads": ({ call, json }) =>
      json(200, { thread_id: "t", created_at: "c", updated_at: "u", status: "idle", ...JSON.parse(call.body) }),
    "POST /threads/t/runs/stream": ({ send }) => send(200, "text/event-stream", stream.join("")),
    "GET /threads/t/runs/r": ({ json }) => json(200, { run_id: "r", thread_id: "t", status: "success" }),
    "GET /threads/t/state": ({ json }) =>
      json(200, {
        values: { messages: [{ id: "m", type: "ai", content: "In 753 BC" }] },
        ...{ next: [], tasks: [], interrupts: [] },
      }),
  });
  t.after(() => server.stop());
  const printed = t.mock.method(console, "log", () => {});
  await ask(server.url, () => "token", question);
  assert.equal(printed.mock.calls.flatMap((call) => call.arguments).join(""), "In 753 BC");
  const [created, started] = server.calls;
  assert.deepEqual(JSON.parse(created.body).metadata, { title: question });
  assert.deepEqual(
    JSON.parse(started.body).input.messages.map(({ content }) => content),
    [question],
  );
  assert.ok(server.calls.every(({ headers }) => headers.authorization === "Bearer token"));
});
