//! Streams that are left and joined again.

use serde_json::json;

use super::client::{User, contents, names, says, start, text};

#[tokio::test]
async fn resumed_without_a_gap_or_a_repeat() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let body =
        says("slow 20 20", json!({ "stream_mode": ["messages-tuple", "values"], "stream_resumable": true }));
    let mut stream = alice.stream(&format!("{thread}/runs/stream"), body).await;
    let run = format!("{}/stream", stream.run);
    let mut seen = stream.take(6).await;
    drop(stream);
    let last = seen.last().unwrap().id.clone().unwrap();
    seen.extend(alice.join(&run, Some(&last)).await.rest().await);
    let whole: Vec<_> = (1..=20).map(|number| format!("word-{number}")).collect();
    assert_eq!(text(&seen), whole.join(" "));
    // Once it is over, all of it can be had again, or, without a place, nothing.
    assert_eq!(alice.join(&run, Some("-1")).await.rest().await, seen);
    assert!(alice.join(&run, None).await.rest().await.is_empty());
    let values = alice.join(&format!("{run}?stream_mode=values"), Some("-1")).await.rest().await;
    assert_eq!(names(&values), ["values", "values"]);
    let both =
        alice.join(&format!("{run}?stream_mode=[%22values%22,%22updates%22]"), Some("-1")).await.rest().await;
    assert_eq!(both, values);
}

#[tokio::test]
async fn without_ids_a_join_has_what_comes_next() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let body = says("slow 20 20", json!({ "stream_mode": ["messages-tuple"] }));
    let mut stream = alice.stream(&format!("{thread}/runs/stream"), body).await;
    let run = stream.run.clone();
    stream.take(4).await;
    drop(stream);
    let rest = alice.join(&format!("{run}/stream"), Some("-1")).await.rest().await;
    let rest = text(&rest);
    assert!(rest.ends_with("word-20") && !rest.contains("word-1 "), "{rest}");
    assert_eq!(alice.outcome(&run).await, "success", "it went on without a reader");
    assert!(alice.join(&format!("{run}/stream"), Some("-1")).await.rest().await.is_empty());
}

#[tokio::test]
async fn several_read_one_run() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let body = says("slow 20 20", json!({ "stream_mode": ["messages-tuple"], "stream_resumable": true }));
    let mut first = alice.stream(&format!("{thread}/runs/stream"), body).await;
    let begun = first.take(3).await;
    let mut second = alice.join(&format!("{}/stream", first.run), Some("-1")).await;
    let (rest, all) = tokio::join!(first.rest(), second.rest());
    assert_eq!([begun, rest].concat(), all);
}

#[tokio::test]
async fn heartbeats_fill_the_silence() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let mut stream = alice.stream("/runs/stream", says("slow 3 600", json!({}))).await;
    stream.rest().await;
    assert!(stream.heartbeats > 2, "{}", stream.heartbeats);
    // Who waits for JSON gets white space before it.
    let waited = alice.post("/runs/wait", says("slow 3 600", json!({}))).await;
    assert!(waited.text.starts_with("\n\n"), "{:?}", waited.text);
    assert_eq!(contents(&waited.json())[1], "word-1 word-2 word-3");
}
