use serde_json::{Value, json};
use threadpass_devserver::{Config, ProjectConfig};

use crate::client::{Answer, Backend, json_body, open_project, says};
use crate::streams::Stream;

#[tokio::test]
async fn users_see_their_own_threads_only() {
    let backend = Backend::open().await;
    let (alice, bob) = (backend.session("alice"), backend.session("bob"));
    let created = backend.call(&alice, "POST", "/v1/threads", json!({})).await.json();
    let id = created["id"].as_str().unwrap();
    let list = |bearer: String| {
        let backend = &backend;
        async move {
            backend.call(&bearer, "GET", "/v1/threads", Value::Null).await.json()["threads"]
                .as_array()
                .unwrap()
                .len()
        }
    };
    assert_eq!((list(alice.clone()).await, list(bob.clone()).await), (1, 0));
    for (method, path) in [
        ("GET", format!("/v1/threads/{id}")),
        ("PATCH", format!("/v1/threads/{id}")),
        ("DELETE", format!("/v1/threads/{id}")),
        ("GET", format!("/v1/threads/{id}/messages")),
        ("GET", format!("/v1/threads/{id}/messages/msg_x")),
        ("POST", format!("/v1/threads/{id}/runs")),
        ("DELETE", format!("/v1/threads/{id}/runs/run_x")),
    ] {
        // An invalid body, to see that whose thread it is comes first.
        let body = if method == "GET" { Value::Null } else { json!({ "name": 7 }) };
        let refused = backend.call(&bob, method, &path, body).await;
        assert_eq!(refused.summary(), (403, "Forbidden resource".into()), "{method} {path}");
    }
    let as_key = Answer::of(backend.request("GET", &format!("/v1/threads/{id}?userKey=alice"))).await;
    assert_eq!(as_key.status, 403);
}

#[tokio::test]
async fn where_user_key_counts() {
    let backend = Backend::open().await;
    let neither = "received neither";
    let run = |extra: Value| {
        let mut body = says("hello");
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    let cases = [
        ("POST", "/v1/threads", json!({ "userKey": "u" }), 201, ""),
        ("POST", "/v1/threads", json!({ "userKey": "  u " }), 201, ""),
        ("POST", "/v1/threads?userKey=u", json!({}), 400, neither),
        ("POST", "/v1/threads", json!({ "userKey": " " }), 400, "cannot be an empty string"),
        ("POST", "/v1/threads", json!({ "userKey": 7 }), 400, "must be a string"),
        ("POST", "/v1/threads", json!({ "userKey": null }), 400, neither),
        ("POST", "/v1/threads/runs", run(json!({ "thread": { "userKey": "u" } })), 201, ""),
        ("POST", "/v1/threads/runs", run(json!({ "userKey": "u" })), 400, neither),
        ("POST", "/v1/threads/runs?userKey=u", run(json!({})), 400, neither),
    ];
    for (method, path, body, status, message) in cases {
        let answer = Answer::of(json_body(backend.request(method, path), &body)).await;
        assert_eq!(answer.status, status, "{path} {body}: {answer:?}");
        assert!(answer.summary().1.contains(message), "{path} {body}: {answer:?}");
    }
    let mine = Answer::of(backend.request("GET", "/v1/threads?userKey=u")).await.json();
    assert_eq!(mine["threads"].as_array().unwrap().len(), 3);
    assert_eq!(mine["threads"][0]["userKey"], "u");
}

#[tokio::test]
async fn nobody_takes_a_token_users_identity_by_user_key() {
    let backend = Backend::open().await;
    let key = "oauth:user:idp.example.test:alice";
    let cases = [
        ("GET", format!("/v1/threads?userKey={key}"), json!({})),
        ("GET", format!("/v1/threads?userKey=%20{key}"), json!({})),
        ("POST", "/v1/threads".into(), json!({ "userKey": key })),
        ("POST", "/v1/threads/runs".into(), json!({ "thread": { "userKey": key }, "message": {} })),
    ];
    for (method, path, body) in cases {
        let answer = Answer::of(json_body(backend.request(method, &path), &body)).await;
        assert_eq!(answer.status, 403, "{method} {path}");
        assert_eq!(answer.json()["error"], "Forbidden");
    }
}

#[tokio::test]
async fn initial_messages() {
    let projects = vec![
        open_project("plain"),
        ProjectConfig { system_prompt_override: true, api_key: None, ..open_project("open") },
    ];
    let backend = Backend::start(Config { projects, ..Config::default() }).await;
    let system = json!({ "initialMessages": [{ "role": "system", "content": [{ "type": "text", "text": "Be brief." }] }] });
    let alice = backend.session("alice");
    let refused = backend.call(&alice, "POST", "/v1/threads", system.clone()).await;
    assert_eq!(
        (refused.status.as_u16(), refused.headers["content-type"].to_str().unwrap()),
        (400, "application/problem+json; charset=utf-8")
    );
    assert_eq!(refused.json()["type"], "https://docs.tambo.co/reference/problems/validation");
    assert_eq!(refused.json()["instance"], "/v1/threads");

    let key = backend.server.key("open").unwrap();
    let request = backend
        .http
        .post(format!("{}/v1/threads?x=1", backend.server.url()))
        .header("x-api-key", key.reveal());
    let mut body = system;
    body["userKey"] = "u".into();
    assert_eq!(Answer::of(json_body(request, &body)).await.status, 201);

    let bad = json!({ "initialMessages": [{ "role": "tool", "content": "x" }] });
    let refused = backend.call(&alice, "POST", "/v1/threads", bad).await;
    assert_eq!(refused.json()["message"].as_array().unwrap().len(), 2);

    // A thread with initial messages only needs no previousRunId.
    let body = json!({ "initialMessages": [{ "role": "assistant", "content": [{ "type": "text", "text": "Welcome!" }] }] });
    let thread = backend.call(&alice, "POST", "/v1/threads", body).await.json();
    let path = format!("/v1/threads/{}/runs", thread["id"].as_str().unwrap());
    Stream::open(&backend, &alice, &path, says("hello")).await.rest().await;
}

#[tokio::test]
async fn a_new_threads_metadata() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut body = says("hello");
    body["thread"] = json!({ "metadata": { "from": "thread" } });
    body["threadMetadata"] = json!({ "from": "threadMetadata", "z": 1, "a": 2 });
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", body).await;
    stream.rest().await;
    let path = format!("/v1/threads/{}", stream.thread_id);
    let thread = backend.call(&alice, "GET", &path, Value::Null).await;
    assert!(thread.text.contains(r#""metadata":{"from":"threadMetadata","z":1,"a":2}"#), "{}", thread.text);
}

#[tokio::test]
async fn pages_of_messages_repeat_the_one_their_cursor_names() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let texts: Vec<_> = ["a", "b", "c"]
        .map(|text| json!({ "role": "user", "content": [{ "type": "text", "text": text }] }))
        .into();
    let thread =
        backend.call(&alice, "POST", "/v1/threads", json!({ "initialMessages": texts })).await.json();
    let page = |query: String| {
        let path = format!("/v1/threads/{}/messages?limit=2&{query}", thread["id"].as_str().unwrap());
        let (backend, alice) = (&backend, &alice);
        async move {
            let page = backend.call(alice, "GET", &path, Value::Null).await.json();
            let text = |message: &Value| message["content"][0]["text"].as_str().unwrap().to_owned();
            let texts: Vec<_> = page["messages"].as_array().unwrap().iter().map(text).collect();
            (texts.concat(), page["nextCursor"].as_str().map(str::to_owned))
        }
    };
    let (first, cursor) = page(String::new()).await;
    let (second, end) = page(format!("cursor={}", cursor.unwrap())).await;
    assert_eq!((first.as_str(), second.as_str(), end), ("ab", "bc", None));
    let (first, cursor) = page("order=desc".into()).await;
    let (second, end) = page(format!("order=desc&cursor={}", cursor.unwrap())).await;
    assert_eq!((first.as_str(), second.as_str(), end), ("cb", "a", None));
    let path = format!("/v1/threads/{}/messages?order=up", thread["id"].as_str().unwrap());
    assert_eq!(backend.call(&alice, "GET", &path, Value::Null).await.status, 400);
}
