import * as threadpass from "threadpass";
import { use } from "./use.js";

addEventListener("message", async ({ data }) => postMessage(await use(threadpass, data)));
