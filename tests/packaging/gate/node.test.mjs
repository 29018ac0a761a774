/** Node, without a bundler. */
import { command } from "../support/command.mjs";
import { assertServes, assertUsed, backend, project, row } from "../support/row.mjs";

const entries = ["threadpass", "threadpass/url", "threadpass/slim"];

for (const entry of entries)
  row(`Node import: ${entry}`, async () => {
    const printed = await command("node", ["node.js", entry, (await backend()).url], await project());
    await assertUsed(JSON.parse(printed));
  });

for (const entry of entries.slice(0, 2))
  row(`Node require: ${entry}`, async () => {
    const printed = await command("node", ["required.cjs", entry, (await backend()).url], await project());
    await assertUsed(JSON.parse(printed));
  });

row("Node: a server with an API key", async () => assertServes("node", [], await project()));
