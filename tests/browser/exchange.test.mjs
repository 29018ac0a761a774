/** Everything a token endpoint may answer. */
import assert from "node:assert/strict";
import { table } from "./support/everywhere.mjs";
import { grantOf, tokens } from "./support/server.mjs";

/** Asks for a token and looks at what has become of it. */
async function ask({ open, settle, stateOf }, { url, timeouts }) {
  let asked = 0;
  const warnings = [];
  const userToken = ({ forceRefresh }) => {
    asked += 1;
    return forceRefresh ? "canary-subject-forced" : "canary-subject";
  };
  const client = open({ baseUrl: url, userToken, timeouts, onWarning: ({ code }) => warnings.push(code) });
  const before = Date.now();
  const outcome = await settle(client.auth.getToken());
  const { deadlineMs } = client.inspect();
  return { outcome, asked, before, after: Date.now(), deadlineMs, state: stateOf(client.auth.getSnapshot()), warnings };
}

const fiveMinutes = 300;
const tenYears = 3_650 * 24 * 3_600;

/** `expires_in` as it stands in the JSON, and the seconds that are made of it. */
const lifetimes = {
  900: 900,
  '"3600"': 3_600,
  '" 60 "': 60,
  15.5: 15.5,
  2147484: 2_147_484,
  1e9: 1e9 > tenYears ? tenYears : 1e9,
  9007199254740992: tenYears,
  "1e308": tenYears,
  0: fiveMinutes,
  "-0": fiveMinutes,
  "-5": fiveMinutes,
  '"-5"': fiveMinutes,
  '"abc"': fiveMinutes,
  '"NaN"': fiveMinutes,
  '"Infinity"': fiveMinutes,
  '"1e3"': fiveMinutes,
  '""': fiveMinutes,
  null: fiveMinutes,
  true: fiveMinutes,
  false: fiveMinutes,
  "{}": fiveMinutes,
  "[900]": fiveMinutes,
  "(missing)": fiveMinutes,
};

table(
  "every expires_in has a defined end",
  {
    rows: Object.entries(lifetimes).map(([written, seconds]) => ({
      name: written,
      seconds,
      serve: {
        [tokens]: ({ send, nth }) => {
          const { expires_in, ...grant } = grantOf(nth);
          const member = written === "(missing)" ? "" : `,"expires_in":${written}}`;
          const body = JSON.stringify(grant);
          send(201, "application/json", member ? body.replace(/}$/, member) : body);
        },
      },
    })),
  },
  ask,
  ({ seconds }, { outcome, deadlineMs, before, after, state }, server) => {
    assert.equal(outcome.value, "canary-session-1");
    assert.equal(state.status, "identified");
    const life = seconds * 1000;
    // The clocks are read at slightly different moments; a second of slack tells all of these apart.
    assert.ok(deadlineMs >= before + life - 1_000 && deadlineMs <= after + life + 1_000, `${deadlineMs - before}`);
    assert.equal(server.count(tokens), 1, "and no storm");
  },
);

const megabytes = (n) => "x".repeat(n * 1024 * 1024);
const json =
  (body) =>
  ({ send }) =>
    send(200, "application/json", typeof body === "string" ? body : JSON.stringify(body));
const malformed = {
  "an HTML page": ({ send }) => send(200, "text/html", "<!doctype html><title>canary</title>"),
  "an HTML page that says it is JSON": json("<html>canary</html>"),
  nothing: json(""),
  204: ({ response }) => response.writeHead(204).end(),
  "half JSON": json('{"access_token":"canary-session-1","token_ty'),
  "a bare token": ({ send }) => send(200, "text/plain", "canary-session-1"),
  "JSON text": json('"canary-session-1"'),
  null: json("null"),
  "an array": json("[]"),
  "an empty object": json("{}"),
  NaN: json('{"access_token":"canary-session-1","token_type":"Bearer","expires_in":NaN}'),
  "no token": json(grantOf(1, { access_token: undefined })),
  "a token that is null": json(grantOf(1, { access_token: null })),
  "a token that is a number": json(grantOf(1, { access_token: 7 })),
  "an empty token": json(grantOf(1, { access_token: "" })),
  "a blank token": json(grantOf(1, { access_token: "   " })),
  "a token with CR and LF": json(grantOf(1, { access_token: "canary\r\nx-evil: 1" })),
  "a token outside ASCII": json(grantOf(1, { access_token: "canary-ü" })),
  "HTML for a token": json(grantOf(1, { access_token: "<html>canary</html>" })),
  "no type": json(grantOf(1, { token_type: undefined })),
  "another type": json(grantOf(1, { token_type: "N_A" })),
  "a token of another kind": json(grantOf(1, { issued_token_type: "urn:ietf:params:oauth:token-type:saml2" })),
  "10 MB of JSON": json(grantOf(1, { padding: megabytes(10) })),
  "10 MB of blanks before the JSON": json(" ".repeat(10 * 1024 * 1024) + JSON.stringify(grantOf(1))),
};

table(
  "an answer that is no grant is malformed",
  { rows: Object.entries(malformed).map(([name, answer]) => ({ name, serve: { [tokens]: answer } })) },
  ask,
  (_, { outcome, state, warnings, asked }, server) => {
    assert.equal(outcome.error?.code, "auth/exchange-malformed", JSON.stringify(outcome));
    assert.equal(outcome.error.retryable, true, "a proxy may have answered for a moment");
    assert.deepEqual([state.status, state.error.code], ["error", "auth/exchange-malformed"]);
    assert.equal(typeof state.retryAtMs, "number");
    assert.deepEqual(warnings, ["auth/exchange-malformed"]);
    assert.ok(server.count(tokens) <= 2 && asked <= 2, "one quick second try, and no storm");
  },
);

table(
  "a grant in unusual clothes",
  {
    rows: Object.entries({
      200: ({ json }) => json(200, grantOf(1)),
      "a byte order mark": json(`\ufeff${JSON.stringify(grantOf(1))}`),
      "text/plain": ({ send }) => send(201, "text/plain", JSON.stringify(grantOf(1))),
      "the type in capitals": json(grantOf(1, { token_type: "BEARER" })),
      "no issued_token_type": json(grantOf(1, { issued_token_type: undefined })),
      "a JWT": json(grantOf(1, { issued_token_type: "urn:ietf:params:oauth:token-type:jwt" })),
      "unknown members and a refresh token": json(
        grantOf(1, { refresh_token: "canary-refresh", scope: "x", other: [] }),
      ),
      "60 KiB": json(grantOf(1, { padding: "x".repeat(60 * 1024) })),
    }).map(([name, answer]) => ({ name, serve: { [tokens]: answer } })),
  },
  ask,
  (_, { outcome, state }) => {
    assert.equal(outcome.value, "canary-session-1", JSON.stringify(outcome));
    assert.equal(state.status, "identified");
  },
);

const nest = (status) => ({ message: "Invalid OAuth subject token", statusCode: status });
const refusals = [
  // A refused subject token is not posted again; another one is tried, which the callback gives when it is forced.
  { status: 400, body: nest(400), code: "auth/exchange-rejected", exchanges: 2 },
  {
    status: 400,
    body: { message: ["a", "b"], error: "Bad Request", statusCode: 400 },
    code: "auth/exchange-rejected",
    exchanges: 2,
  },
  { status: 401, body: nest(401), code: "auth/exchange-rejected", exchanges: 2 },
  { status: 400, body: { error: "invalid_request" }, code: "auth/exchange-rejected", exchanges: 2 },
  { status: 400, body: { error: "invalid_grant" }, code: "auth/exchange-rejected", exchanges: 2 },
  { status: 422, body: {}, code: "auth/exchange-rejected", exchanges: 2 },
  // Another subject token would not help.
  {
    status: 403,
    body: { message: "Forbidden resource", statusCode: 403 },
    code: "auth/exchange-rejected",
    exchanges: 1,
  },
  { status: 404, body: "Cannot POST", code: "auth/exchange-rejected", exchanges: 1 },
  { status: 402, body: {}, code: "auth/exchange-rejected", exchanges: 1 },
  { status: 400, body: { error: "invalid_client" }, code: "auth/exchange-rejected", exchanges: 1 },
  { status: 400, body: { error: "unsupported_grant_type" }, code: "auth/exchange-rejected", exchanges: 1 },
  // These may pass.
  { status: 408, body: "", code: "network/timeout", exchanges: 2, heals: true },
  { status: 429, body: {}, code: "api/rate-limited", exchanges: 2, heals: true },
  { status: 500, body: "<html>canary</html>", code: "api/server", exchanges: 2, heals: true },
  { status: 502, body: "", code: "api/server", exchanges: 2, heals: true },
  { status: 503, body: {}, code: "api/server", exchanges: 2, heals: true },
  { status: 522, body: "", code: "api/server", exchanges: 2, heals: true },
];

table(
  "every status of the token endpoint has a code",
  {
    rows: refusals.map((row) => ({
      ...row,
      name: `${row.status} ${JSON.stringify(row.body)}`,
      serve: {
        [tokens]: ({ json, send }) =>
          typeof row.body === "string" ? send(row.status, "text/html", row.body) : json(row.status, row.body),
      },
    })),
  },
  ask,
  ({ status, code, exchanges, heals = false }, { outcome, state, warnings }, server) => {
    const { error } = outcome;
    assert.deepEqual([error?.code, error?.status, error?.retryable], [code, status, heals], JSON.stringify(outcome));
    assert.deepEqual([state.status, typeof state.retryAtMs === "number"], ["error", heals]);
    assert.deepEqual(warnings, [code]);
    // Chromium itself repeats what is answered 408 on a connection that was used before.
    if (status !== 408) assert.equal(server.count(tokens), exchanges);
    assert.equal(new Set(server.calls.map(({ body }) => body)).size, heals ? 1 : exchanges, "no refused token twice");
  },
);

table(
  "another subject token is tried when one is refused",
  {
    rows: [400, 401].map((status) => ({
      name: String(status),
      serve: { [tokens]: ({ json, nth }) => (nth === 1 ? json(status, nest(status)) : json(201, grantOf(nth))) },
    })),
  },
  ask,
  (_, { outcome, asked, state, warnings }, server) => {
    assert.equal(outcome.value, "canary-session-2");
    assert.deepEqual([asked, server.count(tokens), state.status], [2, 2, "identified"]);
    assert.deepEqual(warnings, []);
  },
);

const broken = {
  "a body that never ends": [
    ({ response }) => response.writeHead(200, { "content-type": "application/json" }).write('{"access_token":"canary'),
    "network/timeout",
  ],
  "no answer at all": [() => {}, "network/timeout"],
  "a connection that breaks in the middle": [
    ({ response }) => {
      response
        .writeHead(200, { "content-type": "application/json", "content-length": "1000" })
        .write('{"access_token":"can');
      setTimeout(() => response.destroy(), 50);
    },
    "network/failed",
  ],
  "a connection that breaks at once": [({ response }) => response.destroy(), "network/failed"],
  "a redirect": [({ response }) => response.writeHead(307, { location: "/elsewhere" }).end(), "network/failed"],
};

table(
  "an answer that does not arrive",
  {
    rows: Object.entries(broken).map(([name, [answer, code]]) => ({
      name,
      code,
      serve: { [tokens]: answer },
      given: { timeouts: { exchangeMs: 1_000 } },
    })),
  },
  ask,
  ({ code }, { outcome, state }, server) => {
    assert.deepEqual([outcome.error?.code, outcome.error?.retryable], [code, true], JSON.stringify(outcome));
    assert.equal(typeof state.retryAtMs, "number");
    assert.equal(server.count("POST /elsewhere"), 0, "the subject token goes nowhere else");
  },
);

/** What a server may repeat of what it was sent, and where. */
const echoes = {
  "message, text": (words) => ({ message: words, statusCode: 401 }),
  "message, list": (words) => ({ message: [words, words], statusCode: 400 }),
  detail: (words) => ({ type: `urn:tambo:error:${words}`, title: words, detail: words, instance: words, code: words }),
  OAuth: (words) => ({ error: words, error_description: words, error_uri: words }),
  "plain text": (words) => words,
};

table(
  "what a server repeats of its request is not repeated by us",
  {
    rows: ["key", "opaque subject", "JWT subject"].flatMap((what) =>
      Object.entries(echoes).map(([place, body]) => ({
        name: `${what} in ${place}`,
        given: { what },
        serve: {
          [tokens]: ({ call, json, send }) => {
            const subject = new URLSearchParams(call.body).get("subject_token");
            const secret = what === "key" ? call.headers["x-api-key"] : subject;
            const told = body(`Invalid token "${secret}", sorry`);
            if (typeof told === "string") send(401, "text/plain", told);
            else json(401, told, { "x-request-id": String(secret), "access-control-expose-headers": "x-request-id" });
          },
        },
      })),
    ),
  },
  async ({ createClient, apiKey, jwt, isThreadpassError }, { url, what }) => {
    const secret = what === "JWT subject" ? jwt({ sub: "user-1" }) : "canary-subject";
    // Without the usual tools, so that a leak fails its own row only.
    const heard = [];
    const logger = (entry) => heard.push(JSON.stringify(entry));
    const onWarning = (error) => heard.push(String(error));
    const client = createClient({ backend: "tambo", apiKey, baseUrl: url, userToken: () => secret, logger, onWarning });
    const error = await client.auth.getToken().catch((error) => error);
    heard.push(error.message, error.stack, JSON.stringify(error), JSON.stringify(client.inspect()));
    heard.push(JSON.stringify(client.auth.getSnapshot()));
    client.dispose();
    const leaks = heard.filter((text) => /canary|eyJ/.test(text));
    return { isOurs: isThreadpassError(error), code: error.code, leaks: leaks.length };
  },
  (_, result) => assert.deepEqual(result, { isOurs: true, code: "auth/exchange-rejected", leaks: 0 }),
);
