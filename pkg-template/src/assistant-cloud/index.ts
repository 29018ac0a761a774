/** Entry `threadpass/assistant-cloud`. */
export { aiSdkV6 } from "./ai-sdk-v6.js";
export { auiV0 } from "./aui-v0.js";
export { openHistory } from "./history.js";
export { generateThreadTitle } from "./title.js";
