/**
 * Stands in for Supabase's sign-in, on loopback and in memory, as `@supabase/auth-js` knows it. Not to be trusted with anybody.
 *
 * node supabase.mjs [--port 0] [--lifetime 3600] [--reuse 10] [--confirm]
 *
 * Prints one line of JSON when it is ready: {"supabase", "anonKey", "serviceKey", "jwtSecret"}. Ends when its standard input
 * ends. With --confirm, addresses are confirmed by a link, which it prints to standard error instead of mailing it.
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Problem } from "./supabase/problem.mjs";
import { makeSessions } from "./supabase/sessions.mjs";
import { makeUsers } from "./supabase/users.mjs";

const apiVersion = "2024-01-01";
const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,POST,PUT,DELETE,OPTIONS",
  "access-control-expose-headers": "X-Total-Count, Link, X-Supabase-Api-Version",
  "x-supabase-api-version": apiVersion,
};

function optionsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "0" },
      lifetime: { type: "string", default: "3600" },
      reuse: { type: "string", default: "10" },
      confirm: { type: "boolean", default: false },
    },
  });
  const [port, lifetime, reuse] = [values.port, values.lifetime, values.reuse].map(Number);
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) throw new Error("--port should be a port number");
  if (!(Number.isInteger(lifetime) && lifetime > 0)) throw new Error("--lifetime should be a number of seconds");
  if (!(reuse >= 0)) throw new Error("--reuse should be a number of seconds");
  return { port, lifetime, reuse, confirm: values.confirm };
}

/** The routes. What one of them returns is the body; a number is a status without a body. */
function routes({ users, sessions, url }) {
  const grants = {
    password: ({ email, password }) => sessions.open(users.signIn(email, password)),
    refresh_token: ({ refresh_token }) => sessions.refresh(refresh_token),
  };
  return {
    "POST /signup"({ email, password, data }, { query }) {
      const { user, token } = users.signUp(email, password, data);
      if (user.email_confirmed_at) return sessions.open(user);
      const link = new URLSearchParams({ token: token ?? "", type: "signup" });
      if (query.has("redirect_to")) link.set("redirect_to", query.get("redirect_to"));
      if (token) console.error(`${user.email} confirms with ${url}/verify?${link}`);
      return user;
    },
    "POST /token"(body, { query }) {
      const grant = grants[query.get("grant_type")];
      if (!grant) throw new Problem(400, "invalid_credentials", "unsupported_grant_type");
      return grant(body);
    },
    async "GET /verify"(_body, { query }) {
      const session = await sessions.open(users.verify(query.get("token")));
      const back = query.get("redirect_to");
      if (!back) return session;
      const told = Object.entries(session).filter(([name]) => name !== "user");
      return { location: `${back}#${new URLSearchParams([...told, ["type", "signup"]])}` };
    },
    "GET /user": async (_body, { headers }) => (await sessions.check(headers.authorization)).user,
    "PUT /user": async (body, { headers }) => users.update((await sessions.check(headers.authorization)).user, body),
    async "POST /logout"(_body, { headers, query }) {
      sessions.close((await sessions.check(headers.authorization)).session, query.get("scope") ?? "global");
      return 204;
    },
  };
}

async function bodyOf(request) {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    throw new Problem(400, "bad_json", "Could not parse request body as JSON");
  }
}

async function answer(request, response, table, keys) {
  const { pathname, searchParams: query } = new URL(request.url, "http://x");
  const { headers } = request;
  const handle = table[`${request.method} ${pathname.replace("/auth/v1", "")}`];
  const json = (status, body, more = {}) =>
    response.writeHead(status, { ...cors, "content-type": "application/json", ...more }).end(JSON.stringify(body));
  try {
    // The link in a mail is opened without it.
    if (!keys.includes(headers.apikey) && pathname !== "/auth/v1/verify")
      return json(401, { message: "Invalid API key", hint: "Send the project's key as `apikey`." });
    if (!handle) throw new Problem(404, "not_found", "there is nothing here");
    const body = await handle(await bodyOf(request), { headers, query });
    if (typeof body === "number") return response.writeHead(body, cors).end();
    if (body.location) return response.writeHead(303, { ...cors, location: body.location }).end();
    json(200, body);
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem(500, "unexpected_failure", String(error));
    const isVersioned = (headers["x-supabase-api-version"] ?? "") >= apiVersion;
    json(problem.status, problem.body(isVersioned), { "x-sb-error-code": problem.code });
  }
}

async function start({ port, lifetime, reuse, confirm }) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const url = `${origin}/auth/v1`;
  const [anonKey, serviceKey, jwtSecret] = [0, 1, 2].map(() => randomBytes(24).toString("hex"));
  const users = makeUsers({ confirm });
  const sessions = makeSessions({ issuer: url, secret: jwtSecret, lifetime, reuse, userOf: users.get });
  const table = routes({ users, sessions, url });
  server.on("request", (request, response) => {
    if (request.method !== "OPTIONS") return answer(request, response, table, [anonKey, serviceKey]);
    const asked = request.headers["access-control-request-headers"] ?? "";
    response.writeHead(204, { ...cors, "access-control-allow-headers": asked }).end();
  });
  return { supabase: origin, anonKey, serviceKey, jwtSecret };
}

try {
  const ready = await start(optionsOf(process.argv.slice(2)));
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  process.stdin.on("end", () => process.exit()).resume();
} catch (error) {
  console.error(`The stand-in for Supabase could not be started: ${error.message}`);
  process.exitCode = 1;
}
