/** The lazy chunk of LangGraph's runs. */
export { makeWire } from "./langgraph/wire.js";
export { joinRun, streamRun } from "./langgraph/driver.js";
