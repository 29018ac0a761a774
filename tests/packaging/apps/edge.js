import core from "threadpass/client.wasm";
import * as threadpass from "threadpass/slim";
import { use } from "./use.js";

await threadpass.init(core);

export default {
  async fetch(request) {
    return Response.json(await use(threadpass, new URL(request.url).searchParams.get("backend")));
  },
};
