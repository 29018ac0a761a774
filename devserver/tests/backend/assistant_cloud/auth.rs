//! Anonymous users, API keys, and tokens of ours.

use std::time::Duration;

use serde_json::{Value, json};
use threadpass_devserver::{AssistantCloudSettings, Config, Secret};

use super::client::{User, claims, open, refusal, url, wrong};
use crate::client::{Answer, Backend, open_project};
use crate::issuer::now;

const DAYS_30_MS: i64 = 30 * 24 * 60 * 60 * 1000;

async fn with(settings: AssistantCloudSettings) -> Backend {
    let projects = vec![open_project("default")];
    Backend::start(Config { projects, assistant_cloud: settings, ..Config::default() }).await
}

fn ms(value: &Value) -> i64 {
    let text = value.as_str().unwrap();
    let time = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap();
    (time.unix_timestamp_nanos() / 1_000_000) as i64
}

#[tokio::test]
async fn an_anonymous_user_has_a_token_of_five_minutes_and_one_of_thirty_days() {
    let backend = Backend::open().await;
    let body = open(&backend, "/auth/tokens/anonymous", Value::Null).await.json();
    let token = claims(body["access_token"].as_str().unwrap());
    let user = token["sub"].as_str().unwrap();
    assert!(user.starts_with("usr_anon_0") && user.len() == "usr_anon_".len() + 24, "{user}");
    assert_eq!(token["workspace_id"], token["sub"]);
    assert_eq!(token["iss"], backend.server.assistant_cloud().base_url);
    assert_eq!(token["project_id"], backend.server.projects().next().unwrap().id);
    let iat = token["iat"].as_i64().unwrap();
    assert_eq!((token["nbf"].as_i64(), token["exp"].as_i64()), (Some(iat - 10), Some(iat + 300)));
    let refresh = &body["refresh_token"];
    assert!(refresh["token"].as_str().unwrap().starts_with("refresh_0"));
    assert!((ms(&refresh["expires_at"]) - now() * 1000 - DAYS_30_MS).abs() < 60_000);
}

#[tokio::test]
async fn a_refresh_keeps_the_user_and_the_token_and_extends_it() {
    let backend = Backend::open().await;
    let first = open(&backend, "/auth/tokens/anonymous", Value::Null).await.json();
    let token = &first["refresh_token"]["token"];
    let again = open(&backend, "/auth/tokens/refresh", json!({ "refresh_token": token })).await.json();
    assert_eq!(again["refresh_token"]["token"], *token);
    assert!(ms(&again["refresh_token"]["expires_at"]) >= ms(&first["refresh_token"]["expires_at"]));
    let sub = |body: &Value| claims(body["access_token"].as_str().unwrap())["sub"].clone();
    assert_eq!(sub(&again), sub(&first));
    // 29 days later it is good, and for another 30 days; without that it would end after 30.
    for days in [29_i64, 58] {
        let request = backend.http.post(url(&backend, "/auth/tokens/refresh"));
        let request = request.header("x-dev-fault", format!("skew={}", days * 86_400));
        let answer = Answer::of(request.body(json!({ "refresh_token": token }).to_string())).await;
        assert_eq!(answer.status, 200, "{days}: {answer:?}");
    }
    let request = backend.http.post(url(&backend, "/auth/tokens/refresh"));
    let request = request.header("x-dev-fault", format!("skew={}", 89 * 86_400));
    let answer = Answer::of(request.body(json!({ "refresh_token": token }).to_string())).await;
    assert_eq!(refusal(&answer), (403, "Invalid refresh token".into()));
}

#[tokio::test]
async fn refresh_tokens_that_are_none() {
    let backend = Backend::open().await;
    let refresh = async |body: Value| open(&backend, "/auth/tokens/refresh", body).await;
    assert_eq!(wrong(&refresh(json!({})).await), ["refresh_token"]);
    assert_eq!(wrong(&refresh(Value::Null).await), ["refresh_token"]);
    for token in ["refresh_0unknown", "other_0abc", ""] {
        let answer = refresh(json!({ "refresh_token": token })).await;
        assert_eq!(refusal(&answer), (403, "Invalid refresh token".into()), "{token:?}");
    }
}

#[tokio::test]
async fn nobody_is_anonymous_where_the_settings_say_so() {
    let backend =
        with(AssistantCloudSettings { anonymous: false, ..AssistantCloudSettings::default() }).await;
    for path in ["/auth/tokens/anonymous", "/auth/tokens/refresh"] {
        let answer = open(&backend, path, json!({ "refresh_token": "refresh_0a" })).await;
        assert_eq!(refusal(&answer), (403, "Anonymous access is disabled".into()), "{path}");
    }
}

#[tokio::test]
async fn a_server_makes_tokens_with_its_key_and_nobody_else_does() {
    let key = Secret::new("sk_aui_proj_fixed_for_this_test");
    let lifetime = Duration::from_secs(7);
    let backend = with(AssistantCloudSettings {
        api_key: Some(key.clone()),
        workspace_token_lifetime: lifetime,
        ..AssistantCloudSettings::default()
    })
    .await;
    assert_eq!(backend.server.assistant_cloud().api_key, key);
    let server = User::by_key(&backend, "alice", "acme");
    let token = server.done("POST", "/auth/tokens", Value::Null).await["token"].as_str().unwrap().to_owned();
    let said = claims(&token);
    assert_eq!((&said["sub"], &said["workspace_id"]), (&json!("alice"), &json!("acme")));
    assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 7);
    let alice = User::new(&backend, &token);
    assert_eq!(refusal(&alice.post("/auth/tokens", Value::Null).await).0, 403);
    let thread = alice.thread().await;
    assert_eq!(server.threads("").await, [thread], "the same workspace");
}

#[tokio::test]
async fn a_key_that_was_replaced_is_refused() {
    let backend = Backend::open().await;
    let before = User::by_key(&backend, "alice", "acme");
    let answer = Answer::of(backend.control("POST", "rotate-keys")).await.json();
    let key = backend.server.assistant_cloud().api_key;
    assert_eq!(answer["assistantCloud"], json!({ "apiKey": key.reveal() }));
    assert_eq!(refusal(&before.get("/threads").await), (403, "Unknown API key".into()));
    assert_eq!(User::by_key(&backend, "alice", "acme").get("/threads").await.status, 200);
}

#[tokio::test]
async fn whom_a_key_speaks_for() {
    let backend = Backend::open().await;
    let key = backend.server.assistant_cloud().api_key.reveal().to_owned();
    let token_of = async |headers: &[(&str, &str)]| {
        let request = User::new(&backend, &key).request("POST", "/auth/tokens");
        Answer::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    };
    let said = claims(token_of(&[]).await.json()["token"].as_str().unwrap());
    assert_eq!(said["sub"], "__SYSTEM__");
    let long = "a".repeat(256);
    for (name, value) in [
        ("aui-user-id", ""),
        ("aui-user-id", "a b"),
        ("aui-workspace-id", "a\tb"),
        ("aui-workspace-id", &long),
    ] {
        assert_eq!(token_of(&[(name, value)]).await.status, 403, "{name} {value:?}");
    }
}

#[tokio::test]
async fn credentials_that_are_none() {
    let backend = Backend::open().await;
    let expired = json!({ "sub": "a", "workspace_id": "a", "exp": 1 });
    let foreign = crate::issuer::signed_with_secret(&expired, "another secret of the right length");
    let cases = [
        (None, 401, "Missing bearer token"),
        (Some("Basic abc"), 401, "Missing bearer token"),
        (Some("Bearer"), 401, "Missing bearer token"),
        (Some("Bearer hello"), 403, "Unsupported authorization value"),
        (Some("Bearer <!doctype html>"), 403, "Unsupported authorization value"),
        (Some("Bearer sk_aui_proj_other"), 403, "Unknown API key"),
        (Some(&*format!("Bearer {foreign}")), 401, "Invalid token"),
    ];
    for (value, status, error) in cases {
        let request = backend.http.get(url(&backend, "/threads"));
        let answer = Answer::of(match value {
            Some(value) => request.header("authorization", value),
            None => request,
        })
        .await;
        assert_eq!(refusal(&answer), (status, error.to_owned()), "{value:?}");
        assert!(!answer.headers.contains_key("authorization"));
    }
}

#[tokio::test]
async fn a_token_ends_and_can_be_revoked() {
    let backend = Backend::open().await;
    let (user, refresh) = User::anonymous(&backend).await;
    let at = async |skew: i64| {
        let request = user.request("GET", "/threads").header("x-dev-fault", format!("skew={skew}"));
        let answer = Answer::of(request).await;
        (answer.status.as_u16(), answer.json()["error"].clone())
    };
    assert_eq!(at(290).await.0, 200);
    assert_eq!(at(301).await, (401, json!("Token expired")));
    assert_eq!(at(-60).await, (401, json!("Token not yet valid")));
    assert_eq!(Answer::of(backend.control("POST", "revoke")).await.status, 204);
    assert_eq!(refusal(&user.get("/threads").await), (401, "Invalid token".into()));
    let again = open(&backend, "/auth/tokens/refresh", json!({ "refresh_token": refresh })).await.json();
    let user = User::new(&backend, again["access_token"].as_str().unwrap());
    assert_eq!(user.get("/threads").await.status, 200);
}

#[tokio::test]
async fn pages_may_call_and_read_the_rotated_token() {
    let backend = Backend::open().await;
    let origin = "http://localhost:5173";
    for (method, path) in [("PUT", "/threads/thread_0a"), ("DELETE", "/threads/thread_0a"), ("GET", "/nope")]
    {
        let request = backend.http.request(reqwest::Method::OPTIONS, url(&backend, path));
        let request = request.header("origin", origin).header("access-control-request-method", method);
        let asked = "authorization,content-type,aui-sdk";
        let answer = Answer::of(request.header("access-control-request-headers", asked)).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        assert_eq!(answer.headers["access-control-allow-headers"], asked);
        assert!(answer.headers["access-control-allow-methods"].to_str().unwrap().contains(method));
    }
    let answer = Answer::of(backend.http.get(url(&backend, "/threads")).header("origin", origin)).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert_eq!(answer.headers["access-control-expose-headers"], "Authorization, Retry-After");
    let elsewhere = backend.http.post(url(&backend, "/auth/tokens/anonymous"));
    let answer = Answer::of(elsewhere.header("origin", "https://elsewhere.example")).await;
    assert_eq!(answer.status, 403);
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn what_is_not_there() {
    let backend = Backend::open().await;
    assert_eq!(Answer::of(backend.http.get(url(&backend, "/healthz"))).await.json(), json!({ "ok": true }));
    let (user, _) = User::anonymous(&backend).await;
    for (method, path) in [("GET", "/nope"), ("GET", "/threads/"), ("PATCH", "/threads"), ("GET", "/events")]
    {
        let answer = user.call(method, path, Value::Null).await;
        assert_eq!(refusal(&answer), (404, "Not Found".into()), "{method} {path}");
    }
}
