/** A sign-in's side of OpenID Connect: where its keys are, and tokens that are signed with one of them. */
import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const kid = "suite";
const algorithm = "ES256";
/** How long its tokens last, in seconds. */
const lifetime = 3_600;

export async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const keys = [{ ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" }];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", url);
    const found = {
      "/.well-known/openid-configuration": { issuer: url, jwks_uri: `${url}/jwks` },
      "/jwks": { keys },
    }[pathname];
    response.writeHead(found ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(found ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    /** A token for somebody. @param {string} sub @param {object} [claims] */
    tokenOf: (sub, claims = {}) =>
      new SignJWT({ email: `${sub}@example.test`, ...claims })
        .setProtectedHeader({ alg: algorithm, kid })
        .setIssuer(url)
        .setSubject(sub)
        .setIssuedAt()
        .setExpirationTime(`${lifetime} s`)
        .sign(privateKey),
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
