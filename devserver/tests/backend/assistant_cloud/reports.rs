//! What clients report: runs and events.

use serde_json::json;

use super::client::{User, wrong};
use crate::client::Backend;

#[tokio::test]
async fn a_run_is_reported() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let thread = user.thread().await;
    let body = json!({ "thread_id": thread, "status": "incomplete", "outcome_type": "aborted", "new": {} });
    let answer = user.post("/runs", body).await;
    assert_eq!(answer.status, 201);
    assert!(answer.json()["run_id"].as_str().unwrap().starts_with("run_0"));
    assert_eq!(wrong(&user.post("/runs", json!({ "status": "fine" })).await), ["thread_id", "status"]);
}

#[tokio::test]
async fn events_are_accepted_up_to_fifty_of_known_kinds() {
    let backend = Backend::open().await;
    let user = User::by_key(&backend, "alice", "acme");
    let event = json!({ "kind": "message_copied", "value": 3, "props": { "a": "b" } });
    let answer = user.post("/events", json!({ "events": vec![event.clone(); 50] })).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (202, json!({ "accepted": 50 })));
    for events in [json!([]), json!(vec![event; 51]), json!([{ "kind": "clicked" }]), json!({})] {
        assert_eq!(wrong(&user.post("/events", json!({ "events": events })).await), ["events"]);
    }
}
