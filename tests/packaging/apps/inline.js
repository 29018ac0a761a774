import * as threadpass from "threadpass";
import { answer } from "./page.js";

answer(threadpass);
