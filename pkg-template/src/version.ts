import type { Version } from "../index.js";
import { crates, threadpass } from "./versions.js";

export const version = (): Version => ({ threadpass, crates: { ...crates } });
