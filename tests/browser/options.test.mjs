/** What `createClient` is given and cannot take. */
import assert from "node:assert/strict";
import { table } from "./support/everywhere.mjs";

/** Options by what is wrong with them. What JSON cannot carry stands in the script. */
const invalid = {
  "no options": null,
  "an unknown backend": { backend: "canary" },
  "an empty key": { apiKey: "" },
  "a key with a blank": { apiKey: "canary key" },
  "a key with a line break": { apiKey: "canary\r\nx-evil: 1" },
  "a key outside ASCII": { apiKey: "canary-schlüssel" },
  "a key that is no string": { apiKey: 7 },
  "a deadline of zero": { timeouts: { requestMs: 0 } },
  "a negative deadline": { timeouts: { callbackMs: -1 } },
  "a deadline that is text": { timeouts: { exchangeMs: "canary" } },
  "no deadlines at all": { timeouts: null },
  "negative retries": { retries: -1 },
  "half a retry": { retries: 1.5 },
  "too many retries": { retries: 1000 },
  "retries as text": { retries: "canary" },
  "a fetch that is no function": { fetch: "canary" },
  "a logger that is no function": { logger: "canary" },
  "an onWarning that is no function": { onWarning: "canary" },
  "an unknown token type": { userToken: "canary", subjectTokenType: "canary" },
  "a userToken that is a number": { userToken: 7 },
  "a userToken that is an object": { userToken: { token: "canary" } },
  "a sessionToken that is a string": { sessionToken: "canary" },
  "a userKey that is a number": { userKey: 7 },
  "an anonymous place that there is not": { anonymous: { persist: "canary" } },
};

const badUrls = {
  "config/invalid-base-url": [
    ...[
      "",
      "canary",
      "api.example.com",
      "//api.example.com",
      "/v1",
      "https://",
      "ftp://canary.example",
      "data:,canary",
    ],
    ...["https://canary:canary@api.example.com", "https://canary@api.example.com", "https://:canary@api.example.com"],
    ...["https://api.example.com?key=canary", "https://api.example.com#canary", "javascript:canary", 7, null, {}],
  ],
  "config/insecure-base-url": [
    ...["http://api.example.com", "http://127.0.0.1.example.com", "http://localhost.example.com", "http://10.0.0.1"],
    ...["http://notlocalhost", "http://[::2]", "http://0.0.0.0", "http://128.0.0.1", "http://user.canary.example"],
  ],
};

const rows = [
  ...Object.entries(invalid).map(([name, options]) => ({
    name,
    given: { options },
    code: "config/invalid-option",
  })),
  ...Object.entries(badUrls).flatMap(([code, urls]) =>
    urls.map((baseUrl) => ({ name: `the base URL ${JSON.stringify(baseUrl)}`, given: { options: { baseUrl } }, code })),
  ),
  ...["no backend", "no key", "requestMs: NaN", "requestMs: Infinity", "a userKey that is a function"].map((odd) => ({
    name: odd,
    given: { odd },
    code: "config/invalid-option",
  })),
];

table(
  "an option that cannot be is refused at once",
  { rows },
  async ({ createClient, apiKey, codeOf }, { options, odd }) => {
    const odds = {
      "no backend": { backend: undefined },
      "no key": { apiKey: undefined },
      "requestMs: NaN": { timeouts: { requestMs: NaN } },
      "requestMs: Infinity": { timeouts: { requestMs: Infinity } },
      "a userKey that is a function": { userKey: () => "canary" },
    };
    const wrong = odd ? odds[odd] : options;
    const credential = Object.keys(wrong ?? {}).some((name) => /Token|Key$|anonymous/.test(name) && name !== "apiKey");
    return codeOf(() =>
      createClient(wrong && { backend: "tambo", apiKey, ...(credential ? {} : { userToken: () => null }), ...wrong }),
    );
  },
  ({ code }, result) => assert.equal(result, code),
);

const good = [
  ...[
    "https://api.example.com",
    "https://api.example.com/",
    "https://api.example.com/proxy/tambo/",
    "http://localhost:1",
  ],
  ...[
    "http://127.0.0.1:1",
    "http://127.1.2.3:1",
    "http://[::1]:1",
    "http://app.localhost:1",
    "HTTPS://API.EXAMPLE.COM",
  ],
];

table(
  "a base URL that can be",
  { rows: good.map((baseUrl) => ({ name: baseUrl, given: { baseUrl } })) },
  async ({ open }, { baseUrl }) => open({ baseUrl, userToken: () => null }).auth.getSnapshot().status,
  (_, result) => assert.equal(result, "exchanging"),
);

const one = {
  userToken: "canary-subject",
  sessionToken: "function",
  userKey: "canary-user",
  anonymous: true,
};
const pairs = Object.keys(one).flatMap((a, index) =>
  Object.keys(one)
    .slice(index + 1)
    .map((b) => [a, b]),
);

table(
  "no credential and two are states, and calls are refused",
  {
    rows: [
      ...pairs.map((names) => ({
        name: names.join(" and "),
        given: { names, credential: Object.fromEntries(names.map((name) => [name, one[name]])) },
        state: { status: "invalid", code: "config/conflicting-credentials" },
        code: "config/conflicting-credentials",
      })),
      ...[{}, { userToken: "" }, { userToken: null }, { userKey: "" }, { userKey: "  " }, { anonymous: false }].map(
        (credential) => ({
          name: JSON.stringify(credential),
          given: { credential },
          state: { status: "unauthenticated", reason: "no-credential" },
          code: "config/missing-credential",
        }),
      ),
    ],
  },
  async ({ open, codeOf, stateOf }, { url, credential }) => {
    if (credential.sessionToken) credential.sessionToken = () => "canary-session";
    const warnings = [];
    const client = open({ baseUrl: url, ...credential, onWarning: ({ code }) => warnings.push(code) });
    const before = stateOf(client.auth.getSnapshot());
    const codes = [];
    for (const call of [
      () => client.threads.get("thr_1"),
      () => client.threads.list(),
      () => client.runs.stream(null, "hello").result(),
      () => client.auth.getToken(),
      () => client.auth.ready(),
      () => client.auth.headers(),
      () => client.fetch(`${url}/v1/threads`),
    ])
      codes.push(await codeOf(call));
    return { before, after: stateOf(client.auth.getSnapshot()), codes, warnings };
  },
  ({ state, code }, { before, after, codes, warnings }, server) => {
    for (const { status, reason, error } of [before, after])
      assert.deepEqual({ status, reason, code: error?.code }, { reason: undefined, code: undefined, ...state });
    assert.deepEqual(new Set(codes), new Set([code]), codes.join());
    assert.deepEqual(warnings, [code], "the developer is told once");
    assert.equal(server.calls.length, 0, "nothing is sent as nobody");
  },
);
