//! Threads: their order, their pages, whose they are, and who claims them.

use serde_json::{Value, json};

use super::client::{User, id, ids, refusal, wrong};
use crate::client::Backend;

const AT: &str = "2026-09-17T09:30:00.000Z";

async fn made(user: &User<'_>, body: Value) -> String {
    id(&user.done("POST", "/threads", body).await["thread_id"])
}

#[tokio::test]
async fn a_thread_as_it_is_made_and_shown() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let answer = user.post("/threads", json!({ "last_message_at": AT })).await;
    assert_eq!(answer.status, 201);
    let id = id(&answer.json()["thread_id"]);
    assert!(id.starts_with("thread_0") && id.len() == "thread_".len() + 24, "{id}");
    let thread = user.done("GET", &format!("/threads/{id}"), Value::Null).await["thread"].clone();
    let names: Vec<_> = thread.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "id",
        "project_id",
        "workspace_id",
        "created_at",
        "updated_at",
        "title",
        "last_message_at",
        "is_archived",
        "external_id",
        "metadata",
    ];
    assert_eq!(names, expected);
    assert_eq!((&thread["workspace_id"], &thread["last_message_at"]), (&json!("acme"), &json!(AT)));
    assert_eq!(thread["is_archived"], false);
    for name in ["title", "external_id", "metadata"] {
        assert_eq!(thread[name], Value::Null, "{name}");
    }
}

#[tokio::test]
async fn only_what_is_named_changes() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let body =
        json!({ "last_message_at": AT, "title": "One", "metadata": { "a": "b" }, "external_id": "mine" });
    let path = format!("/threads/{}", made(&user, body).await);
    let before = user.done("GET", &path, Value::Null).await["thread"].clone();
    assert_eq!(user.done("PUT", &path, json!({ "title": "Two" })).await, json!({}));
    let thread = user.done("GET", &path, Value::Null).await["thread"].clone();
    assert_eq!((&thread["title"], &thread["metadata"]), (&json!("Two"), &json!({ "a": "b" })));
    assert_eq!(thread["last_message_at"], before["last_message_at"]);
    assert!(thread["updated_at"].as_str() > before["updated_at"].as_str());
    let changes =
        json!({ "metadata": null, "is_archived": true, "last_message_at": "2027-01-01T00:00:00.000Z" });
    user.done("PUT", &path, changes).await;
    let thread = user.done("GET", &path, Value::Null).await["thread"].clone();
    assert_eq!((&thread["metadata"], &thread["is_archived"]), (&Value::Null, &json!(true)));
    assert_eq!((&thread["title"], &thread["external_id"]), (&json!("Two"), &json!("mine")));
    assert_eq!(user.done("DELETE", &path, Value::Null).await, json!({}));
    assert_eq!(refusal(&user.get(&path).await), (404, "Thread not found".into()));
}

#[tokio::test]
async fn lists_have_the_latest_message_first_and_one_side_of_the_archive() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let mut expected = vec![];
    for day in [3, 1, 2, 5, 4] {
        let at = format!("2026-09-0{day}T00:00:00Z");
        expected.push((day, made(&user, json!({ "last_message_at": at })).await));
    }
    expected.sort_by_key(|(day, _)| -day);
    let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
    assert_eq!(user.threads("").await, expected);
    let first = user.threads("?limit=2").await;
    assert_eq!(first, expected[..2]);
    let rest = user.threads(&format!("?limit=10&after={}", first[1])).await;
    assert_eq!(rest, expected[2..]);
    assert_eq!(user.threads("?after=thread_0nope").await, expected, "what is not there filters nothing");
    user.done("PUT", &format!("/threads/{}", expected[1]), json!({ "is_archived": true })).await;
    assert_eq!(user.threads("?is_archived=true").await, [expected[1].clone()]);
    let active: Vec<_> = expected.iter().filter(|id| **id != expected[1]).cloned().collect();
    assert_eq!(user.threads("?is_archived=false").await, active);
    assert_eq!(user.threads("").await, active);
    let behind = user.threads(&format!("?after={}", expected[1])).await;
    assert_eq!(behind, expected[2..], "the place of an archived one is still a place");
}

#[tokio::test]
async fn threads_of_the_same_moment_are_ordered_by_id() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    for _ in 0..25 {
        made(&user, json!({ "last_message_at": AT })).await;
    }
    let page = user.threads("").await;
    assert_eq!(page.len(), 20);
    let mut whole = page.clone();
    whole.extend(user.threads(&format!("?after={}", page[19])).await);
    assert_eq!(whole.len(), 25);
    assert!(whole.is_sorted_by(|earlier, later| earlier > later));
}

#[tokio::test]
async fn an_id_of_the_apps_own() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let body = json!({ "last_message_at": AT, "external_id": "ticket-7" });
    let first = made(&user, body.clone()).await;
    assert_eq!(user.post("/threads", body.clone()).await.status, 409);
    let mut upsert = body.clone();
    upsert["upsert"] = json!(true);
    let answer = user.post("/threads", upsert.clone()).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "thread_id": first })));
    upsert["external_id"] = json!("ticket-8");
    assert_eq!(user.post("/threads", upsert.clone()).await.status, 201);
    assert_eq!(user.threads("?external_id=ticket-7").await, [first]);
    let other = User::by_key(&backend, "bob", "other");
    assert_eq!(other.post("/threads", body).await.status, 201, "another workspace has ids of its own");
}

#[tokio::test]
async fn what_is_wrong_with_a_body_or_a_query() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let long = "a".repeat(256);
    let many: serde_json::Map<_, _> = (0..17).map(|n| (n.to_string(), json!("x"))).collect();
    let cases = [
        (json!({}), vec!["last_message_at"]),
        (json!([]), vec![""]),
        (
            json!({ "last_message_at": "yesterday", "title": "", "odd": 1 }),
            vec!["last_message_at", "title", "odd"],
        ),
        (json!({ "last_message_at": AT, "title": long }), vec!["title"]),
        (
            json!({ "last_message_at": AT, "external_id": long, "upsert": "yes" }),
            vec!["external_id", "upsert"],
        ),
        (json!({ "last_message_at": AT, "metadata": many }), vec!["metadata"]),
        (json!({ "last_message_at": AT, "metadata": { "a": 1 } }), vec!["metadata"]),
        (json!({ "last_message_at": AT, "metadata": { "a": "b".repeat(513) } }), vec!["metadata"]),
        (json!({ "last_message_at": AT, "is_archived": true }), vec!["is_archived"]),
    ];
    for (body, paths) in cases {
        assert_eq!(wrong(&user.post("/threads", body.clone()).await), paths, "{body}");
    }
    let path = format!("/threads/{}", user.thread().await);
    for (body, paths) in [
        (json!({ "id": "x" }), vec!["id"]),
        (json!({ "title": null, "is_archived": "true" }), vec!["title", "is_archived"]),
    ] {
        assert_eq!(wrong(&user.call("PUT", &path, body.clone()).await), paths, "{body}");
    }
    for (query, path) in [
        ("?limit=0", "limit"),
        ("?limit=101", "limit"),
        ("?limit=x", "limit"),
        ("?is_archived=1", "is_archived"),
    ] {
        assert_eq!(wrong(&user.get(&format!("/threads{query}")).await), [path], "{query}");
    }
}

#[tokio::test]
async fn another_workspaces_thread_is_not_there() {
    let backend = Backend::open().await;
    let (alice, bob) = (User::by_key(&backend, "alice", "acme"), User::by_key(&backend, "bob", "other"));
    let thread = alice.thread().await;
    let message = alice.says(&thread, None, "hi").await;
    let (path, body) = (format!("/threads/{thread}"), json!({ "content": { "role": "user" } }));
    let new = json!({ "parent_id": null, "format": "aui/v0", "content": {} });
    let cases = [
        ("GET", path.clone(), Value::Null),
        ("PUT", path.clone(), json!({ "title": "x" })),
        ("DELETE", path.clone(), Value::Null),
        ("POST", format!("{path}/messages"), new),
        ("PUT", format!("{path}/messages/{message}"), body),
        ("DELETE", format!("{path}/messages"), json!({ "message_ids": [message] })),
        ("POST", format!("{path}/messages/{message}/feedback"), json!({ "type": "positive" })),
        ("POST", "/runs".into(), json!({ "thread_id": thread, "status": "completed" })),
        (
            "POST",
            "/runs/stream".into(),
            json!({ "thread_id": thread, "assistant_id": "system/thread_title", "messages": [] }),
        ),
        (
            "POST",
            "/scores".into(),
            json!({ "name": "n", "data_type": "numeric", "value": 1, "thread_id": thread }),
        ),
    ];
    for (method, path, body) in cases {
        let answer = bob.call(method, &path, body).await;
        assert_eq!(refusal(&answer), (404, "Thread not found".into()), "{method} {path}");
    }
    let messages = bob.get(&format!("{path}/messages")).await;
    assert_eq!((messages.status.as_u16(), messages.json()), (200, json!({ "messages": [] })));
    assert_eq!(bob.threads("").await, Vec::<String>::new());
    assert_eq!(alice.threads("").await, [thread]);
}

#[tokio::test]
async fn a_server_sees_the_threads_of_all_workspaces() {
    let backend = Backend::open().await;
    let (alice, bob) = (User::by_key(&backend, "alice", "acme"), User::by_key(&backend, "bob", "other"));
    let (first, second) = (alice.thread().await, bob.thread().await);
    let message = bob.says(&second, None, "hi").await;
    let all = alice.done("GET", "/projects/threads", Value::Null).await;
    let (mut all, mut both) = (ids(&all["threads"]), vec![first, second.clone()]);
    all.sort();
    both.sort();
    assert_eq!(all, both);
    let messages = alice.done("GET", &format!("/projects/threads/{second}/messages"), Value::Null).await;
    assert_eq!(ids(&messages["messages"]), [message]);
    let (anonymous, _) = User::anonymous(&backend).await;
    for path in ["/projects/threads".to_owned(), format!("/projects/threads/{second}/messages")] {
        assert_eq!(anonymous.get(&path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn whoever_signs_in_claims_what_they_did_before() {
    let backend = Backend::open().await;
    let (before, refresh) = User::anonymous(&backend).await;
    let (first, second) = (before.thread().await, before.thread().await);
    let message = before.says(&first, None, "hi").await;
    before.done("PUT", &format!("/threads/{second}"), json!({ "is_archived": true })).await;
    let alice = User::by_key(&backend, "alice", "alice");
    let body = json!({ "refresh_token": refresh });
    let thread = before.done("GET", &format!("/threads/{first}"), Value::Null).await["thread"].clone();
    let same = User::by_key(&backend, "alice", thread["workspace_id"].as_str().unwrap());
    assert_eq!(
        same.done("POST", "/threads/claim", body.clone()).await,
        json!({ "moved": 0 }),
        "they are there"
    );
    assert_eq!(alice.done("POST", "/threads/claim", body.clone()).await, json!({ "moved": 2 }));
    assert_eq!(alice.threads("").await, vec![first.clone()]);
    assert_eq!(alice.threads("?is_archived=true").await, [second]);
    let messages = alice.done("GET", &format!("/threads/{first}/messages"), Value::Null).await;
    assert_eq!(ids(&messages["messages"]), [message]);
    assert_eq!(before.threads("").await, Vec::<String>::new());
    assert_eq!(alice.done("POST", "/threads/claim", body.clone()).await, json!({ "moved": 0 }), "once more");
    let (other, _) = User::anonymous(&backend).await;
    assert_eq!(other.post("/threads/claim", body).await.status, 403, "an anonymous user claims nothing");
    for token in ["refresh_0unknown", "other"] {
        let answer = alice.post("/threads/claim", json!({ "refresh_token": token })).await;
        assert_eq!(refusal(&answer), (403, "Invalid refresh token".into()));
    }
    assert_eq!(wrong(&alice.post("/threads/claim", json!({ "odd": 1 })).await), ["refresh_token", "odd"]);
}
