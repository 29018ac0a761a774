use serde_json::{Value, json};

use super::client::{User, says, start};

const ID: &str = "01a1fcbf-0000-7000-8000-000000000001";

#[tokio::test]
async fn created_once() {
    let backend = start().await;
    let (alice, bob) = (User::new(&backend, "alice"), User::new(&backend, "bob"));
    let made = alice
        .post("/threads", json!({ "thread_id": ID, "metadata": { "a": 1, "owner": "bob" } }))
        .await
        .json();
    assert_eq!(made["metadata"], json!({ "a": 1, "owner": "alice" }), "the owner is not the client's to say");
    assert_eq!((&made["status"], &made["values"]), (&json!("idle"), &Value::Null));
    let again = json!({ "thread_id": ID });
    assert_eq!(alice.post("/threads", again.clone()).await.status.as_u16(), 409);
    let tolerant = json!({ "thread_id": ID, "if_exists": "do_nothing", "metadata": { "b": 2 } });
    assert_eq!(alice.post("/threads", tolerant.clone()).await.json(), made);
    assert_eq!(bob.post("/threads", tolerant).await.status.as_u16(), 409, "the id is somebody else's");
    for (body, part) in [
        (json!({ "thread_id": "x" }), "must be a UUID"),
        (json!({ "if_exists": "odd" }), "\"odd\" is not one of"),
        (json!({ "metadata": 7 }), "7 is not of type \"object\""),
        (Value::Null, "Invalid JSON"),
    ] {
        let answer = alice.post("/threads", body).await;
        assert_eq!(answer.status.as_u16(), 422);
        assert!(answer.json()["detail"].as_str().unwrap().contains(part), "{}", answer.text);
    }
}

#[tokio::test]
async fn patched_and_deleted() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let patch = json!({ "metadata": { "title": "One", "owner": "bob" } });
    let patched = alice.call("PATCH", &thread, patch).await.json();
    assert_eq!(patched["metadata"], json!({ "title": "One", "owner": "alice" }));
    let minimal = alice.request("PATCH", &thread).header("prefer", "return=minimal");
    let minimal = minimal.header("content-type", "application/json").body(r#"{"metadata":{"b":2}}"#);
    assert_eq!(minimal.send().await.unwrap().status().as_u16(), 204);
    assert_eq!(
        alice.get(&thread).await.json()["metadata"],
        json!({ "title": "One", "owner": "alice", "b": 2 })
    );
    assert_eq!(alice.call("DELETE", &thread, Value::Null).await.status.as_u16(), 204);
    assert_eq!(alice.get(&thread).await.status.as_u16(), 404);
}

#[tokio::test]
async fn found_page_by_page() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    for number in 0..5 {
        alice.post("/threads", json!({ "metadata": { "n": number, "odd": number % 2 == 1 } })).await;
    }
    let search = async |body: Value| {
        let answer = alice.post("/threads/search", body).await;
        let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let numbers: Vec<_> =
            answer.json().as_array().unwrap().iter().map(|row| row["metadata"]["n"].clone()).collect();
        (Value::from(numbers), header("x-pagination-total"), header("x-pagination-next"))
    };
    let text = |text: &str| Some(text.to_owned());
    // The total is what has been seen and one more, as the server counts.
    assert_eq!(search(json!({ "limit": 2 })).await, (json!([4, 3]), text("3"), text("2")));
    assert_eq!(search(json!({ "limit": 2, "offset": 2 })).await, (json!([2, 1]), text("5"), text("4")));
    assert_eq!(search(json!({ "limit": 2, "offset": 4 })).await, (json!([0]), text("5"), None));
    let ascending = json!({ "metadata": { "odd": true }, "sort_by": "created_at", "sort_order": "asc" });
    assert_eq!(search(ascending).await.0, json!([1, 3]));
    assert_eq!(search(json!({ "status": "busy" })).await.0, json!([]));
    assert_eq!(alice.post("/threads/count", json!({ "metadata": { "odd": false } })).await.text, "3");
    let selected = alice.post("/threads/search", json!({ "limit": 1, "select": ["status"] })).await.json();
    assert_eq!(selected, json!([{ "status": "idle" }]));
}

#[tokio::test]
async fn a_copy_is_a_thread_of_its_own() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    alice.post(&format!("{thread}/runs/wait"), says("hi", json!({}))).await;
    let copy = alice.post(&format!("{thread}/copy"), Value::Null).await.json();
    let id = copy["thread_id"].as_str().unwrap();
    assert_eq!(id.chars().nth(14), Some('4'), "version 4, unlike other threads");
    let state = async |thread: &str| alice.get(&format!("{thread}/state")).await.json()["values"].clone();
    let copied = format!("/threads/{id}");
    assert_eq!(state(&copied).await, state(&thread).await);
    alice.post(&format!("{copied}/runs/wait"), says("more", json!({}))).await;
    assert_eq!(state(&copied).await["messages"].as_array().unwrap().len(), 4);
    assert_eq!(state(&thread).await["messages"].as_array().unwrap().len(), 2);
}
