use serde_json::json;

use super::client::{User, contents, names, says, start};

#[tokio::test]
async fn asked_and_answered() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let modes = json!({ "stream_mode": ["values", "updates"] });
    let mut stream = alice.stream(&format!("{thread}/runs/stream"), says("interrupt me", modes)).await;
    let run = stream.run.clone();
    let events = stream.rest().await;
    assert_eq!(names(&events), ["metadata", "values", "updates", "values"]);
    let asked = &events[2].data["__interrupt__"][0];
    assert_eq!(asked["value"], json!({ "question": "May I go on?" }));
    assert_eq!(&events[3].data["__interrupt__"][0], asked);
    assert_eq!(alice.get(&run).await.json()["status"], "success", "the run itself is done");
    let now = alice.get(&thread).await.json();
    assert_eq!(now["status"], "interrupted");
    let state = alice.get(&format!("{thread}/state")).await.json();
    assert_eq!((&state["next"], &state["interrupts"][0]["id"]), (&json!(["echo"]), &asked["id"]));
    let task = state["tasks"][0]["id"].as_str().unwrap();
    assert_eq!(now["interrupts"][task], state["interrupts"]);

    let answer = json!({ "assistant_id": "agent", "command": { "resume": { "ok": true } }, "stream_mode": ["updates", "values"] });
    let events = alice.stream(&format!("{thread}/runs/stream"), answer.clone()).await.rest().await;
    assert_eq!(names(&events), ["metadata", "values", "updates", "values"]);
    assert_eq!(contents(&events[3].data), ["interrupt me", r#"You said: {"ok":true}"#]);
    let now = alice.get(&thread).await.json();
    assert_eq!((&now["status"], &now["interrupts"]), (&json!("idle"), &json!({})));
    // An answer that nobody waits for changes nothing.
    let again = alice.post(&format!("{thread}/runs/wait"), answer).await.json();
    assert_eq!(contents(&again).len(), 2);
}

#[tokio::test]
async fn waiting_says_what_is_asked() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let values = alice.post("/runs/wait", says("ask me", json!({}))).await.json();
    assert_eq!(values["__interrupt__"][0]["value"], json!({ "question": "really?" }));
}
