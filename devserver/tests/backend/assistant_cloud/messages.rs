//! Messages: the tree, its pages, creation that can be repeated, formats.

use serde_json::{Value, json};
use threadpass_devserver::{AssistantCloudSettings, Config};

use super::client::{User, id, ids, refusal, user_says, wrong};
use crate::client::{Backend, open_project};

async fn listed(user: &User<'_>, thread: &str, query: &str) -> Value {
    user.done("GET", &format!("/threads/{thread}/messages{query}"), Value::Null).await["messages"].clone()
}

fn new(parent: Value, text: &str) -> Value {
    json!({ "parent_id": parent, "format": "aui/v0", "content": user_says(text) })
}

#[tokio::test]
async fn a_tree_is_listed_from_its_top() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = user.thread().await;
    let root = user.says(&thread, None, "root").await;
    let (left, right) =
        (user.says(&thread, Some(&root), "left").await, user.says(&thread, Some(&root), "right").await);
    let leaf = user.says(&thread, Some(&left), "leaf").await;
    let second = user.says(&thread, None, "second root").await;
    let rows = listed(&user, &thread, "").await;
    assert_eq!(ids(&rows), [&leaf, &right, &left, &second, &root].map(String::as_str));
    let heights: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| row["height"].as_i64().unwrap()).collect();
    assert_eq!(heights, [2, 1, 1, 0, 0]);
    assert_eq!((&rows[0]["parent_id"], &rows[3]["parent_id"]), (&json!(left), &Value::Null));
    let names: Vec<_> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    let expected =
        ["id", "parent_id", "height", "created_at", "updated_at", "format", "content", "external_id"];
    assert_eq!(names, expected);
    assert_eq!(ids(&listed(&user, &thread, "?limit=2").await), [&*leaf, &right]);
    assert_eq!(ids(&listed(&user, &thread, &format!("?limit=2&after={right}")).await), [&*left, &second]);
    assert_eq!(listed(&user, &thread, &format!("?after={root}")).await, json!([]));
    let replayed = listed(&user, &thread, "?limit=2&after=msg_0nope").await;
    assert_eq!(ids(&replayed), [&*leaf, &right], "what is not there filters nothing");
    for query in ["?limit=0", "?limit=201"] {
        let answer = user.get(&format!("/threads/{thread}/messages{query}")).await;
        assert_eq!(wrong(&answer), ["limit"]);
    }
}

#[tokio::test]
async fn a_long_history_in_pages_of_two_hundred() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = user.thread().await;
    let mut made: Vec<String> = vec![];
    for n in 0..450 {
        made.push(user.says(&thread, made.last().map(String::as_str), &n.to_string()).await);
    }
    made.reverse();
    let mut seen: Vec<String> = vec![];
    loop {
        let query = seen.last().map(|last| format!("?after={last}")).unwrap_or_default();
        let page = ids(&listed(&user, &thread, &query).await);
        seen.extend(page.iter().cloned());
        if page.len() < 200 {
            break;
        }
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn what_a_new_message_follows() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let (thread, other) = (user.thread().await, user.thread().await);
    let path = format!("/threads/{thread}/messages");
    let elsewhere = user.says(&other, None, "hi").await;
    let unmapped = id(&user.done("POST", &path, new(json!("local-1"), "a")).await["message_id"]);
    assert_eq!(listed(&user, &thread, "").await[0]["parent_id"], Value::Null, "not an id of a message");
    for parent in ["msg_0nope", &elsewhere] {
        let answer = user.post(&path, new(json!(parent), "b")).await;
        assert_eq!(refusal(&answer), (400, "Parent message not found".into()), "{parent}");
    }
    let mut body = json!({ "format": "aui/v0", "content": user_says("c"), "external_id": "ext-c", "parent_id": unmapped });
    let named = id(&user.done("POST", &path, body.clone()).await["message_id"]);
    body["external_id"] = json!("ext-d");
    body["parent_external_id"] = json!("ext-c");
    body.as_object_mut().unwrap().remove("parent_id");
    user.done("POST", &path, body.clone()).await;
    let last = listed(&user, &thread, "?limit=1").await[0].clone();
    assert_eq!((&last["parent_id"], &last["height"]), (&json!(named), &json!(2)));
    body["external_id"] = json!("ext-e");
    body["parent_external_id"] = json!("ext-nope");
    assert_eq!(refusal(&user.post(&path, body).await), (400, "Parent message not found".into()));
}

#[tokio::test]
async fn the_same_external_id_is_the_same_message() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = user.thread().await;
    let path = format!("/threads/{thread}/messages");
    let mut body = new(Value::Null, "first");
    body["external_id"] = json!("local-1");
    let first = user.post(&path, body.clone()).await;
    assert_eq!(first.status, 201);
    let again = user.post(&path, body.clone()).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, first.json()));
    let before = listed(&user, &thread, "").await;
    assert_eq!((before.as_array().unwrap().len(), &before[0]["external_id"]), (1, &json!("local-1")));
    body["content"] = user_says("changed");
    assert_eq!(user.post(&path, body.clone()).await.json(), first.json());
    let after = listed(&user, &thread, "").await;
    assert_eq!(after[0]["content"], user_says("changed"));
    assert!(after[0]["updated_at"].as_str() > before[0]["updated_at"].as_str());
    body["content"]["role"] = json!("assistant");
    assert_eq!(user.post(&path, body.clone()).await.status, 409);
    let other = user.thread().await;
    assert_eq!(user.post(&format!("/threads/{other}/messages"), body).await.status, 201);
}

#[tokio::test]
async fn a_message_moves_its_thread_up_and_a_change_does_not() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let (first, second) = (user.thread().await, user.thread().await);
    let message = user.says(&first, None, "hi").await;
    assert_eq!(user.threads("").await, [first.clone(), second.clone()]);
    user.says(&second, None, "hi").await;
    let change = json!({ "content": user_says("edited") });
    let path = format!("/threads/{first}/messages/{message}");
    assert_eq!(user.done("PUT", &path, change).await, json!({}));
    assert_eq!(user.threads("").await, [second, first.clone()]);
    assert_eq!(listed(&user, &first, "").await[0]["content"], user_says("edited"));
    let answer =
        user.call("PUT", &format!("/threads/{first}/messages/msg_0nope"), json!({ "content": {} })).await;
    assert_eq!(refusal(&answer), (404, "Message not found".into()));
    assert_eq!(
        wrong(&user.call("PUT", &path, json!({ "content": [], "format": "x" })).await),
        ["content", "format"]
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_new_message() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let path = format!("/threads/{}/messages", user.thread().await);
    let cases = [
        (json!({}), vec!["parent_id", "format", "content"]),
        (json!({ "parent_id": 1, "format": "", "content": "x" }), vec!["parent_id", "format", "content"]),
        (json!({ "parent_id": null, "format": "f", "content": {}, "role": "user" }), vec!["role"]),
        (new(Value::Null, &"a".repeat(1_048_577)), vec!["content"]),
    ];
    for (body, paths) in cases {
        assert_eq!(wrong(&user.post(&path, body).await), paths);
    }
}

#[tokio::test]
async fn the_older_limits_by_setting() {
    let assistant_cloud = AssistantCloudSettings {
        largest_content: 65_536,
        frozen_parents: true,
        ..AssistantCloudSettings::default()
    };
    let projects = vec![open_project("default")];
    let backend = Backend::start(Config { projects, assistant_cloud, ..Config::default() }).await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = user.thread().await;
    let path = format!("/threads/{thread}/messages");
    assert_eq!(wrong(&user.post(&path, new(Value::Null, &"a".repeat(65_536))).await), ["content"]);
    let root = user.says(&thread, None, "root").await;
    let leaf = user.says(&thread, Some(&root), "leaf").await;
    let change = json!({ "content": user_says("edited") });
    assert_eq!(user.call("PUT", &format!("{path}/{root}"), change.clone()).await.status, 409);
    assert_eq!(user.call("PUT", &format!("{path}/{leaf}"), change).await.status, 200);
}

#[tokio::test]
async fn deleted_messages_take_those_after_them_along() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = user.thread().await;
    let root = user.says(&thread, None, "root").await;
    let left = user.says(&thread, Some(&root), "left").await;
    let right = user.says(&thread, Some(&root), "right").await;
    user.says(&thread, Some(&left), "leaf").await;
    let path = format!("/threads/{thread}/messages");
    assert_eq!(user.done("DELETE", &path, json!({ "message_ids": [left, "msg_0nope"] })).await, json!({}));
    assert_eq!(ids(&listed(&user, &thread, "").await), [right, root]);
    for ids in [json!([]), json!([1]), json!("msg_0a"), json!(vec!["msg_0a"; 201])] {
        let answer = user.call("DELETE", &path, json!({ "message_ids": ids })).await;
        assert_eq!(wrong(&answer), ["message_ids"]);
    }
}

#[tokio::test]
async fn a_history_is_read_in_the_format_that_is_asked_for() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = user.thread().await;
    let path = format!("/threads/{thread}/messages");
    let parts = json!([{ "type": "text", "text": "a" }]);
    let root = user.says(&thread, None, "a").await;
    let stored = [
        ("ai-sdk/v6", json!({ "role": "user", "parts": parts })),
        ("aui/v0", json!({ "content": "neither role nor parts" })),
        ("mine", json!({ "anything": true })),
    ];
    for (format, content) in stored {
        user.done("POST", &path, json!({ "parent_id": root, "format": format, "content": content })).await;
    }
    let formats = async |query: &str| -> Vec<String> {
        listed(&user, &thread, query).await.as_array().unwrap().iter().map(|row| id(&row["format"])).collect()
    };
    assert_eq!(formats("").await, ["mine", "aui/v0", "ai-sdk/v6", "aui/v0"]);
    assert_eq!(formats("?format=ai-sdk%2Fv6").await, ["mine", "ai-sdk/v6", "ai-sdk/v6"]);
    assert_eq!(formats("?format=aui%2Fv0").await, ["mine", "aui/v0", "ai-sdk/v6", "aui/v0"]);
    let rows = listed(&user, &thread, "?format=ai-sdk/v6").await;
    assert_eq!(rows[2]["content"], json!({ "role": "user", "parts": parts }));
    // A page is full although a row of it could not be shown.
    assert_eq!(formats("?format=ai-sdk/v6&limit=2").await.len(), 2);
}
