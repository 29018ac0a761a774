//! Tokens of the app's own identity provider: who is admitted by which rule, and what they get for them.

use reqwest::StatusCode;
use serde_json::{Value, json};
use threadpass_devserver::{AssistantCloudSettings, CloudRule, Config, Workspace};

use super::client::{User, claims, refusal};
use crate::client::{Answer, Backend};
use crate::issuer::{Issuer, Key, now, signed_with_secret, unsigned};

async fn start(rules: Vec<CloudRule>) -> Backend {
    let assistant_cloud = AssistantCloudSettings { rules, ..AssistantCloudSettings::default() };
    Backend::start(Config { assistant_cloud, ..Config::default() }).await
}

/// The token an answer carries.
fn rotated(answer: &Answer) -> Option<String> {
    let value = answer.headers.get("authorization")?.to_str().unwrap();
    Some(value.strip_prefix("Bearer ").unwrap().to_owned())
}

async fn list(backend: &Backend, token: &str) -> Answer {
    User::new(backend, token).get("/threads").await
}

/// Like a template of Clerk's with an audience.
fn clerk_like(issuer: &Issuer) -> CloudRule {
    CloudRule { audience: Some("assistant-ui".into()), ..CloudRule::of_issuer(&issuer.url) }
}

#[tokio::test]
async fn a_providers_token_is_exchanged_in_the_answer_whatever_that_is() {
    let key = Key::new("k");
    let issuer = Issuer::start(&[&key]).await;
    let backend = start(vec![clerk_like(&issuer)]).await;
    let mut said = issuer.claims("alice");
    said["aud"] = json!("assistant-ui");
    let alice = User::new(&backend, &key.sign(&said));
    let answer = alice.get("/threads").await;
    assert_eq!(answer.status, StatusCode::OK);
    let token = rotated(&answer).unwrap();
    assert_eq!((&claims(&token)["sub"], &claims(&token)["workspace_id"]), (&json!("alice"), &json!("alice")));
    for (answer, status) in [
        (alice.get("/threads/thread_0nope").await, 404),
        (alice.post("/threads", json!({ "odd": 1 })).await, 400),
        (Answer::of(alice.request("POST", "/threads").body("{")).await, 400),
        (alice.get("/projects/threads").await, 403),
    ] {
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
        assert!(rotated(&answer).is_some(), "{status}");
    }
    let ours = User::new(&backend, &token);
    let thread = alice.thread().await;
    assert_eq!(ours.threads("").await, [thread]);
    assert_eq!(rotated(&ours.get("/threads").await), None, "a token of ours is not exchanged");
}

#[tokio::test]
async fn a_wrong_audience_or_issuer_is_refused() {
    let (key, other) = (Key::new("k"), Key::new("other"));
    let issuer = Issuer::start(&[&key]).await;
    let elsewhere = Issuer::start(&[&other]).await;
    let backend = start(vec![clerk_like(&issuer)]).await;
    let with = |changes: Value| {
        let mut said = issuer.claims("alice");
        said["aud"] = json!("assistant-ui");
        said.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        said
    };
    let unsigned = format!("{}.", unsigned(&json!({ "alg": "none" }), &with(json!({}))));
    let no_rule = "No rule fits this token";
    let not_genuine = "The token's signature cannot be verified";
    let cases = [
        (key.sign(&with(json!({ "aud": "another-app" }))), 403, no_rule),
        (key.sign(&with(json!({ "aud": null }))), 403, no_rule),
        (other.sign(&with(json!({ "iss": elsewhere.url }))), 403, no_rule),
        (other.sign(&with(json!({}))), 403, not_genuine),
        (unsigned, 403, not_genuine),
        (signed_with_secret(&with(json!({})), "0123456789abcdef0123456789abcdef"), 403, not_genuine),
        (key.sign(&with(json!({ "exp": now() - 1 }))), 401, "Token expired or not yet valid"),
        (key.sign(&with(json!({ "nbf": now() + 60 }))), 401, "Token expired or not yet valid"),
        (
            key.sign(&with(json!({ "sub": "a b" }))),
            403,
            "The token's sub has to be 1 to 255 characters without spaces",
        ),
        (
            key.sign(&with(json!({ "sub": "usr_anon_0abc" }))),
            403,
            "The token's sub is that of an anonymous user",
        ),
    ];
    for (token, status, error) in cases {
        let answer = list(&backend, &token).await;
        assert_eq!(refusal(&answer), (status, error.to_owned()));
        assert_eq!(rotated(&answer), None);
    }
    assert_eq!(list(&backend, &key.sign(&with(json!({ "aud": ["x", "assistant-ui"] })))).await.status, 200);
}

#[tokio::test]
async fn keys_from_an_address_of_their_own() {
    let key = Key::new("k");
    let issuer = Issuer::start(&[&key]).await;
    let jwks_url = Some(format!("{}/keys", issuer.url));
    let rule = CloudRule { jwks_url, ..CloudRule::of_issuer("https://clerk.example.test") };
    let backend = start(vec![rule]).await;
    let token = key.sign(&json!({ "iss": "https://clerk.example.test", "sub": "alice", "exp": now() + 60 }));
    assert_eq!(list(&backend, &token).await.status, 200);
    assert_eq!(issuer.served(), (0, 1), "no discovery, and the keys once");
}

#[tokio::test]
async fn whose_threads_a_rule_opens() {
    let key = Key::new("k");
    let issuer = Issuer::start(&[&key]).await;
    let rule = |audience: &str, workspace| CloudRule {
        audience: Some(audience.into()),
        workspace,
        ..CloudRule::of_issuer(&issuer.url)
    };
    let backend = start(vec![
        rule("team", Workspace::Organisation),
        rule("team", Workspace::Personal),
        rule("all", Workspace::Project),
    ])
    .await;
    let token = |sub: &str, audience: &str, organisation: Option<&str>| {
        let mut said = issuer.claims(sub);
        said["aud"] = json!(audience);
        said["org_id"] = json!(organisation);
        key.sign(&said)
    };
    let user = |token: String| User::new(&backend, &token);
    let (alice, bob) = (user(token("alice", "team", Some("acme"))), user(token("bob", "team", Some("acme"))));
    let thread = alice.thread().await;
    assert_eq!(bob.threads("").await, vec![thread.clone()], "the organisation's");
    let stranger = user(token("bob", "team", Some("other")));
    assert_eq!(stranger.threads("").await, Vec::<String>::new());
    assert_eq!(stranger.get(&format!("/threads/{thread}")).await.status, 404);
    let personal = user(token("alice", "team", None));
    assert_eq!(personal.threads("").await, Vec::<String>::new(), "without an organisation, her own");
    let thread = user(token("alice", "all", None)).thread().await;
    assert_eq!(user(token("bob", "all", None)).threads("").await, [thread], "everybody's");
}

#[tokio::test]
async fn without_a_rule_trusted_issuers_are_admitted_and_no_others() {
    let key = Key::new("k");
    let issuer = Issuer::start(&[&key]).await;
    let config = Config { trusted_issuers: vec![issuer.url.clone()], ..Config::default() };
    let backend = Backend::start(config).await;
    let mut said = issuer.claims("alice");
    said["aud"] = json!("whatever");
    assert_eq!(list(&backend, &key.sign(&said)).await.status, 200);
    said["iss"] = json!("https://accounts.google.com");
    assert_eq!(list(&backend, &key.sign(&said)).await.status, 403);
}

#[tokio::test]
async fn a_project_that_verifies_by_itself_needs_no_rule() {
    let backend = Backend::open().await;
    let answer = list(&backend, &super::super::langgraph::client::token("alice")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(claims(&rotated(&answer).unwrap())["workspace_id"], "alice");
}
