import assert from "node:assert/strict";
import { isApiCall, isExchange } from "./support/backend.mjs";
import { scene } from "./support/scene.mjs";

for (const algorithm of /** @type {const} */ (["RS256", "ES256"]))
  scene(`somebody signs in with ${algorithm}, talks, comes back and signs out`, { algorithm }, async (stage) => {
    const { backend, issuer, page: home } = stage.demo;
    const alice = await stage.newcomer();
    await alice.signIn("Alice");
    assert.equal(new URL(alice.page.url()).search, "", "the provider's answer is gone from the URL");

    // A chat is made, listed and named with its first message, and the answer streams in.
    await alice.send("slow 3");
    const growing = alice.answers.locator(".message-text");
    await growing.filter({ hasText: /^This answer/ }).waitFor();
    const early = (await growing.innerText()).length;
    await alice.thread("slow 3").waitFor();
    await alice.isDone();
    assert.ok((await growing.innerText()).length > early, "more of the answer came in while it was shown");
    await alice.newChat();
    await alice.ask("hello", "Hello from the fake model.");
    await alice.thread("hello").waitFor();
    assert.deepEqual(await alice.threads.locator(".thread-title").allInnerTexts(), ["hello", "slow 3"]);

    // The backend believed the token because of the provider's published key, and of nothing else.
    const calls = await backend.calls();
    assert.deepEqual(
      calls.filter(isExchange).map(({ status }) => status),
      [201],
    );
    assert.ok(calls.filter(isApiCall).every(({ bearer, userKey }) => bearer && !userKey));
    const idToken = await keptIdToken(alice.page, issuer);
    assert.equal(JSON.parse(Buffer.from(idToken.split(".")[0], "base64url").toString()).alg, algorithm);
    assert.equal(await exchanged(backend, idToken), 201);
    assert.equal(await exchanged(backend, withOtherSubject(idToken)), 401);

    // A reload comes back to the same chat; the other one is read when it is opened.
    await alice.page.reload();
    await alice.isHere("Alice");
    await alice.answers.filter({ hasText: "Hello from the fake model." }).waitFor();
    await alice.openThread("slow 3");
    await alice.answers.filter({ hasText: "This answer takes its time" }).waitFor();

    // Signing out also ends the provider's session, so the next one is asked who they are.
    await alice.signOut();
    assert.equal(alice.page.url(), home);
    assert.equal(await keptIdToken(alice.page, issuer), undefined);
    await alice.page.getByTestId("start-sign-in").click();
    await alice.page.getByLabel("Your name").waitFor();
    await alice.page.getByRole("button", { name: "Back without signing in" }).click();
    await alice.banner.filter({ hasText: "The sign-in was not finished" }).waitFor();
  });

/** The ID token that the provider's client keeps for the page. */
function keptIdToken(page, issuer) {
  return page.evaluate((issuer) => {
    const key = Object.keys(localStorage).find((key) => key.startsWith(`oidc.user:${issuer}`));
    return key && JSON.parse(localStorage[key]).id_token;
  }, issuer);
}

/** The same signature under other words. */
function withOtherSubject(token) {
  const [head, body, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  return [head, Buffer.from(JSON.stringify({ ...claims, sub: "bob" })).toString("base64url"), signature].join(".");
}

/** How the backend answers when it is asked directly for a session token. */
async function exchanged({ url, apiKey }, idToken) {
  const form = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: idToken,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
  });
  const response = await fetch(`${url}/oauth/token`, { method: "POST", headers: { "x-api-key": apiKey }, body: form });
  return response.status;
}
