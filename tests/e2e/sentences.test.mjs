import assert from "node:assert/strict";
import { test } from "node:test";
import { pageModule } from "./support/page-module.mjs";

const { tell } = await pageModule("network/sentences");
const { burstsOf, describeRequest } = await pageModule("network/trip");

/** A trip as it usually goes: one after the other, a tenth of a second each. */
const trip = (kind, id, more = {}) => {
  const times = { startMs: id * 100, answeredMs: id * 100 + 50, endMs: id * 100 + 90 };
  return { id, kind, label: kind, isFirst: false, status: 200, end: "done", ...times, ...more };
};
const underWay = { answeredMs: null, endMs: null, status: null, end: "open" };
const lost = { answeredMs: null, status: null, end: "failed" };

for (const [name, who, trips, expected] of [
  ["a call", "token", [trip("call", 1)], "One call went out with the session token at hand."],
  ["calls of a visitor", "visitor", [trip("call", 1), trip("call", 2)], "2 calls went out as the anonymous visitor."],
  ["a call under way", "token", [trip("call", 1, underWay)], "Nothing has come back yet."],
  [
    "a token first",
    "token",
    [trip("callback", 1, { status: null }), trip("exchange", 2), trip("call", 3), trip("answer", 4)],
    "A new session token was fetched first, then 2 calls went out with it.",
  ],
  [
    "a renewal ahead of time",
    "token",
    [trip("call", 1), trip("exchange", 2)],
    "A new session token was fetched; no call had to wait for it.",
  ],
  [
    "a refused token",
    "token",
    [trip("call", 1, { status: 401 }), trip("exchange", 2), trip("call", 3)],
    "The backend refused the session token (401) of one call. One new token was fetched, and what was refused was sent again.",
  ],
  [
    "two refused calls and no new token",
    "token",
    [trip("call", 1, { status: 401 }), trip("call", 2, { status: 401 }), trip("exchange", 3, { status: 503 })],
    "The backend refused the session token (401) of 2 calls. The backend gave no session token (503).",
  ],
  ["an exchange under way", "token", [trip("exchange", 1, underWay)], "A session token is being fetched."],
  [
    "an exchange without a network",
    "token",
    [trip("exchange", 1, lost)],
    "The backend could not be reached for a session token.",
  ],
  [
    "a provider that cannot be asked",
    "token",
    [trip("callback", 1, { ...lost, status: null })],
    "The app could not say who is signed in.",
  ],
  [
    "the app's own token first",
    "token",
    [trip("callback", 1, { status: null }), trip("call", 2), trip("call", 3)],
    "The app was asked for its token first, then 2 calls went out with it.",
  ],
  [
    "the app's own token ahead of time",
    "token",
    [trip("call", 1), trip("callback", 2, { status: null })],
    "The app was asked for its token; no call had to wait for it.",
  ],
  [
    "a refused token of the app's own",
    "token",
    [trip("call", 1, { status: 401 }), trip("callback", 2, { status: null }), trip("call", 3)],
    "The backend refused the session token (401) of one call. The app was asked for a new token, and what was refused was sent again.",
  ],
  [
    "calls without a network",
    "token",
    [trip("call", 1, lost), trip("answer", 2, lost)],
    "2 calls were cut off on the way.",
  ],
  ["a backend in trouble", "token", [trip("call", 1, { status: 503 })], "The backend answered 503."],
  [
    "an answer that comes in",
    "visitor",
    [trip("answer", 1, { endMs: null, status: 201, end: "open" })],
    "One call went out as the anonymous visitor. An answer is coming in.",
  ],
])
  test(`what traffic means: ${name}`, () => assert.equal(tell(trips, who), expected));

test("traffic falls into bursts at its pauses, and where something new is tried", () => {
  const trips = [trip("call", 1), trip("call", 2), trip("call", 30), trip("call", 31, { isFirst: true })];
  const keys = burstsOf(trips, 9_000).map(({ key, trips }) => [key, trips.length]);
  assert.deepEqual(keys, [
    [31, 1],
    [30, 1],
    [1, 2],
  ]);
  const growing = [trip("answer", 1, { endMs: null, end: "open" }), trip("call", 50)];
  assert.equal(burstsOf(growing, 5_000).length, 1, "what still comes in leaves no pause");
});

test("a request is called by what it asks for, without ids and queries", () => {
  const cases = [
    ["POST", "/oauth/token", "exchange", "token exchange"],
    ["POST", "/backend/v1/threads/runs", "answer", "POST threads/runs"],
    ["POST", "/v1/threads/thr_ab.c1/runs", "answer", "POST threads/…/runs"],
    ["DELETE", "/v1/threads/thr_ab.c1/runs/run_d.2", "call", "DELETE threads/…/runs/…"],
    ["GET", "/v1/threads", "call", "GET threads"],
    ["POST", "/assistant-cloud/v1/auth/tokens/anonymous", "exchange", "a visitor’s first token"],
    ["POST", "/assistant-cloud/v1/auth/tokens/refresh", "exchange", "a visitor’s next token"],
    ["PUT", "/assistant-cloud/v1/threads/thread_0ab/messages/msg_0cd", "call", "PUT threads/…/messages/…"],
    ["POST", "/assistant-cloud/v1/runs/stream", "call", "POST runs/stream"],
  ];
  for (const [method, path, kind, label] of cases) assert.deepEqual(describeRequest(method, path), { kind, label });
});
