//! Who is let in, and how those are refused who are not.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use threadpass_devserver::{Config, LangGraphSettings, ProjectConfig, Secret, Verification};

use super::client::{User, start, token};
use crate::client::{Answer, Backend, json_body, open_project};
use crate::issuer::{now, signed_with_secret};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

async fn ask(backend: &Backend, authorization: Option<&str>) -> Answer {
    let request = backend.http.get(format!("{}/threads/{}", backend.server.url(), uuid()));
    let request = request.header("origin", "http://localhost:5173");
    Answer::of(match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    })
    .await
}

fn uuid() -> &'static str {
    "01a1fcbf-0000-7000-8000-000000000001"
}

#[tokio::test]
async fn refusals_are_the_tutorials() {
    let backend = start().await;
    for nothing in [None, Some("Basic abc"), Some("")] {
        let answer = ask(&backend, nothing).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text.as_str()),
            (500, "Internal Server Error"),
            "{nothing:?}"
        );
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{nothing:?}");
    }
    let cases = [
        ("Bearer", 400, "not enough values to unpack (expected 2, got 1)"),
        ("Bearer a b", 400, "too many values to unpack (expected 2)"),
        ("Bearer garbage", 401, ""),
    ];
    for (value, status, detail) in cases {
        let answer = ask(&backend, Some(value)).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (status, json!({ "detail": detail })), "{value}");
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        assert_eq!(
            answer.headers["access-control-expose-headers"],
            "x-pagination-total, x-pagination-next, content-location"
        );
    }
}

#[tokio::test]
async fn a_page_from_elsewhere_gets_nothing_though_everybody_may_call() {
    let langgraph = LangGraphSettings { open: true, ..LangGraphSettings::default() };
    let backend = Backend::start(Config { langgraph, ..Config::default() }).await;
    for (origin, status) in [("https://elsewhere.example", 403), ("http://localhost:5173", 200)] {
        let request = backend.http.post(format!("{}/threads/search", backend.server.url()));
        let answer = Answer::of(request.header("origin", origin).json(&json!({}))).await;
        assert_eq!(answer.status.as_u16(), status, "{origin}");
        let is_readable = answer.headers.contains_key("access-control-allow-origin");
        assert_eq!(is_readable, status == 200, "{origin}");
    }
}

#[tokio::test]
async fn tokens_are_verified_as_the_project_does() {
    let verification = Verification::Symmetric { secret: Secret::new(SECRET) };
    let projects = vec![ProjectConfig::new("signed", verification), open_project("open")];
    let backend = Backend::start(Config { projects, ..Config::default() }).await;
    let signed = |exp: i64, secret: &str| signed_with_secret(&json!({ "sub": "alice", "exp": exp }), secret);
    let status = async |token: &str| ask(&backend, Some(&format!("Bearer {token}"))).await.status.as_u16();
    assert_eq!(status(&signed(now() + 60, SECRET)).await, 404, "let in, and the thread is not there");
    assert_eq!(status(&signed(now() - 1, SECRET)).await, 401, "expired");
    assert_eq!(status(&signed(now() + 60, "another secret of the same length")).await, 401, "forged");
    assert_eq!(status(&token("alice")).await, 401, "not signed");
    // The key of another project picks its way of verifying.
    let key = backend.server.key("open").unwrap();
    let request = backend.http.get(format!("{}/threads/{}", backend.server.url(), uuid()));
    let answer = Answer::of(request.header("x-api-key", key.reveal()).bearer_auth(token("alice"))).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_needs_no_token() {
    let backend = start().await;
    let get =
        async |path: &str| Answer::of(backend.http.get(format!("{}{path}", backend.server.url()))).await;
    assert_eq!(get("/ok").await.json(), json!({ "ok": true, "services": {} }));
    assert!(get("/info").await.json()["version"].is_string());
    let preflight =
        backend.http.request(reqwest::Method::OPTIONS, format!("{}/threads", backend.server.url()));
    let preflight = preflight.header("origin", "http://localhost:5173");
    let answer =
        Answer::of(preflight.header("access-control-request-headers", "authorization,last-event-id")).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "OK"));
    assert_eq!(answer.headers["access-control-allow-headers"], "authorization,last-event-id");
}

#[tokio::test]
async fn an_open_server_asks_nobody() {
    let langgraph = LangGraphSettings { open: true, heartbeat: Duration::from_secs(5) };
    let backend =
        Backend::start(Config { projects: vec![open_project("default")], langgraph, ..Config::default() })
            .await;
    let request = backend.http.post(format!("{}/threads", backend.server.url()));
    let thread = Answer::of(json_body(request, &json!({}))).await.json();
    assert_eq!(thread["metadata"], json!({}));
    assert!(backend.server.deviations()[0].contains("ask for no token"));
    let alice = User::new(&backend, "alice");
    let seen = alice.get(&format!("/threads/{}", thread["thread_id"].as_str().unwrap())).await;
    assert_eq!(seen.json()["thread_id"], thread["thread_id"], "whoever asks");
}

#[tokio::test]
async fn other_peoples_things_are_not_there() {
    let backend = start().await;
    let (alice, bob) = (User::new(&backend, "alice"), User::new(&backend, "bob"));
    let thread = alice.thread().await;
    let run = alice.stream(&format!("{thread}/runs/stream"), super::client::says("hi", json!({}))).await.run;
    let says = super::client::says("hi", json!({}));
    let cases = [
        ("GET", thread.clone(), Value::Null, 404),
        ("PATCH", thread.clone(), json!({ "metadata": {} }), 404),
        ("DELETE", thread.clone(), Value::Null, 404),
        ("POST", format!("{thread}/copy"), Value::Null, 409),
        ("GET", format!("{thread}/state"), Value::Null, 404),
        ("POST", format!("{thread}/state"), json!({ "values": {} }), 404),
        ("POST", format!("{thread}/history"), json!({}), 404),
        ("POST", format!("{thread}/runs/stream"), says.clone(), 404),
        ("POST", format!("{thread}/runs"), says, 404),
        ("GET", format!("{thread}/runs"), Value::Null, 404),
        ("GET", run.clone(), Value::Null, 404),
        ("GET", format!("{run}/join"), Value::Null, 404),
        ("POST", format!("{run}/cancel"), Value::Null, 404),
        ("DELETE", run.clone(), Value::Null, 404),
    ];
    for (method, path, body, status) in cases {
        let answer = bob.call(method, &path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text);
    }
    let denied = bob.join(&format!("{run}/stream"), None).await.rest().await;
    assert_eq!(denied[0].name, "error");
    assert_eq!(denied[0].data, json!({ "error": "HTTPException", "message": "404: Thread not found" }));
    assert_eq!(bob.post("/threads/search", json!({})).await.json(), json!([]));
    assert_eq!(alice.outcome(&run).await, "success");
}

#[tokio::test]
async fn the_other_backend_is_still_there() {
    let backend = start().await;
    let session = backend.session("u");
    let threads = backend.call(&session, "GET", "/v1/threads", Value::Null).await;
    assert_eq!((threads.status.as_u16(), threads.headers.get("vary")), (200, None));
    let named = backend.call(&session, "POST", "/threads/thr_00000000.000000/generate-name", json!({})).await;
    assert_eq!(named.json()["statusCode"], named.status.as_u16(), "in its own words: {}", named.text);
}
