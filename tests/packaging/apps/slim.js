import core from "threadpass/client.wasm?url";
import * as threadpass from "threadpass/slim";
import { answer } from "./page.js";

await threadpass.init(core);
answer(threadpass);
