/** The entries: the same client from each, and what one of them has beside it. */
import { type Client, type Version, createClient, version } from "threadpass";
import core from "threadpass/client.wasm";
import * as slim from "threadpass/slim";
import * as url from "threadpass/url";
import type { Expect, Same } from "./expect.js";

export type Checks = [
  Expect<Same<typeof slim.createClient, typeof createClient>>,
  Expect<Same<typeof url.createClient, typeof createClient>>,
  Expect<Same<slim.Client<"tambo">, Client<"tambo">>>,
  Expect<Same<slim.ErrorCode, url.ErrorCode>>,
  Expect<Same<typeof core, WebAssembly.Module>>,
  Expect<Same<ReturnType<typeof version>, Version>>,
  Expect<Same<ReturnType<typeof slim.init>, Promise<void>>>,
];

export async function sources(bytes: Uint8Array<ArrayBuffer>, buffer: ArrayBuffer): Promise<void> {
  await slim.init(core);
  await slim.init(bytes);
  await slim.init(buffer);
  await slim.init("/client.wasm");
  await slim.init(new URL("https://cdn.example.com/client.wasm"));
  await slim.init(fetch("/client.wasm"));
  await slim.init(await fetch("/client.wasm"));
  // @ts-expect-error It has to come from somewhere.
  await slim.init();
  // @ts-expect-error A number is no core.
  await slim.init(7);
  // @ts-expect-error Only one entry is told where the core is.
  url.init(core);
}

const { threadpass, crates }: Version = version();
export const text: string = threadpass + (crates["wasm-bindgen"] ?? "");
// @ts-expect-error It is read, not written.
version().threadpass = "2";
