//! Scores, and feedback as one of them.

use serde_json::{Value, json};

use super::client::{User, id, refusal, wrong};
use crate::client::Backend;

#[tokio::test]
async fn feedback_is_one_score_of_each_user() {
    let backend = Backend::open().await;
    let (alice, bob) = (User::by_key(&backend, "alice", "acme"), User::by_key(&backend, "bob", "acme"));
    let thread = alice.thread().await;
    let path = format!("/threads/{thread}/messages/{}/feedback", alice.says(&thread, None, "hi").await);
    let first = alice.done("POST", &path, json!({ "type": "positive" })).await;
    assert!(first["feedback_id"].as_str().unwrap().starts_with("score_"));
    assert_eq!((&first["type"], &first["comment"]), (&json!("positive"), &Value::Null));
    let again = alice.done("POST", &path, json!({ "type": "negative", "comment": "wrong" })).await;
    assert_eq!(again, json!({ "feedback_id": first["feedback_id"], "type": "negative", "comment": "wrong" }));
    let other = bob.done("POST", &path, json!({ "type": "positive" })).await;
    assert_ne!(other["feedback_id"], first["feedback_id"]);
    for (body, paths) in [
        (json!({}), vec!["type"]),
        (json!({ "type": "good", "comment": 1, "odd": 1 }), vec!["type", "comment", "odd"]),
    ] {
        assert_eq!(wrong(&alice.post(&path, body).await), paths);
    }
    let nowhere = format!("/threads/{thread}/messages/msg_0nope/feedback");
    assert_eq!(alice.post(&nowhere, json!({ "type": "positive" })).await.status, 404);
}

#[tokio::test]
async fn scores_of_three_kinds_and_three_targets() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = user.thread().await;
    let message = user.says(&thread, None, "hi").await;
    let run = user.done("POST", "/runs", json!({ "thread_id": thread, "status": "completed" })).await;
    let run = id(&run["run_id"]);
    let cases = [
        (
            json!({ "data_type": "numeric", "value": 0.8, "thread_id": thread, "message_id": message }),
            json!(0.8),
        ),
        (json!({ "data_type": "numeric", "value": 3, "run_id": run }), json!(3)),
        (json!({ "data_type": "boolean", "value": true, "thread_id": thread }), json!(1)),
        (json!({ "data_type": "boolean", "value": 0, "thread_id": thread }), json!(0)),
        (json!({ "data_type": "categorical", "string_value": "good", "thread_id": thread }), Value::Null),
    ];
    for (mut body, value) in cases {
        body["name"] = json!("my.score_1");
        let answer = user.post("/scores", body.clone()).await;
        assert_eq!(answer.status, 201, "{body} {answer:?}");
        let score = answer.json();
        assert!(score["score_id"].as_str().unwrap().starts_with("score_"));
        assert_eq!((&score["name"], &score["data_type"]), (&json!("my.score_1"), &body["data_type"]));
        assert_eq!((&score["value"], &score["string_value"]), (&value, &body["string_value"]), "{body}");
    }
    let wrongs = [
        (json!({ "name": "a", "data_type": "numeric", "value": "1", "thread_id": thread }), vec!["value"]),
        (
            json!({ "name": "a b", "data_type": "boolean", "value": 2, "thread_id": thread }),
            vec!["name", "value"],
        ),
        (
            json!({ "name": "a", "data_type": "categorical", "value": 1, "thread_id": thread }),
            vec!["value", "string_value"],
        ),
        (json!({ "name": "a", "data_type": "numeric", "value": 1 }), vec![""]),
        (json!({ "name": "a", "data_type": "numeric", "value": 1, "message_id": message }), vec![""]),
        (
            json!({ "name": "a", "data_type": "numeric", "value": 1, "thread_id": thread, "run_id": run }),
            vec![""],
        ),
        (json!({}), vec!["name", "data_type", ""]),
    ];
    for (body, paths) in wrongs {
        assert_eq!(wrong(&user.post("/scores", body.clone()).await), paths, "{body}");
    }
    let nowhere = json!({ "name": "a", "data_type": "numeric", "value": 1, "run_id": "run_0nope" });
    assert_eq!(refusal(&user.post("/scores", nowhere).await), (404, "Run not found".into()));
}
