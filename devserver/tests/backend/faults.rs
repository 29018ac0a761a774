//! Misbehaviour on request, from the outside.

use serde_json::{Value, json};
use threadpass_devserver::Config;

use crate::client::{Answer, Backend, json_body, open_project, says};
use crate::streams::{Next, Stream, types};

async fn set(backend: &Backend, faults: Value) -> Answer {
    Answer::of(json_body(backend.control("PUT", "faults"), &json!({ "faults": faults }))).await
}

/// A call with a fault of its own.
async fn faulty(backend: &Backend, fault: &str) -> Answer {
    let request = backend.request("GET", "/v1/threads").bearer_auth(backend.session("alice"));
    Answer::of(request.header("x-dev-fault", fault)).await
}

#[tokio::test]
async fn a_header_is_for_one_call() {
    let backend = Backend::open().await;
    let refused = faulty(&backend, "status=429;retry-after=7").await;
    assert_eq!((refused.status.as_u16(), refused.headers["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(refused.json(), json!({ "statusCode": 429, "message": "Too Many Requests" }));
    assert_eq!(refused.headers["access-control-allow-origin"], "*");
    assert_eq!(faulty(&backend, "status=503, latency=1").await.status, 503);
    assert_eq!(faulty(&backend, "status=503;on=exchange").await.status, 200);
    let unknown = faulty(&backend, "explode").await.summary();
    assert!(
        unknown.0 == 400 && unknown.1.starts_with("x-dev-fault: there is no fault \"explode\""),
        "{unknown:?}"
    );
    let alice = backend.session("alice");
    assert_eq!(backend.call(&alice, "GET", "/v1/threads", Value::Null).await.status, 200);
}

#[tokio::test]
async fn the_control_api_sets_counts_and_clears_them() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let list = || backend.call(&alice, "GET", "/v1/threads", Value::Null);
    let told = set(&backend, json!(["status=500; rate=0.5", "latency=1;on=exchange"])).await;
    let expected = json!({ "faults": [
        { "fault": "status=500;rate=0.5", "hits": 0 }, { "fault": "latency=1;on=exchange", "hits": 0 },
    ] });
    assert_eq!((told.status.as_u16(), told.json()), (200, expected));
    let statuses = [list().await.status.as_u16(), list().await.status.as_u16(), list().await.status.as_u16()];
    assert_eq!(statuses, [200, 500, 200]);
    // Neither of these is a call that faults meet.
    for path in ["/health", "/__dev/calls"] {
        Answer::of(backend.request("GET", path)).await;
    }
    let told = Answer::of(backend.control("GET", "faults")).await.json();
    assert_eq!(told["faults"][0]["hits"], 1);

    for wrong in [json!(["explode"]), json!([1]), json!("status=500"), Value::Null] {
        assert_eq!(set(&backend, wrong.clone()).await.status, 400, "{wrong}");
    }
    assert_eq!(Answer::of(backend.control("GET", "faults")).await.json()["faults"][0]["hits"], 1);
    assert_eq!(Answer::of(backend.control("DELETE", "faults")).await.status, 204);
    for _ in 0..4 {
        assert_eq!(list().await.status, 200);
    }
}

#[tokio::test]
async fn settings_are_on_from_the_beginning() {
    let config = Config {
        projects: vec![open_project("default")],
        faults: vec!["status=502;on=exchange;times=1".into()],
        ..Config::default()
    };
    let backend = Backend::start(config).await;
    assert_eq!(backend.exchange("alice").await.status, 502);
    assert_eq!(backend.exchange("alice").await.status, 201);
}

#[tokio::test]
async fn answers_can_be_malformed_or_half() {
    let backend = Backend::open().await;
    let page = faulty(&backend, "malformed").await;
    assert_eq!(
        (page.status.as_u16(), page.headers["content-type"].to_str().unwrap()),
        (200, "text/html; charset=utf-8")
    );
    let request = backend.request("GET", "/v1/threads").bearer_auth(backend.session("alice"));
    let half = request.header("x-dev-fault", "half").send().await.unwrap();
    assert_eq!(half.status(), 200);
    assert!(half.text().await.is_err(), "the connection has to break");
}

#[tokio::test]
async fn streams_can_be_malformed_half_dropped_or_stalled() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let begin = |fault: &'static str| Stream::faulty(&backend, &alice, says("hello"), fault);

    let mut dropped = begin("drop=3").await;
    let (events, end) = dropped.rest().await;
    assert_eq!((types(&events), end), (vec!["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT"], Next::Broken));

    let text = |fault: &'static str| {
        let request =
            json_body(backend.request("POST", "/v1/threads/runs").bearer_auth(&alice), &says("hello"));
        async move { request.header("x-dev-fault", fault).send().await.unwrap() }
    };
    let malformed = text("malformed").await.text().await.unwrap();
    assert_eq!(malformed.split("\n\n").nth(1), Some("data: {\"type\":"));
    let mut half = text("half").await;
    let mut read = vec![];
    let broken = loop {
        match half.chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    let read = String::from_utf8(read).unwrap();
    assert!(
        broken
            && read
                .split("\n\n")
                .nth(1)
                .is_some_and(|event| event.starts_with("data: {") && !event.ends_with('}'))
    );

    let mut stalled = begin("stall=2").await;
    assert!(matches!(stalled.next().await, Next::Event(_)));
    let (thread, run) = (stalled.thread_id.clone(), stalled.run_id.clone());
    let more = tokio::time::timeout(std::time::Duration::from_millis(300), stalled.next()).await;
    assert!(more.is_err(), "nothing may follow: {more:?}");
    // Its run goes on until nobody holds the connection.
    drop(stalled);
    let path = format!("/v1/threads/{thread}");
    for _ in 0..500 {
        let after = backend.call(&alice, "GET", &path, Value::Null).await.json();
        if after["lastCompletedRunId"] == run.as_str() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the stalled run never ended");
}

#[tokio::test]
async fn the_clock_can_be_ahead_or_behind() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    for (fault, status) in [("skew=3600", 401), ("skew=-3600", 200), ("skew=60", 200)] {
        let request = backend.request("GET", "/v1/threads").bearer_auth(&alice).header("x-dev-fault", fault);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{fault}");
        assert_ne!(
            answer.headers["date"],
            Answer::of(backend.request("GET", "/health")).await.headers["date"]
        );
    }
    set(&backend, json!(["skew=-100", "lifetime=5"])).await;
    let token = backend.exchange("opaque").await.json();
    assert_eq!(token["expires_in"], 5);
    // It is over before it is issued, to a server whose clock is right.
    Answer::of(backend.control("DELETE", "faults")).await;
    let refused =
        backend.call(token["access_token"].as_str().unwrap(), "GET", "/v1/threads", Value::Null).await;
    assert_eq!(refused.summary(), (401, "Invalid bearer token".into()));
}

#[tokio::test]
async fn the_quirks_of_the_service_can_be_switched_off() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    set(&backend, json!(["ok-200", "not-found", "single-error"])).await;
    assert_eq!(backend.call(&alice, "POST", "/v1/threads", json!({})).await.status, 200);
    let unknown = backend.call(&alice, "GET", "/v1/threads/thr_x", Value::Null).await;
    assert_eq!(unknown.summary(), (404, "Thread not found".into()));
    let keyless = backend.http.get(format!("{}/v1/threads/thr_x", backend.server.url()));
    assert_eq!(Answer::of(keyless).await.status, 403, "a key that is missing is another matter");
    let failed = backend.call(&alice, "POST", "/v1/threads/runs", says("err401")).await;
    assert_eq!((failed.status.as_u16(), failed.text.matches("RUN_ERROR").count()), (200, 1));
}

#[tokio::test]
async fn keys_can_be_rotated() {
    let backend = Backend::open().await;
    let (alice, old) = (backend.session("alice"), backend.key());
    let told = Answer::of(backend.control("POST", "rotate-keys")).await.json();
    let new = told["apiKeys"]["default"].as_str().unwrap();
    assert!(new != old && backend.key() == new);
    for (key, status) in [(old.as_str(), 403), (new, 200)] {
        let request = backend.http.get(format!("{}/v1/threads", backend.server.url())).bearer_auth(&alice);
        assert_eq!(Answer::of(request.header("x-api-key", key)).await.status, status);
    }
}
