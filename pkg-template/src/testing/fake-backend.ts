/** What fake backends have in common: a `fetch`, what has come in, and what is to fail. */
import type { Backend } from "../../index.js";
import type { FakeBackend, FakeRequest, FakeRoute } from "../../testing/index.js";
import { nothing } from "./answers.js";

interface Failure {
  readonly status: number;
  readonly message: string;
}

/** A request below the base URL. */
interface Incoming {
  readonly method: string;
  /** Below the base URL. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly text: string;
  /** What the test wants it to fail with. It does so once. */
  failure(): Failure | undefined;
}

/** One backend's own part. */
export interface Service<B extends Backend> extends Pick<
  FakeBackend<B>,
  "tokenFor" | "addThread" | "threadsOf" | "revoke"
> {
  readonly options: Omit<FakeBackend<B>["options"], "backend" | "baseUrl" | "fetch">;
  /** Answers, and says as whom. */
  answer(incoming: Incoming): Promise<readonly [Response, string | null]>;
}

export function serve<B extends Backend>(
  backend: B,
  { answer, options, ...rest }: Service<B>,
  url = "https://threadpass.test",
): FakeBackend<B> {
  const baseUrl = new URL(url).href.replace(/\/+$/, "");
  const requests: FakeRequest[] = [];
  const failures: (Failure & { method: string; path: string })[] = [];

  const answerFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    if (!request.url.startsWith(`${baseUrl}/`)) throw new TypeError("the fake backend is asked for another origin");
    if (request.method === "OPTIONS") return nothing();
    const { method, headers } = request;
    const { pathname, searchParams: query } = new URL(request.url);
    const path = pathname.slice(new URL(baseUrl).pathname.replace(/\/$/, "").length);
    const failure = () => {
      const failing = failures.findIndex((one) => one.method === method && (one.path === path || one.path === "*"));
      return failing < 0 ? undefined : failures.splice(failing, 1)[0];
    };
    const text = await request.text();
    const [response, userId] = await answer({ method, path, query, headers, text, failure });
    requests.push({ method, path, userId, status: response.status });
    request.signal.throwIfAborted();
    return response;
  };

  return {
    ...rest,
    options: { backend, baseUrl, fetch: answerFetch, ...options } as FakeBackend<B>["options"],
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
    failNext: (method, path, status, message = "the test has let it fail") =>
      void failures.push({ method: method.toUpperCase(), path, status, message }),
  };
}
