import { readFile } from "node:fs/promises";
import { use } from "./use.js";

const [entry, baseUrl] = process.argv.slice(2);
const threadpass = await import(entry);
// `init` is there only where the app says where the core is.
await threadpass.init?.(await readFile(new URL(import.meta.resolve("threadpass/client.wasm"))));
console.log(JSON.stringify(await use(threadpass, baseUrl)));
