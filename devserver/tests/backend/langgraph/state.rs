use serde_json::{Value, json};

use super::client::{User, contents, says, start};

#[tokio::test]
async fn history_and_forks() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let state = format!("{thread}/state");
    let empty = alice.get(&state).await.json();
    assert_eq!((&empty["values"], &empty["checkpoint"]), (&json!({}), &Value::Null));
    alice.post(&format!("{thread}/runs/wait"), says("one", json!({}))).await;
    alice.post(&format!("{thread}/runs/wait"), says("two", json!({}))).await;
    let history = async |body: Value| alice.post(&format!("{thread}/history"), body).await.json();
    let all = history(json!({})).await;
    let steps: Vec<_> =
        all.as_array().unwrap().iter().map(|state| state["metadata"]["step"].clone()).collect();
    assert_eq!(Value::from(steps), json!([4, 3, 2, 1, 0, -1]));
    assert_eq!(all[0], alice.get(&state).await.json());
    for pair in all.as_array().unwrap().windows(2) {
        assert_eq!(pair[0]["parent_checkpoint"], pair[1]["checkpoint"]);
    }
    let page = history(json!({ "limit": 2, "before": all[1]["checkpoint"] })).await;
    assert_eq!(page, json!([all[2], all[3]]));
    assert_eq!(history(json!({ "metadata": { "source": "input" } })).await, json!([all[2], all[5]]));

    // The state after the first answer, got in two ways, and a run that goes on from there.
    let first = all[3]["checkpoint"].clone();
    let id = first["checkpoint_id"].as_str().unwrap();
    assert_eq!(alice.get(&format!("{state}/{id}")).await.json(), all[3]);
    assert_eq!(
        alice.post(&format!("{state}/checkpoint"), json!({ "checkpoint": first })).await.json(),
        all[3]
    );
    let fork = says("instead", json!({ "checkpoint_id": id }));
    let values = alice.post(&format!("{thread}/runs/wait"), fork).await.json();
    assert_eq!(contents(&values), ["one", "You said: one", "instead", "You said: instead"]);
}

#[tokio::test]
async fn written_by_hand() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let state = format!("{thread}/state");
    alice.post(&format!("{thread}/runs/wait"), says("one", json!({}))).await;
    let before = alice.get(&state).await.json();
    let id = before["values"]["messages"][1]["id"].clone();
    let edit = json!({ "values": { "messages": [{ "type": "ai", "content": "edited", "id": id }] } });
    let made = alice.post(&state, edit).await.json();
    let now = alice.get(&state).await.json();
    assert_eq!(made["checkpoint"]["checkpoint_id"], now["checkpoint"]["checkpoint_id"]);
    assert_eq!(
        (contents(&now["values"]), &now["parent_checkpoint"]),
        (vec!["one", "edited"], &before["checkpoint"])
    );
    assert_eq!((&now["metadata"]["source"], &now["next"]), (&json!("update"), &json!([])));
    let answers_it = json!({ "values": { "messages": "and you?" }, "as_node": "__start__" });
    alice.post(&state, answers_it).await;
    assert_eq!(alice.get(&state).await.json()["next"], json!(["echo"]));
    let values = alice.post(&format!("{thread}/runs/wait"), json!({ "assistant_id": "agent" })).await.json();
    assert_eq!(contents(&values)[2..], ["and you?", "You said: and you?"]);
    let nowhere = alice.post(&state, json!({ "values": {}, "as_node": "nope" })).await;
    assert_eq!(
        (nowhere.status.as_u16(), nowhere.json()),
        (400, json!({ "detail": "Node nope does not exist" }))
    );
}
