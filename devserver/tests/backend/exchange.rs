use std::time::Duration;

use serde_json::json;
use threadpass_devserver::{Config, ProjectConfig, Secret, Verification};

use crate::client::{Answer, Backend, form_body, json_body, open_project};
use crate::issuer::{now, signed_with_secret};

#[tokio::test]
async fn the_session_lives_as_long_as_allowed_and_no_longer_than_its_subject() {
    let config = |seconds| Config {
        projects: vec![open_project("default")],
        token_lifetime: Duration::from_secs(seconds),
        ..Config::default()
    };
    let token = |exp: serde_json::Value| signed_with_secret(&json!({ "sub": "a", "exp": exp }), "x");
    for (cap, subject, expected) in [
        (20, "opaque".to_owned(), 20),
        (20, token(json!(now() + 600)), 20),
        (3600, token(json!(now() + 600)), 600),
        (3600, token(json!(now() + 100_000)), 3600),
    ] {
        let backend = Backend::start(config(cap)).await;
        let answer = backend.exchange(&subject).await;
        let seconds = answer.json()["expires_in"].as_i64().unwrap();
        assert!((expected - 2..=expected).contains(&seconds), "{cap} {seconds}");
    }
}

#[tokio::test]
async fn the_same_exchange_in_one_second_gives_the_same_token() {
    let backend = Backend::open().await;
    let mut same = false;
    for _ in 0..5 {
        let (one, two) = (backend.exchange("opaque").await.json(), backend.exchange("opaque").await.json());
        same |= one == two;
    }
    assert!(same);
}

#[tokio::test]
async fn fields_are_checked_before_the_token() {
    let backend = Backend::open().await;
    let fields = |token: &str| json!({ "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": token, "subject_token_type": "urn:ietf:params:oauth:token-type:id_token" });
    let ask = |body: serde_json::Value| {
        let request = json_body(backend.request("POST", "/oauth/token"), &body);
        async move { Answer::of(request).await.summary() }
    };
    assert_eq!(ask(fields("")).await, (400, "[\"subject_token should not be empty\"]".into()));
    assert_eq!(ask(fields(&"x".repeat(8192))).await.0, 201);
    assert_eq!(ask(fields(&"x".repeat(8193))).await, (400, "Subject token too large".into()));
    let mut scoped = fields("x");
    scoped["scope"] = json!(["a"]);
    assert_eq!(ask(scoped).await, (400, "[\"scope must be a string\"]".into()));
    let empty = Answer::of(form_body(backend.request("POST", "/oauth/token"), &[])).await;
    assert_eq!(empty.json()["message"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_shared_secret_decides() {
    let secret = "0123456789abcdef0123456789abcdef";
    let project = ProjectConfig::new("default", Verification::Symmetric { secret: Secret::new(secret) });
    let backend = Backend::start(Config { projects: vec![project], ..Config::default() }).await;
    let invalid = (401, "Invalid OAuth subject token".to_owned());
    let good = json!({ "sub": "a", "exp": now() + 60 });
    assert_eq!(backend.exchange(&signed_with_secret(&good, secret)).await.status, 201);
    for token in [
        signed_with_secret(&good, "another secret"),
        signed_with_secret(&json!({ "sub": "a", "exp": now() - 1 }), secret),
        signed_with_secret(&json!({ "sub": "a", "exp": now() }), secret),
        signed_with_secret(&json!({ "sub": "a", "exp": "never" }), secret),
        signed_with_secret(&json!({ "sub": "a", "nbf": now() + 60 }), secret),
        "opaque".into(),
    ] {
        assert_eq!(backend.exchange(&token).await.summary(), invalid);
    }
    let nobody = signed_with_secret(&json!({ "exp": now() + 60 }), secret);
    assert_eq!(backend.exchange(&nobody).await.summary().1, "Subject token missing subject (sub)");
}
