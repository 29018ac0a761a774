/** Base URLs of every kind: each is refused without being repeated, or is where everything goes. */
import assert from "node:assert/strict";
import { everywhere } from "./support/everywhere.mjs";

everywhere("any base URL is refused or is kept to", {}, async ({ run }) => {
  const seen = await run(async ({ createClient, isThreadpassError, apiKey }) => {
    // A generator of its own, so that a failure is found again.
    let state = 0x2545f491;
    const random = (below) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    const parts = [
      ...["https:", "http:", "HTTPS:", "ftp:", "javascript:", "data:", "blob:", "//", "/", "\\", "@", ":", "?", "#"],
      ...["user", "secret-canary", "api.example.com", "localhost", "127.0.0.1", "127.1", "0x7f.1", "[::1]", "[::]"],
      ...["evil.example", "localhost.evil.example", "..", ".", "%2e", "%00", "\t", "\n", " ", "443", "80", "99999"],
      ...["ａpi.example.com", "xn--", "v1", "﻿"],
    ];
    const wrong = [];
    const counts = { refused: 0, kept: 0 };
    for (let round = 0; round < 2_000; round++) {
      const begin = ["https://", "http://", "", "https:", "//"][random(5)];
      const more = Array.from({ length: random(6) }, () => parts[random(parts.length)]);
      const baseUrl = begin + more.join("");
      const requests = [];
      const fetch = async (request) => {
        requests.push(request.url);
        return new Response(JSON.stringify({ message: "no" }), { status: 403 });
      };
      const options = { backend: "tambo", apiKey, userToken: () => "canary-subject", fetch, onWarning: () => {} };
      let client;
      try {
        client = createClient({ ...options, baseUrl });
      } catch (error) {
        counts.refused += 1;
        const ours = isThreadpassError(error) && /^config\/(invalid|insecure)-base-url$/.test(error.code);
        if (!ours || `${error.message}${error.stack}`.includes("secret-canary")) wrong.push(["refused badly", baseUrl]);
        continue;
      }
      counts.kept += 1;
      const { protocol, hostname, username, password, search, hash, origin } = new URL(baseUrl);
      const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
      if (username || password || search || hash || !(protocol === "https:" || (protocol === "http:" && loopback)))
        wrong.push(["taken", baseUrl]);
      // Looking at where requests go takes a while, so it is done for some.
      if (counts.kept % 10 === 1) {
        await client.auth.getToken().catch(() => {});
        if (!requests.length) wrong.push(["nothing sent", baseUrl]);
        for (const url of requests) if (new URL(url).origin !== origin) wrong.push(["sent elsewhere", baseUrl, url]);
      }
      client.dispose();
    }
    return { wrong, counts };
  });
  assert.deepEqual(seen.wrong, []);
  assert.ok(seen.counts.refused > 500 && seen.counts.kept > 50, JSON.stringify(seen.counts));
});
