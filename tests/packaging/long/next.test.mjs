/** Next.js 16, not configured. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";
import { command } from "../support/command.mjs";
import { answerOf, assertUsed, backend, projectWith, row } from "../support/row.mjs";
import { service } from "../support/service.mjs";

const next = (root) => join(root, "node_modules/next/dist/bin/next");
const address = (printed) => /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
const where = ["--port", "0", "--hostname", "127.0.0.1"];

/** @type {Promise<string> | undefined} */
let installed;
const project = () => (installed ??= projectWith(new URL("next/", import.meta.url)));

/** The ways to run it, one after the other: they share `.next`. */
const ways = {
  "Next 16 Turbopack build": { build: ["build"], serve: ["start", ...where] },
  "Next 16 Turbopack dev": { serve: ["dev", ...where] },
  "Next 16 webpack build": { build: ["build", "--webpack"], serve: ["start", ...where] },
};

/** @type {{ name: string, running: Promise<{ url: string, stop: () => Promise<void> }> } | undefined} */
let now;

async function stopNow() {
  const before = now;
  now = undefined;
  await (await before?.running)?.stop();
}
after(stopNow);

async function running(name) {
  if (now?.name !== name) {
    await stopNow();
    const { build, serve } = ways[name];
    const start = async () => {
      const root = await project();
      await rm(join(root, ".next"), { recursive: true, force: true });
      if (build) await command("node", [next(root), ...build], root, { NEXT_TELEMETRY_DISABLED: "1" });
      return service("node", [next(root), ...serve], root, address);
    };
    now = { name, running: start() };
  }
  return (await now.running).url;
}

for (const name of Object.keys(ways)) {
  for (const [page, entry] of Object.entries({ inline: "threadpass", url: "threadpass/url" }))
    row(`${name}, client component: ${entry}`, async () => {
      await assertUsed(await answerOf(`${await running(name)}/${page}`));
    });

  row(`${name}, server component: threadpass`, async () => {
    const query = new URLSearchParams({ backend: (await backend()).url });
    const html = await (await fetch(`${await running(name)}/server?${query}`)).text();
    const [, text = "{}"] = /<pre>(.*?)<\/pre>/.exec(html) ?? [];
    await assertUsed(JSON.parse(text.replaceAll("&quot;", '"')));
  });
}
