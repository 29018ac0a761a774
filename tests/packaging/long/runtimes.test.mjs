/** Runtimes beside Node: Deno and Bun as they are, and workerd, which runs only what was compiled beforehand. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { command } from "../support/command.mjs";
import { assertServes, assertUsed, backend, projectWith, row } from "../support/row.mjs";
import { service } from "../support/service.mjs";

/** @type {Promise<string> | undefined} */
let installed;
const project = () => (installed ??= projectWith(new URL("runtimes/", import.meta.url)));

/** Bun's own launcher is put in place by an install script, which is not run here. */
async function bun(root) {
  const platforms = join(root, "node_modules/@oven");
  const [platform = ""] = await readdir(platforms);
  return join(platforms, platform, "bin/bun");
}

const runtimes = {
  Deno: async (root) => [join(root, "node_modules/.bin/deno"), "run", "--allow-all"],
  Bun: async (root) => [await bun(root)],
};

for (const [name, runtime] of Object.entries(runtimes)) {
  for (const entry of ["threadpass", "threadpass/url", "threadpass/slim"])
    row(`${name}: ${entry}`, async () => {
      const root = await project();
      const [program = "", ...args] = await runtime(root);
      const printed = await command(program, [...args, "node.js", entry, (await backend()).url], root);
      await assertUsed(JSON.parse(printed));
    });

  row(`${name}: a server with an API key`, async () => {
    const root = await project();
    const [program = "", ...args] = await runtime(root);
    await assertServes(program, args, root);
  });
}

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "app", worker = (
      compatibilityDate = "2026-01-01",
      modules = [
        (name = "app.js", esModule = embed "dist/edge.js"),
        (name = "threadpass/client.wasm", wasm = embed "node_modules/threadpass/client.wasm"),
      ],
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "app")],
);
`;

row("workerd: threadpass/slim with the module client.wasm", async () => {
  const root = await project();
  const external = ["threadpass/client.wasm"];
  const outfile = join(root, "dist/edge.js");
  await esbuild.build({ entryPoints: [join(root, "edge.js")], bundle: true, format: "esm", external, outfile });
  await writeFile(join(root, "config.capnp"), config);
  const { port, stop } = await serving(root);
  try {
    const query = new URLSearchParams({ backend: (await backend()).url });
    await assertUsed(await (await fetch(`http://127.0.0.1:${port}/?${query}`)).json());
  } finally {
    await stop();
  }
});

async function serving(root) {
  const workerd = join(root, "node_modules/.bin/workerd");
  const args = ["serve", "config.capnp", "--control-fd=1"];
  const { url: port, stop } = await service(workerd, args, root, (printed) => /"port":\s*(\d+)/.exec(printed)?.[1]);
  return { port, stop };
}
