/** A backend with people who have threads. */
import { grantOf, tokens } from "../../browser/support/server.mjs";

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Somebody's token of the provider; another `edition` is a newer one. */
export const tokenOf = (name, edition = 1) =>
  [base64url({ alg: "none" }), base64url({ iss: "https://idp.test", sub: name, edition }), "canary"].join(".");

const subjectOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString()).sub;

/** A thread as Tambo sends it. */
export const thread = (id, name, minute) => {
  const at = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return { id, name, runStatus: "idle", createdAt: at, updatedAt: at };
};

/** Whose session a call is made in. */
export const callerOf = ({ headers }) => headers.authorization?.replace("Bearer canary-session-", "").split("-")[0];

/** Threads of a person: the newest first. */
export const threadsOf = (name, count) =>
  Array.from({ length: count }, (_, n) => thread(`thr_${name}_${count - n}`, `${name} ${count - n}`, count - n));

/** Routes that exchange anybody's token and list what they have, page by page. */
export const people = (threads) => ({
  [tokens]: ({ json, nth, call }) => {
    const name = subjectOf(new URLSearchParams(call.body).get("subject_token"));
    json(201, grantOf(nth, { access_token: `canary-session-${name}-${nth}` }));
  },
  "GET /v1/threads": ({ json, call }) => {
    const query = new URLSearchParams(call.path.split("?")[1]);
    const [from, limit] = [Number(query.get("cursor") ?? 0), Number(query.get("limit") ?? 20)];
    const all = threads(callerOf(call));
    const end = from + limit;
    const hasMore = end < all.length;
    json(200, { threads: all.slice(from, end), hasMore, ...(hasMore && { nextCursor: String(end) }) });
  },
});
