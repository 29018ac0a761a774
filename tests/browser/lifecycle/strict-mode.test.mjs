/** React, which in its strict mode mounts everything twice. */
import assert from "node:assert/strict";
import { build } from "esbuild";
import { inChromium } from "../support/everywhere.mjs";
import { tokens } from "../support/server.mjs";

const times = 50;

/** React as a page loads it, in development mode, which is the one that mounts twice. */
async function bundleReact() {
  const contents = `export { createElement, StrictMode, useEffect, useRef, useState, useSyncExternalStore } from "react";
    export { createRoot } from "react-dom/client";
    export { flushSync } from "react-dom";`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    ...{ bundle: true, format: "esm", write: false, define: { "process.env.NODE_ENV": '"development"' } },
  });
  return outputFiles[0].text;
}

/** Mounts and unmounts a component again and again. */
const mountOften = async ({ open, pause, until }, { url, times, pattern, waits }) => {
  const react = await import("/react.js");
  const { createElement, createRoot, flushSync, StrictMode } = react;
  const { useEffect, useRef, useState, useSyncExternalStore } = react;
  const seen = { made: 0, disposed: 0, asked: 0, identified: 0, warnings: 0, errors: [] };
  const make = () => {
    seen.made += 1;
    const userToken = () => `canary-subject-${++seen.asked}`;
    const client = open({ baseUrl: url, userToken, onWarning: () => (seen.warnings += 1) });
    const { dispose } = client;
    client.dispose = () => {
      seen.disposed += 1;
      dispose();
    };
    return client;
  };
  const useStatus = ({ auth }) => useSyncExternalStore(auth.subscribe, auth.getSnapshot, auth.getServerSnapshot).status;

  const Status = ({ client }) => {
    const status = useStatus(client);
    useEffect(() => {
      if (status === "identified") seen.identified += 1;
    }, [status]);
    return createElement("p", null, status);
  };
  const shared = pattern === "a client of the module" ? make() : undefined;
  const patterns = {
    "a client of the module": () => createElement(Status, { client: shared }),
    "a client made in an effect": () => {
      const [client, setClient] = useState();
      useEffect(() => {
        const client = make();
        setClient(client);
        return () => client.dispose();
      }, []);
      return client ? createElement(Status, { client }) : null;
    },
    "a client made and used in an effect": () => {
      const [status, setStatus] = useState("");
      useEffect(() => {
        const client = make();
        const off = client.auth.onChange(({ status }) => setStatus(status));
        client.threads.list().catch(({ code }) => code === "client/disposed" || seen.errors.push(code));
        return () => {
          off();
          client.dispose();
        };
      }, []);
      useEffect(() => {
        if (status === "identified") seen.identified += 1;
      }, [status]);
      return createElement("p", null, status);
    },
    "a client kept in a ref": () => {
      const kept = useRef();
      kept.current ??= make();
      useEffect(() => {
        // It was disposed of by the first of the two unmountings.
        const client = (kept.current ??= make());
        const off = client.auth.subscribe(() => {});
        client.auth.ready().then(
          () => (seen.identified += 1),
          ({ code }) => code === "client/disposed" || seen.errors.push(code),
        );
        return () => {
          off();
          client.dispose();
          kept.current = undefined;
        };
      }, []);
      return null;
    },
  };
  const place = document.body.appendChild(document.createElement("div"));
  for (let i = 1; i <= times; i++) {
    const root = createRoot(place);
    const before = seen.identified;
    flushSync(() => root.render(createElement(StrictMode, null, createElement(patterns[pattern]))));
    if (waits) await until("the user", () => seen.identified > before);
    flushSync(() => root.unmount());
  }
  await pause(300);
  const { held, pending } = await navigator.locks.query();
  place.remove();
  return { ...seen, locks: held.length + pending.length };
};

/** Each pattern: the most exchanges that there may be, where each mounting lasts until the user is known. */
const patterns = {
  "a client of the module": 1,
  "a client made in an effect": times,
  "a client made and used in an effect": times,
  "a client kept in a ref": times,
};

for (const [pattern, most] of Object.entries(patterns))
  inChromium(`StrictMode mounts and unmounts ${times} times: ${pattern}`, {}, async ({ serve, page, run }) => {
    const server = await serve();
    const body = await bundleReact();
    await page.route("**/react.js", (route) => route.fulfill({ contentType: "text/javascript", body }));
    const seen = await run(mountOften, { url: server.url, times, pattern, waits: true });
    assert.ok(seen.identified >= times, `each mounting has seen the user: ${seen.identified}`);
    assert.equal(server.count(tokens), most, "exchanges");
    assert.ok(seen.asked >= most && seen.asked <= seen.made, `${seen.asked} callbacks`);
    const disposed = most === 1 ? 0 : seen.disposed;
    assert.deepEqual([seen.locks, seen.warnings, seen.errors, disposed], [0, 0, [], most === 1 ? 0 : seen.made]);
    const known = new Set(server.calls.map(({ body }) => new URLSearchParams(body).get("subject_token")));
    known.delete(null);
    assert.equal(known.size, most, "every provider token was exchanged once");
  });

for (const pattern of Object.keys(patterns))
  inChromium(`StrictMode unmounts at once, ${times} times: ${pattern}`, {}, async ({ serve, page, run }) => {
    const server = await serve();
    const body = await bundleReact();
    await page.route("**/react.js", (route) => route.fulfill({ contentType: "text/javascript", body }));
    const seen = await run(mountOften, { url: server.url, times, pattern, waits: false });
    assert.deepEqual([seen.locks, seen.errors], [0, []]);
    // A client of the module lives on; all others are gone before anything was sent.
    assert.equal(server.count(tokens), pattern === "a client of the module" ? 1 : 0);
  });
