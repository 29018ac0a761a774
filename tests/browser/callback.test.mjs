/** Everything a token callback may do. */
import assert from "node:assert/strict";
import { table } from "./support/everywhere.mjs";
import { tokens } from "./support/server.mjs";

/** What the callback of each name does stands in the script, because functions do not travel. */
const rows = [
  ...["null", "undefined", "empty"].map((name) => ({
    name,
    code: "auth/not-signed-in",
    status: "unauthenticated",
    asked: 1,
  })),
  ...["blank", "newline", "html", "json", "two words", "header injection", "NUL", "outside ASCII"].map((name) => ({
    name,
    code: "auth/not-a-token",
  })),
  ...["number", "object", "true", "array", "symbol", "bytes", "function"].map((name) => ({
    name,
    code: "auth/not-a-token",
  })),
  ...[
    "throws",
    "rejects",
    "rejects with text",
    "rejects with nothing",
    "rejects with a hostile object",
    "throwing then",
  ].map((name) => ({
    name,
    code: "auth/callback-failed",
    retryable: true,
    asked: 2,
  })),
  { name: "throwing getter of then", code: "auth/callback-failed", retryable: true, asked: 2 },
  { name: "says it is final", code: "auth/callback-failed", retryable: false, asked: 1 },
  { name: "asks for patience", code: "auth/callback-failed", retryable: true, retryAfterMs: 60_000, asked: 1 },
  { name: "hangs", code: "auth/callback-timeout", retryable: true, asked: 2 },
  ...["text", "promise", "thenable", "trailing newline", "opaque"].map((name) => ({
    name,
    code: undefined,
    status: "identified",
    asked: 1,
  })),
];

table(
  "every answer of a callback has one outcome",
  { rows: rows.map((row) => ({ ...row, given: { name: row.name } })) },
  async ({ open, settle, stateOf, codeOf }, { url, name }) => {
    const answers = {
      null: () => null,
      undefined: () => undefined,
      empty: async () => "",
      blank: () => "   ",
      newline: () => "\n",
      html: () => "<!doctype html><title>canary</title>",
      json: () => '{"token":"canary"}',
      "two words": () => "canary token",
      "header injection": () => "canary\r\nx-evil: canary",
      NUL: () => "canary\0",
      "outside ASCII": () => "canary-tökén",
      number: () => 42,
      object: () => ({ token: "canary" }),
      true: () => true,
      array: () => ["canary"],
      symbol: () => Symbol("canary"),
      bytes: () => new TextEncoder().encode("canary"),
      function: () => () => "canary",
      throws: () => {
        throw new Error("canary");
      },
      rejects: () => Promise.reject(new Error("canary")),
      "rejects with text": () => Promise.reject("canary"),
      "rejects with nothing": () => Promise.reject(),
      "rejects with a hostile object": () => {
        const refuse = () => {
          throw new Error("canary");
        };
        return Promise.reject(new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse }));
      },
      "throwing then": () => ({
        then() {
          throw new Error("canary");
        },
      }),
      "throwing getter of then": () => ({
        get then() {
          throw new Error("canary");
        },
      }),
      "says it is final": () => Promise.reject(Object.assign(new Error("canary"), { retryable: false })),
      "asks for patience": () => Promise.reject(Object.assign(new Error("canary"), { retryAfterMs: 60_000 })),
      hangs: () => new Promise(() => {}),
      text: () => "canary-subject",
      promise: async () => "canary-subject",
      thenable: () => ({ then: (resolve) => resolve("canary-subject") }),
      "trailing newline": () => "canary-subject\r\n",
      opaque: () => 'canary|subject:{"1"}+/=&x=%20',
    };
    let asked = 0;
    const warnings = [];
    const userToken = () => {
      asked += 1;
      return answers[name]();
    };
    const onWarning = ({ code }) => warnings.push(code);
    const client = open({ baseUrl: url, userToken, timeouts: { callbackMs: 300 }, onWarning });
    const outcome = await settle(client.auth.getToken());
    const seen = { outcome, asked, state: stateOf(client.auth.getSnapshot()), warnings: [...warnings] };
    return { ...seen, again: await codeOf(client.auth.getToken()), askedAgain: asked - seen.asked };
  },
  (row, { outcome, asked, state, warnings, again, askedAgain }, server) => {
    const { code, status = "error" } = row;
    assert.equal(outcome.error?.code, code, JSON.stringify(outcome));
    assert.equal(state.status, status);
    if (row.asked) assert.equal(asked, row.asked, "how often it was asked");
    if ("retryable" in row) assert.equal(outcome.error.retryable, row.retryable);
    assert.equal(outcome.error?.retryAfterMs, row.retryAfterMs);
    if (!code) {
      const { searchParams } = new URL(`http://form/?${server.calls.at(-1)?.body}`);
      const sent = searchParams.get("subject_token");
      assert.equal(sent, row.name === "opaque" ? 'canary|subject:{"1"}+/=&x=%20' : "canary-subject");
      assert.deepEqual(warnings, []);
      return;
    }
    assert.equal(server.count(tokens), 0, "what is no token is not sent");
    if (status === "error") {
      assert.equal(state.error.code, code);
      assert.deepEqual(warnings, [code]);
      assert.deepEqual([again, askedAgain], [code, 0], "a call while nothing new can be expected fails at once");
      assert.equal(typeof state.retryAtMs === "number", row.retryable === true, "whether it is tried again by itself");
    }
  },
);

table(
  "a string that cannot be a token",
  {
    rows: [
      "   ",
      "\n",
      "<html>canary</html>",
      '{"token":"canary"}',
      "canary canary",
      "canary\r\nx-evil: 1",
      "canary-ü",
    ].map((userToken) => ({ name: JSON.stringify(userToken), given: { userToken } })),
  },
  async ({ open, codeOf, stateOf }, { url, userToken }) => {
    const client = open({ baseUrl: url, userToken, onWarning: () => {} });
    return { code: await codeOf(client.threads.get("thr_1")), status: stateOf(client.auth.getSnapshot()).status };
  },
  (_, result, server) => {
    assert.deepEqual(result, { code: "auth/not-a-token", status: "error" });
    assert.equal(server.calls.length, 0);
  },
);

table(
  "a session token goes into a header and has to fit",
  {
    rows: ["canary|pipe", "canary,comma", "canary=inside", "canary\r\nx: y", 'canary"quote"'].map((token) => ({
      name: JSON.stringify(token),
      given: { token },
    })),
  },
  async ({ open, codeOf }, { url, token }) =>
    codeOf(open({ baseUrl: url, sessionToken: () => token, onWarning: () => {} }).threads.get("thr_1")),
  (_, result, server) => {
    assert.equal(result, "auth/not-a-token");
    assert.equal(server.calls.length, 0);
  },
);
