import type { FakeBackend, FakeBackendOptions, FakeRequest, FakeRoute } from "../../testing/index.js";
import { forbidden, json, nothing, refused } from "./answers.js";
import { usualReply } from "./answering.js";
import { Memory, copyOf } from "./memory.js";
import { type Body, Routes } from "./routes.js";
import { Tokens } from "./tokens.js";

const apiKey = "tambo_fake";

interface Failure {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly message: string;
}

export function createFakeBackend(options: FakeBackendOptions = {}): FakeBackend {
  const { url = "https://threadpass.test", reply = usualReply, tokenLifetime = 900 } = options;
  const baseUrl = new URL(url).href.replace(/\/+$/, "");
  const memory = new Memory();
  const tokens = new Tokens(tokenLifetime);
  const routes = new Routes(memory, reply);
  const requests: FakeRequest[] = [];
  const failures: Failure[] = [];

  /** Answers, and says as whom. */
  const answer = async (request: Request, path: string, query: URLSearchParams): Promise<[Response, string | null]> => {
    const { method, headers } = request;
    if (headers.get("x-api-key") !== apiKey) return [forbidden(), null];
    const fits = (failure: Failure) => failure.method === method && (failure.path === path || failure.path === "*");
    const failing = failures.findIndex(fits);
    if (failing >= 0) {
      const [{ status, message }] = failures.splice(failing, 1) as [Failure];
      return [refused(status, message), null];
    }
    const text = await request.text();
    if (method === "POST" && path === "/oauth/token") return [tokens.exchange(new URLSearchParams(text)), null];
    const [, version, things, ...parts] = path.split("/").map(decodeURIComponent);
    if (version !== "v1" || things !== "threads") return [refused(404, `Cannot ${method} ${path}`), null];
    const body = (text ? JSON.parse(text) : {}) as Body;
    const [bearer, userKey] = [
      headers.get("authorization"),
      query.get("userKey") ?? body.userKey ?? body.thread?.userKey,
    ];
    const userId = bearer ? tokens.userOf(bearer.replace(/^Bearer /i, "")) : userKey?.trim();
    if (bearer && userId === undefined) return [refused(401, "Invalid bearer token"), null];
    if (!userId || (bearer && userKey !== undefined))
      return [badIdentity(bearer ? "received both" : "received neither"), userId ?? null];
    return [routes.answer({ method, parts, query, body, userId }), userId];
  };

  const answerFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    if (!request.url.startsWith(`${baseUrl}/`)) throw new TypeError("the fake backend is asked for another origin");
    if (request.method === "OPTIONS") return nothing();
    const { pathname, searchParams } = new URL(request.url);
    const path = pathname.slice(new URL(baseUrl).pathname.replace(/\/$/, "").length);
    const [response, userId] = await answer(request, path, searchParams);
    requests.push({ method: request.method, path, userId, status: response.status });
    request.signal.throwIfAborted();
    return response;
  };

  return {
    options: { backend: "tambo", apiKey, baseUrl, fetch: answerFetch },
    fetch: answerFetch,
    async route(route: FakeRoute) {
      const asked = route.request();
      const body = asked.postData();
      const init = { method: asked.method(), headers: await asked.allHeaders(), ...(body !== null && { body }) };
      const response = await answerFetch(asked.url(), init);
      const headers = Object.fromEntries(response.headers);
      await route.fulfill({ status: response.status, headers, body: await response.text() });
    },
    requests,
    tokenFor: (userId) => tokens.of(userId),
    addThread: (userId, thread) => copyOf(memory.add(userId, thread).thread),
    threadsOf: (userId) => memory.of(userId).map(({ thread }) => copyOf(thread)),
    failNext: (method, path, status, message = "the test has let it fail") =>
      void failures.push({ method: method.toUpperCase(), path, status, message }),
    revoke: () => tokens.revoke(),
  };
}

const badIdentity = (received: string): Response =>
  json(400, {
    message: `V1 APIs require exactly one context identifier: a userKey or a bearer token (${received}).`,
    error: "Bad Request",
    statusCode: 400,
  });
