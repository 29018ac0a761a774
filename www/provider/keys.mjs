/** Signing keys, made anew at each start. */
import { exportJWK, generateKeyPair } from "jose";

/** The algorithms the provider can sign ID tokens with. */
export const algorithms = ["RS256", "ES256"];

/** A private key for each algorithm, as a JWK set. */
export async function makeKeys() {
  const keys = algorithms.map(async (alg) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: `demo-${alg.toLowerCase()}` };
  });
  return { keys: await Promise.all(keys) };
}
