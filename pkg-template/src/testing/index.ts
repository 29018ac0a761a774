import type { FakeBackend, FakeBackendOptions, FakeClient, FakeClientOptions } from "../../testing/index.js";
import { fakeTamboClient } from "./fake-client.js";
import { serve } from "./fake-backend.js";
import { fakeLangGraphClient } from "./langgraph-client.js";
import { langGraphService } from "./langgraph-service.js";
import { tamboService } from "./tambo-service.js";

export function createFakeClient(
  options: FakeClientOptions | FakeClientOptions<"langgraph"> = {},
): FakeClient<"tambo"> | FakeClient<"langgraph"> {
  return options.backend === "langgraph" ? fakeLangGraphClient(options) : fakeTamboClient(options);
}

export function createFakeBackend(
  options: FakeBackendOptions | FakeBackendOptions<"langgraph"> = {},
): FakeBackend<"tambo"> | FakeBackend<"langgraph"> {
  return options.backend === "langgraph"
    ? serve("langgraph", langGraphService(options), options.url)
    : serve("tambo", tamboService(options), options.url);
}
