import * as threadpass from "threadpass/url";
import { answer } from "./page.js";

answer(threadpass);
