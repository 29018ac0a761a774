use serde_json::{Value, json};
use threadpass_devserver::Config;

use crate::client::{Answer, Backend, json_body, open_project};

#[tokio::test]
async fn pages_and_names_of_others_are_refused() {
    let config = Config {
        projects: vec![open_project("default")],
        allow_origins: vec!["https://app.example.test".into()],
        ..Config::default()
    };
    let backend = Backend::start(config).await;
    let port = backend.server.addr().port();
    let own = format!("127.0.0.1:{port}");
    let cases = [
        // host, origin, let in
        (own.clone(), None, true),
        (format!("localhost:{port}"), Some("http://localhost:5173"), true),
        (own.clone(), Some("http://127.0.0.1:3000"), true),
        (own.clone(), Some("https://app.example.test"), true),
        (own.clone(), Some("https://evil.example"), false),
        (own.clone(), Some("null"), false),
        (own.clone(), Some("http://localhost.evil.example"), false),
        // A name of the attacker's that points to this machine: what DNS rebinding looks like from here.
        (format!("evil.example:{port}"), None, false),
        (format!("evil.example:{port}"), Some("http://localhost:3000"), false),
        (format!("evil.example:{port}"), Some("http://evil.example"), false),
    ];
    for (host, origin, welcome) in cases {
        for (method, path) in [
            ("GET", "/v1/threads?userKey=u"),
            ("OPTIONS", "/v1/threads"),
            ("GET", "/__dev/calls"),
            ("GET", "/__dev/faults"),
            ("POST", "/mcp"),
            ("GET", "/health"),
            ("GET", "/nope"),
        ] {
            let mut request = backend.request(method, path).header("host", &host);
            request = request.header("x-dev-key", backend.server.control_key().reveal());
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let answer = Answer::of(request).await;
            let case = format!("{method} {path} host {host} origin {origin:?}: {answer:?}");
            if welcome {
                let expected: &[u16] = if path == "/mcp" { &[401] } else { &[200, 204, 404] };
                assert!(expected.contains(&answer.status.as_u16()), "{case}");
                assert_eq!(answer.headers["access-control-allow-origin"], "*", "{case}");
            } else {
                assert_eq!(answer.status, 403, "{case}");
                assert!(
                    !answer.headers.keys().any(|name| name.as_str().starts_with("access-control")),
                    "{case}"
                );
                assert!(serde_json::from_str::<Value>(&answer.text).is_err(), "{case}");
            }
        }
    }
}

#[tokio::test]
async fn the_api_key_comes_first() {
    let backend = Backend::open().await;
    let url = |path: &str| format!("{}{path}", backend.server.url());
    let (alice, key) = (backend.session("alice"), backend.key());
    for key in [None, Some(""), Some("tambo_wrong"), Some(&key[..20])] {
        for path in ["/v1/threads", "/v1/threads?userKey=", "/v1/threads/thr_x", "/oauth/token"] {
            let method = if path == "/oauth/token" { reqwest::Method::POST } else { reqwest::Method::GET };
            let mut request = backend.http.request(method, url(path)).bearer_auth(&alice);
            if let Some(key) = key {
                request = request.header("x-api-key", key);
            }
            assert_eq!(
                Answer::of(request).await.summary(),
                (403, "Forbidden resource".into()),
                "{key:?} {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_token_is_good_in_its_own_project_only() {
    let projects = vec![open_project("one"), open_project("two")];
    let backend = Backend::start(Config { projects, ..Config::default() }).await;
    let token =
        |project| backend.server.session_token(project, "https://idp.example.test", "alice", 60).unwrap();
    for (project, status) in [("one", 200), ("two", 401)] {
        let answer = backend.call(token(project).reveal(), "GET", "/v1/threads", Value::Null).await;
        assert_eq!(answer.status, status, "{project}: {answer:?}");
    }
}

#[tokio::test]
async fn tokens_that_are_not_good() {
    let backend = Backend::open().await;
    let good = backend.session("alice");
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let over = backend.server.session_token("default", "https://idp.example.test", "alice", 0).unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", signed.split('.').nth(1).unwrap());
    for token in
        ["garbage", over.reveal(), &unsigned, &format!("{signed}."), &format!("{signed}.A{signature}")]
    {
        let answer = backend.call(token, "GET", "/v1/threads", Value::Null).await;
        assert_eq!(answer.summary(), (401, "Invalid bearer token".into()));
    }
    for header in ["Basic abc", "Bearer", "Bearer  ", good.as_str()] {
        let request = backend.request("GET", "/v1/threads").header("authorization", header);
        assert_eq!(Answer::of(request).await.summary(), (401, "Invalid Authorization header format".into()));
    }
    let request = backend.request("GET", "/v1/threads").header("authorization", format!("bEaReR {good}"));
    assert_eq!(Answer::of(request).await.status, 200);
}

#[tokio::test]
async fn bodies() {
    let backend = Backend::open().await;
    let large = json!({ "userKey": "u", "metadata": { "a": "x".repeat(9 * 1024 * 1024) } });
    assert_eq!(Answer::of(json_body(backend.request("POST", "/v1/threads"), &large)).await.status, 201);
    let too_large = json!({ "userKey": "u", "metadata": { "a": "x".repeat(10 * 1024 * 1024) } });
    let refused = Answer::of(json_body(backend.request("POST", "/v1/threads"), &too_large)).await;
    assert_eq!(refused.summary(), (413, "request entity too large".into()));

    let unread = backend
        .request("POST", "/v1/threads")
        .header("content-type", "text/plain")
        .body("{\"userKey\":\"u\"}");
    assert_eq!(Answer::of(unread).await.status, 400);
    let form =
        backend.request("POST", "/v1/threads").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(Answer::of(form.body("userKey=u")).await.status, 201);
}

#[tokio::test]
async fn unknown_routes_and_health() {
    let backend = Backend::open().await;
    for (method, path) in [("GET", "/nope"), ("PUT", "/v1/threads"), ("GET", "/oauth/token")] {
        let answer = Answer::of(backend.request(method, path)).await;
        assert_eq!(answer.summary(), (404, format!("Cannot {method} {path}")));
    }
    assert_eq!(Answer::of(backend.http.get(format!("{}/health", backend.server.url()))).await.status, 200);
}
