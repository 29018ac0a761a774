import type { FakeBackend, FakeBackendOptions, FakeClient, FakeClientOptions } from "../../testing/index.js";
import { fakeCloudClient } from "./cloud-client.js";
import { cloudService } from "./cloud-service.js";
import { fakeTamboClient } from "./fake-client.js";
import { serve } from "./fake-backend.js";
import { fakeLangGraphClient } from "./langgraph-client.js";
import { langGraphService } from "./langgraph-service.js";
import { tamboService } from "./tambo-service.js";

export function createFakeClient(
  options: FakeClientOptions | FakeClientOptions<"langgraph"> | FakeClientOptions<"assistant-cloud"> = {},
): FakeClient<"tambo"> | FakeClient<"langgraph"> | FakeClient<"assistant-cloud"> {
  if (options.backend === "assistant-cloud") return fakeCloudClient(options);
  return options.backend === "langgraph" ? fakeLangGraphClient(options) : fakeTamboClient(options);
}

export function createFakeBackend(
  options: FakeBackendOptions | FakeBackendOptions<"langgraph"> | FakeBackendOptions<"assistant-cloud"> = {},
): FakeBackend<"tambo"> | FakeBackend<"langgraph"> | FakeBackend<"assistant-cloud"> {
  if (options.backend === "assistant-cloud") return serve("assistant-cloud", cloudService(options), options.url);
  return options.backend === "langgraph"
    ? serve("langgraph", langGraphService(options), options.url)
    : serve("tambo", tamboService(options), options.url);
}
