use serde_json::{Value, json};

use crate::client::{Answer, Backend, json_body};

#[tokio::test]
async fn calls_are_listed_without_secrets() {
    let backend = Backend::open().await;
    backend.exchange("canary-subject-one").await;
    backend.exchange("canary-subject-two").await;
    let exchanged = backend.exchange("canary-subject-one").await.json();
    let bearer = exchanged["access_token"].as_str().unwrap();
    backend.call(bearer, "GET", "/v1/threads?canary=query", Value::Null).await;
    let session = backend.session("alice");
    backend.call(&session, "GET", "/v1/threads/thr_x", Value::Null).await;
    let body = json!({ "userKey": "u1", "metadata": { "canary": 1 } });
    Answer::of(json_body(backend.request("POST", "/v1/threads"), &body)).await;

    let answer = Answer::of(backend.control("GET", "calls")).await;
    let report = answer.json();
    assert_eq!(
        report["totals"],
        json!({ "calls": 6, "exchanges": 3, "byStatus": { "200": 1, "201": 4, "403": 1 } })
    );
    let calls = report["calls"].as_array().unwrap();
    let column = |name: &str| calls.iter().map(|call| call[name].clone()).collect::<Value>();
    assert_eq!(column("seq"), json!([0, 1, 2, 3, 4, 5]));
    assert_eq!(column("subject"), json!([1, 2, 1, null, null, null]));
    assert_eq!(column("bearer"), json!([false, false, false, true, true, false]));
    assert_eq!(column("userKey"), json!([false, false, false, false, false, true]));
    let opaque = "oauth:user:opaque:…";
    assert_eq!(
        column("user"),
        json!([opaque, opaque, opaque, opaque, "oauth:user:idp.example.test:alice", "u1"])
    );
    assert_eq!(calls[3]["path"], "/v1/threads");
    for secret in ["canary", bearer, &session, &backend.key(), backend.server.control_key().reveal()] {
        assert!(!answer.text.contains(secret), "{secret}");
    }

    assert_eq!(Answer::of(backend.control("POST", "calls/reset")).await.status, 204);
    let report = Answer::of(backend.control("GET", "calls")).await.json();
    assert_eq!(report, json!({ "totals": { "calls": 0, "exchanges": 0, "byStatus": {} }, "calls": [] }));
    backend.exchange("canary-subject-three").await;
    let report = Answer::of(backend.control("GET", "calls")).await.json();
    assert_eq!((&report["calls"][0]["seq"], &report["calls"][0]["subject"]), (&json!(6), &json!(1)));
}

#[tokio::test]
async fn revoking_ends_every_session_token() {
    let backend = Backend::open().await;
    let token =
        || async { backend.exchange("alice").await.json()["access_token"].as_str().unwrap().to_owned() };
    let before = token().await;
    assert_eq!(backend.call(&before, "GET", "/v1/threads", Value::Null).await.status, 200);
    assert_eq!(Answer::of(backend.control("POST", "revoke")).await.status, 204);
    let refused = backend.call(&before, "GET", "/v1/threads", Value::Null).await;
    assert_eq!(refused.summary(), (401, "Invalid bearer token".into()));
    assert_eq!(backend.call(&token().await, "GET", "/v1/threads", Value::Null).await.status, 200);
}

#[tokio::test]
async fn the_control_routes_have_a_key_of_their_own() {
    let backend = Backend::open().await;
    for key in [None, Some("wrong".to_owned()), Some(backend.key())] {
        for (method, path) in [
            ("GET", "/__dev/calls"),
            ("POST", "/__dev/calls/reset"),
            ("POST", "/__dev/revoke"),
            ("POST", "/__dev/rotate-keys"),
            ("GET", "/__dev/faults"),
            ("PUT", "/__dev/faults"),
            ("DELETE", "/__dev/faults"),
        ] {
            let mut request = backend.request(method, path);
            if let Some(key) = &key {
                request = request.header("x-dev-key", key);
            }
            assert_eq!(Answer::of(request).await.status, 403, "{key:?} {path}");
        }
    }
}
