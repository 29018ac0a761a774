/**
 * The demo's identity provider: OpenID Connect on loopback, by `oidc-provider`.
 *
 * node server.mjs --page http://127.0.0.1:5173/ [--port 0] [--lifetime 3600] [--algorithm RS256]
 *
 * Prints one line of JSON when it is ready: {"issuer", "clientId"}. Ends when its standard input ends.
 */
import "./quiet.mjs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import Provider from "oidc-provider";
import { clientId, configuration } from "./configuration.mjs";
import { algorithms } from "./keys.mjs";
import { signIn } from "./sign-in.mjs";

function optionsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      page: { type: "string" },
      port: { type: "string", default: "0" },
      lifetime: { type: "string", default: "3600" },
      algorithm: { type: "string", default: "RS256" },
    },
  });
  const [port, lifetime] = [Number(values.port), Number(values.lifetime)];
  if (!values.page || !URL.canParse(values.page)) throw new Error("--page should be the URL of the demo page");
  if (!(Number.isInteger(port) && port >= 0 && port < 65536)) throw new Error("--port should be a port number");
  if (!(Number.isInteger(lifetime) && lifetime > 0)) throw new Error("--lifetime should be a number of seconds");
  if (!algorithms.includes(values.algorithm)) throw new Error(`--algorithm should be ${algorithms.join(" or ")}`);
  return { page: new URL(values.page), port, lifetime, algorithm: values.algorithm };
}

async function start(options) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(options.port, "127.0.0.1", resolve));
  const host = `127.0.0.1:${server.address().port}`;
  const provider = new Provider(`http://${host}`, await configuration(options));
  provider.use(signIn(provider));
  provider.on("server_error", (_context, error) => console.error(error));
  const handle = provider.callback();
  server.on("request", (request, response) => {
    // A name that was made to point here (DNS rebinding) is not us.
    if (request.headers.host === host) return handle(request, response);
    response.writeHead(421).end();
  });
  return provider.issuer;
}

try {
  const issuer = await start(optionsOf(process.argv.slice(2)));
  process.stdout.write(`${JSON.stringify({ issuer, clientId })}\n`);
  process.stdin.on("end", () => process.exit()).resume();
} catch (error) {
  console.error(`The identity provider could not be started: ${error.message}`);
  process.exitCode = 1;
}
