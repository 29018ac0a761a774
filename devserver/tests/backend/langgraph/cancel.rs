use serde_json::{Value, json};

use super::client::{User, contents, says, start};

const LONG: &str = "slow 5000 20";

#[tokio::test]
async fn a_cancelled_run_stops_and_its_stream_just_ends() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let body = says(LONG, json!({ "stream_mode": ["messages-tuple"], "stream_resumable": true }));
    let mut stream = alice.stream(&format!("{thread}/runs/stream"), body).await;
    stream.take(3).await;
    let run = stream.run.clone();
    let cancelled = alice.post(&format!("{run}/cancel?wait=0&action=interrupt"), Value::Null).await;
    assert_eq!((cancelled.status.as_u16(), cancelled.text.as_str()), (202, ""));
    let rest = stream.rest().await;
    assert!(rest.iter().all(|event| event.name == "messages"), "{rest:?}");
    assert_eq!(alice.get(&run).await.json()["status"], "interrupted");
    let now = alice.get(&thread).await.json();
    assert_eq!((&now["status"], &now["error"]["error"]), (&json!("interrupted"), &json!("UserInterrupt")));
    assert_eq!(now["interrupts"], json!({}), "nobody was asked anything");
    assert_eq!(alice.get(&format!("{thread}/state")).await.json()["tasks"][0]["error"], "CancelledError()");
    assert_eq!(alice.post(&format!("{run}/cancel"), Value::Null).await.status.as_u16(), 404, "it is over");
    assert_eq!(contents(&alice.get(&format!("{run}/join")).await.json()), [LONG]);
}

#[tokio::test]
async fn a_rolled_back_run_never_was() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    alice.post(&format!("{thread}/runs/wait"), says("hi", json!({}))).await;
    let mut stream = alice.stream(&format!("{thread}/runs/stream"), says(LONG, json!({}))).await;
    stream.take(2).await;
    let run = stream.run.clone();
    let cancelled = alice.post(&format!("{run}/cancel?wait=1&action=rollback"), Value::Null).await;
    assert_eq!((cancelled.status.as_u16(), cancelled.text.as_str()), (200, "{}"));
    assert_eq!(alice.get(&run).await.status.as_u16(), 404);
    let now = alice.get(&thread).await.json();
    assert_eq!((&now["status"], contents(&now["values"])), (&json!("idle"), vec!["hi", "You said: hi"]));
}

#[tokio::test]
async fn a_hang_up_ends_a_run_only_where_that_was_asked_for() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let mut stream = alice
        .stream(&format!("{thread}/runs/stream"), says(LONG, json!({ "on_disconnect": "cancel" })))
        .await;
    stream.take(2).await;
    let run = stream.run.clone();
    drop(stream);
    assert_eq!(alice.outcome(&run).await, "interrupted");

    let mut stream = alice.stream(&format!("{thread}/runs/stream"), says("slow 10 20", json!({}))).await;
    stream.take(2).await;
    let run = stream.run.clone();
    drop(stream);
    assert_eq!(alice.outcome(&run).await, "success");

    let begun = alice.post(&format!("{thread}/runs"), says(LONG, json!({ "stream_resumable": true }))).await;
    let run = begun.headers["content-location"].to_str().unwrap();
    let mut joined = alice.join(&format!("{run}/stream?cancel_on_disconnect=true"), Some("-1")).await;
    joined.take(1).await;
    drop(joined);
    assert_eq!(alice.outcome(run).await, "interrupted");
}

#[tokio::test]
async fn several_at_once() {
    let backend = start().await;
    let (alice, bob) = (User::new(&backend, "alice"), User::new(&backend, "bob"));
    let (one, other) = (alice.thread().await, bob.thread().await);
    let run = async |user: &User<'_>, thread: &str| {
        let begun = user.post(&format!("{thread}/runs"), says(LONG, json!({}))).await;
        begun.headers["content-location"].to_str().unwrap().to_owned()
    };
    let (of_alice, of_bob) = (run(&alice, &one).await, run(&bob, &other).await);
    assert_eq!(alice.post("/runs/cancel", json!({ "status": "all" })).await.status.as_u16(), 204);
    assert_eq!(alice.outcome(&of_alice).await, "interrupted");
    assert_eq!(alice.post("/runs/cancel", json!({ "status": "all" })).await.status.as_u16(), 404);
    assert!(["pending", "running"].contains(&bob.get(&of_bob).await.json()["status"].as_str().unwrap()));
}
