/** Workers and frames: globals without a document, and globals that go away. */
import assert from "node:assert/strict";
import { inBrowsers, inChromium } from "../support/everywhere.mjs";
import { until } from "../../e2e/support/wait.mjs";
import { tokens } from "../support/server.mjs";
import { finished, newRun, started, streaming } from "../support/streams.mjs";

/** What a worker does: everything once, then it waits for orders. */
const work = `
  const { createClient, isThreadpassError } = await import(origin + "/pkg/index.js");
  let asked = 0;
  const client = createClient({ backend: "tambo", apiKey, baseUrl: url, userToken: () => "canary-subject-" + ++asked });
  client.auth.onChange(({ status, reason }) => postMessage({ status, reason }));
  addEventListener("unhandledrejection", ({ reason }) => postMessage({ uncaught: String(reason) }));
  onmessage = async ({ data }) => {
    try {
      if (data === "list") postMessage({ items: (await client.threads.list()).items.length });
      if (data === "run") {
        const types = [];
        for await (const { type } of client.runs.stream(null, "hello")) types.push(type);
        postMessage({ types });
      }
      if (data === "renew") postMessage({ token: await client.auth.getToken({ forceRefresh: true }) });
      if (data === "leave") await client.auth.signOut();
      if (data === "end") (client.dispose(), postMessage({ ended: true }));
      if (data === "never") await client.threads.get("thr_never");
    } catch (error) {
      postMessage({ error: isThreadpassError(error) ? error.code : String(error) });
    }
  };
  postMessage({ started: true });
`;

/** Starts one, and waits for it. `said` are its messages, in order. */
const startWorker = async ({ url, work, apiKey }) => {
  const head = Object.entries({ origin: location.origin, url, apiKey });
  const consts = head.map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`).join("");
  const script = URL.createObjectURL(new Blob([consts, work], { type: "text/javascript" }));
  window.worker = new Worker(script, { type: "module" });
  window.said = [];
  worker.onmessage = ({ data }) => said.push(data);
  worker.onerror = ({ message }) => said.push({ uncaught: message });
  while (!said.some((data) => data.started)) await new Promise((resolve) => setTimeout(resolve, 10));
};
const orders = async ({ until }, { orders, last }) => {
  for (const order of orders) worker.postMessage(order);
  await until(last, () => said.some((data) => last in data));
  return said.splice(0);
};
const apiKey = "tambo_canary-api-key";

inBrowsers("a client in a worker does what it does in a page", {}, async ({ serve, page, run }) => {
  const server = await serve({ [newRun]: streaming(started, finished) });
  await page.evaluate(startWorker, { url: server.url, work, apiKey });
  const first = await run(orders, { orders: ["list"], last: "items" });
  assert.deepEqual(first.map(({ status }) => status).filter(Boolean), ["exchanging", "exchanging", "identified"]);
  assert.deepEqual(await run(orders, { orders: ["run"], last: "types" }), [{ types: ["RUN_STARTED", "RUN_FINISHED"] }]);
  assert.deepEqual(await run(orders, { orders: ["renew"], last: "token" }), [{ token: "canary-session-2" }]);
  assert.equal(server.count(tokens), 2);
  assert.deepEqual(await run(orders, { orders: ["never", "end"], last: "error" }), [
    { ended: true },
    { error: "client/disposed" },
  ]);
});

inBrowsers("a page and its worker are told of each other's sign-out", {}, async ({ serve, page, run }) => {
  const server = await serve();
  await page.evaluate(startWorker, { url: server.url, work, apiKey });
  await run(orders, { orders: ["list"], last: "items" });
  const heard = await run(
    async ({ open, until }, { url }) => {
      let user = "canary-subject";
      const client = open({ baseUrl: url, userToken: () => user });
      const reasons = [];
      client.auth.onChange(({ reason }) => reason && reasons.push(reason));
      await client.auth.ready();
      user = null;
      worker.postMessage("leave");
      await until("the news", () => reasons.length);
      return reasons;
    },
    { url: server.url },
  );
  assert.deepEqual(heard, ["other-tab"]);
  assert.ok((await page.evaluate(() => said)).some(({ reason }) => reason === "signed-out"));
});

inBrowsers(
  "a worker that is ended in the middle of things takes everything with it",
  {},
  async ({ serve, page, run }) => {
    let left = 0;
    const server = await serve({
      "GET /v1/threads/thr_never": ({ response }) => void response.on("close", () => (left += 1)),
    });
    await page.evaluate(startWorker, { url: server.url, work, apiKey });
    await run(orders, { orders: ["list"], last: "items" });
    await page.evaluate(() => worker.postMessage("never"));
    await until("the call", () => server.count("GET /v1/threads/thr_never") === 1);
    await page.evaluate(() => worker.terminate());
    await until("the end of the connection", () => left === 1);
    assert.deepEqual(await page.evaluate(() => said), []);
    const own = await run(
      async ({ open, codeOf }, { url }) => codeOf(open({ baseUrl: url, userToken: () => "canary" }).init()),
      {
        url: server.url,
      },
    );
    assert.deepEqual(own, {});
  },
);

/** A client that was made by the code of a frame. */
const openInFrame = async ({ apiKey, until }, { url }) => {
  const frame = (window.frame = document.createElement("iframe"));
  frame.src = "/";
  const loaded = new Promise((resolve) => (frame.onload = resolve));
  document.body.append(frame);
  await loaded;
  const inner = frame.contentWindow;
  inner.eval(`import("/pkg/index.js").then((threadpass) => (window.threadpass = threadpass))`);
  await until("the package", () => inner.threadpass);
  window.client = inner.threadpass.createClient({
    ...{ backend: "tambo", apiKey, baseUrl: url },
    userToken: () => "canary-subject",
  });
  return (await client.threads.list()).items.length;
};

inChromium("a frame that is removed takes its client with it", {}, async ({ serve, run }) => {
  let left = 0;
  const server = await serve({
    "GET /v1/threads/thr_never": ({ response }) => void response.on("close", () => (left += 1)),
  });
  assert.equal(await run(openInFrame, { url: server.url }), 0);
  await run(async () => {
    void client.threads.get("thr_never").catch(() => {});
    client.auth.subscribe(() => {});
  });
  await until("the call", () => server.count("GET /v1/threads/thr_never") === 1);
  const before = server.calls.length;
  const seen = await run(async ({ pause }) => {
    frame.remove();
    await pause(200);
    // A parent may hold on to it for a while.
    const { status } = client.auth.getSnapshot();
    void client.threads.list().catch(() => {});
    client.dispose();
    client.dispose();
    const code = await Promise.race([client.auth.getToken().catch(({ code }) => code), pause(1_000)]);
    return { status, code };
  });
  await until("the end of the connection", () => left === 1);
  assert.deepEqual(seen, { status: "identified", code: "client/disposed" });
  assert.equal(server.calls.length, before, "nothing was sent from a frame that is gone");
});

inBrowsers("a frame's client ends with its frame, and the page's lives on", {}, async ({ serve, run }) => {
  const server = await serve();
  const seen = await run(
    async ({ open, until }, { url }) => {
      const mine = open({ baseUrl: url, userToken: () => "canary-subject" });
      await mine.threads.list();
      for (let i = 0; i < 10; i++) {
        const frame = document.body.appendChild(document.createElement("iframe"));
        frame.src = "/";
        await new Promise((resolve) => (frame.onload = resolve));
        const inner = frame.contentWindow;
        inner.eval(`import("/pkg/index.js").then((threadpass) => (window.threadpass = threadpass))`);
        await until("the package", () => inner.threadpass);
        const options = { backend: "tambo", apiKey: "tambo_canary-api-key", baseUrl: url };
        const client = inner.threadpass.createClient({ ...options, userToken: () => "canary-subject" });
        client.auth.subscribe(() => {});
        // At another moment each time.
        if (i % 3 === 0) await client.init();
        if (i % 3 === 1) await client.threads.list();
        frame.remove();
      }
      return (await mine.threads.list()).items.length;
    },
    { url: server.url },
  );
  assert.equal(seen, 0);
});

/** What a frame's own classes make, for a client of the page. */
const useFrames = async ({ open, codeOf, until }, { url }) => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  const { Request, URL, AbortController } = frame.contentWindow;
  const client = open({ baseUrl: url, userToken: () => "canary-subject" });
  const controller = new AbortController();
  let sent = false;
  client.onActivity(({ kind }) => (sent ||= kind === "renewed"));
  const never = client.threads.get("thr_never", { signal: controller.signal }).catch((reason) => reason);
  await until("the token", () => sent);
  controller.abort("enough");
  return {
    aborted: await never,
    url: await codeOf(client.fetch(new URL(`${url}/v1/x`)).then(({ status }) => status)),
    request: await codeOf(client.fetch(new Request(`${url}/v1/x`)).then(({ status }) => status)),
  };
};
const framed = {
  "GET /v1/x": ({ json }) => json(200, { ok: true }),
  "GET /v1/threads/thr_never": () => {},
};

inBrowsers("signals and URLs of a frame are taken like the page's own", {}, async ({ serve, run }) => {
  const server = await serve(framed);
  const { aborted, url } = await run(useFrames, { url: server.url });
  assert.deepEqual([aborted, url], ["enough", { value: 200 }]);
});

inBrowsers("a Request of a frame is taken like the page's own", {}, async ({ serve, run }) => {
  const server = await serve(framed);
  assert.deepEqual((await run(useFrames, { url: server.url })).request, { value: 200 });
});
