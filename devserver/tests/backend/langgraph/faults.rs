use serde_json::{Value, json};

use super::client::{User, names, says, start, text};
use crate::client::{Answer, Backend, json_body};

async fn arm(backend: &Backend, fault: &str) {
    let request = backend.control("PUT", "faults");
    assert_eq!(Answer::of(json_body(request, &json!({ "faults": [fault] }))).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_cut_stream_goes_on_where_it_was_cut() {
    // With heartbeats as rare as they are: they count as events to the fault.
    let backend = Backend::open().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    arm(&backend, "drop=4;times=1").await;
    let body = says("slow 5 20", json!({ "stream_mode": ["messages-tuple"], "stream_resumable": true }));
    let mut stream = alice.stream(&format!("{thread}/runs/stream"), body).await;
    let mut seen = vec![];
    while let Ok(Some(event)) = stream.next().await {
        seen.push(event);
    }
    assert_eq!(names(&seen), ["metadata", "messages", "messages", "messages"]);
    let last = seen.last().unwrap().id.clone().unwrap();
    seen.extend(alice.join(&format!("{}/stream", stream.run), Some(&last)).await.rest().await);
    assert_eq!(text(&seen), "word-1 word-2 word-3 word-4 word-5");
}

#[tokio::test]
async fn refusals_have_the_servers_form() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    for (fault, status, body) in [
        ("status=503;retry-after=1", 503, json!({ "detail": "Service Unavailable" })),
        ("status=401", 401, json!({ "detail": "" })),
        ("status=500", 500, Value::Null),
    ] {
        arm(&backend, fault).await;
        let answer = alice.post("/threads/search", json!({})).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(serde_json::from_str::<Value>(&answer.text).unwrap_or_default(), body);
    }
    arm(&backend, "status=503;on=run").await;
    assert_eq!(alice.post("/threads/search", json!({})).await.status.as_u16(), 200);
    assert_eq!(alice.post("/runs/wait", says("hi", json!({}))).await.status.as_u16(), 503);
}

#[tokio::test]
async fn a_clock_that_is_ahead_ends_tokens() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    arm(&backend, "skew=4000000000").await;
    assert_eq!(alice.post("/threads/search", json!({})).await.status.as_u16(), 401);
}
