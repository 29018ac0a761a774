use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Backend, json_body, says, says_after};
use crate::streams::{Next, Stream, types};

async fn thread(backend: &Backend, bearer: &str, id: &str) -> Value {
    backend.call(bearer, "GET", &format!("/v1/threads/{id}"), Value::Null).await.json()
}

/// The thread once no run is active on it.
async fn idle_thread(backend: &Backend, bearer: &str, id: &str) -> Value {
    for _ in 0..200 {
        let thread = thread(backend, bearer, id).await;
        if thread["runStatus"] == "idle" {
            return thread;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the thread never became idle: {}", thread(backend, bearer, id).await);
}

fn tool() -> Value {
    json!([{ "name": "get_weather", "description": "", "inputSchema": { "type": "object" } }])
}

#[tokio::test]
async fn one_run_at_a_time() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("slow")).await;
    stream.first_delta().await;
    let path = format!("/v1/threads/{}/runs", stream.thread_id);

    let refused = backend.call(&alice, "POST", &path, says("hello")).await;
    assert_eq!(refused.status, 409);
    let problem = refused.json();
    assert_eq!(problem["type"], "urn:tambo:error:concurrent_run");
    assert_eq!(problem["threadId"], stream.thread_id.as_str());
    assert_eq!(problem["currentRunId"], stream.run_id.as_str());

    let running = thread(&backend, &alice, &stream.thread_id).await;
    assert_eq!(running["runStatus"], "streaming");
    assert_eq!(running["currentRunId"], stream.run_id.as_str());
    assert_eq!(running["messages"][1]["content"], json!([{ "type": "text", "text": " " }]));
}

#[tokio::test]
async fn a_cancelled_run_ends_its_stream_and_keeps_no_text() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("slow 60")).await;
    stream.first_delta().await;
    let (thread_id, run_id) = (stream.thread_id.clone(), stream.run_id.clone());
    let run = format!("/v1/threads/{thread_id}/runs/{run_id}");

    // Nobody else can, and no other run is meant.
    let bob = backend.session("bob");
    assert_eq!(backend.call(&bob, "DELETE", &run, Value::Null).await.status, 403);
    let other = format!("/v1/threads/{thread_id}/runs/run_other");
    assert_eq!(backend.call(&alice, "DELETE", &other, Value::Null).await.status, 404);

    let cancelled = backend.call(&alice, "DELETE", &run, Value::Null).await;
    assert_eq!(cancelled.status, 200);
    assert_eq!(cancelled.json(), json!({ "runId": run_id, "status": "cancelled" }));
    let (events, end) = stream.rest().await;
    let mut last = events.last().unwrap().clone();
    last.as_object_mut().unwrap().remove("timestamp");
    assert_eq!(last, json!({ "type": "RUN_ERROR", "message": "Run cancelled", "code": "CANCELLED" }));
    assert_eq!(end, Next::End);

    let after = thread(&backend, &alice, &thread_id).await;
    assert_eq!((&after["runStatus"], &after["lastRunCancelled"]), (&json!("idle"), &json!(true)));
    assert_eq!(after["lastCompletedRunId"], run_id.as_str());
    let message = &after["messages"][1];
    assert_eq!((&message["content"][0]["text"], &message["isCancelled"]), (&json!(" "), &json!(true)));

    assert_eq!(backend.call(&alice, "DELETE", &run, Value::Null).await.status, 404);
    let path = format!("/v1/threads/{thread_id}/runs");
    let mut next = Stream::open(&backend, &alice, &path, says_after("hello", &run_id.into())).await;
    assert_eq!(types(&next.rest().await.0).last(), Some(&"RUN_FINISHED"));
    let after = thread(&backend, &alice, &thread_id).await;
    assert_eq!(after["lastRunCancelled"], Value::Null);
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_its_run() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("slow")).await;
    stream.first_delta().await;
    let thread_id = stream.thread_id.clone();
    drop(stream);
    let after = idle_thread(&backend, &alice, &thread_id).await;
    assert_eq!(after["lastRunCancelled"], true);
    assert_eq!(after["messages"][1]["content"], json!([{ "type": "text", "text": " " }]));
    assert_eq!(after["messages"][1]["isCancelled"], true);
    assert_eq!(after["statusMessage"], "Streaming response...");
}

#[tokio::test]
async fn a_client_that_goes_away_at_once_leaves_no_run_behind() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let created = backend.call(&alice, "POST", "/v1/threads", json!({})).await.json();
    let id = created["id"].as_str().unwrap();
    let path = format!("/v1/threads/{id}/runs");
    for microseconds in (0..4000).step_by(40) {
        let previous = idle_thread(&backend, &alice, id).await["lastCompletedRunId"].clone();
        let request =
            json_body(backend.request("POST", &path).bearer_auth(&alice), &says_after("slow 60", &previous));
        let asked = request.send();
        let _ = tokio::time::timeout(Duration::from_micros(microseconds), asked).await;
    }
    idle_thread(&backend, &alice, id).await;
}

#[tokio::test]
async fn a_cut_answer_breaks_the_connection() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("cut")).await;
    let (events, end) = stream.rest().await;
    assert_eq!(end, Next::Broken);
    assert_eq!(types(&events)[..2], ["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT"]);
    assert!(!types(&events).iter().any(|kind| kind.starts_with("RUN_")));
    let after = idle_thread(&backend, &alice, &stream.thread_id).await;
    assert_eq!(after["lastRunCancelled"], true);
}

#[tokio::test]
async fn a_thread_deleted_under_its_run_ends_the_stream() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("slow 60")).await;
    stream.first_delta().await;
    let path = format!("/v1/threads/{}", stream.thread_id);
    assert_eq!(backend.call(&alice, "DELETE", &path, Value::Null).await.status, 204);
    let (events, end) = stream.rest().await;
    assert_eq!((events.last().unwrap()["code"].as_str(), end), (Some("CANCELLED"), Next::End));
}

#[tokio::test]
async fn what_cannot_be_answered_fails_in_the_stream() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    for content in [json!([]), json!([{ "type": "hologram" }])] {
        let body = json!({ "message": { "role": "user", "content": content } });
        let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", body).await;
        let (events, end) = stream.rest().await;
        assert_eq!((types(&events), end), (vec!["RUN_ERROR", "RUN_ERROR"], Next::End));
        assert_eq!(events[0]["code"], "INTERNAL_ERROR");
        let after = thread(&backend, &alice, &stream.thread_id).await;
        assert_eq!(after["lastRunError"]["code"], "INTERNAL_ERROR");
    }
}

#[tokio::test]
async fn a_missing_message_is_a_validation_error() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let refused = backend.call(&alice, "POST", "/v1/threads/runs", json!({})).await;
    assert_eq!(refused.summary(), (400, "[\"message should not be null or undefined\"]".into()));
}

#[tokio::test]
async fn results_and_text_may_share_a_message() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut body = says("weather please");
    body["tools"] = tool();
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", body).await;
    let (events, _) = stream.rest().await;
    let call = events[0]["toolCallId"].clone();
    let path = format!("/v1/threads/{}/runs", stream.thread_id);

    let result = |id: &Value, text: &str| json!({ "type": "tool_result", "toolUseId": id, "content": [{ "type": "text", "text": text }] });
    let body = |content: Value| json!({ "message": { "role": "user", "content": content }, "previousRunId": stream.run_id, "tools": tool() });
    let extra = backend
        .call(&alice, "POST", &path, body(json!([result(&call, "1"), result(&json!("call_x"), "2")])))
        .await;
    assert_eq!((extra.status.as_u16(), extra.json()["code"].as_str().unwrap()), (400, "EXTRA_RESULTS"));
    assert_eq!(extra.json()["extraToolCallIds"], json!(["call_x"]));

    let content =
        json!([result(&call, "old"), { "type": "text", "text": "and thanks" }, result(&call, "new")]);
    let mut second = Stream::open(&backend, &alice, &path, body(content)).await;
    let (events, _) = second.rest().await;
    let text: String = events.iter().filter_map(|event| event["delta"].as_str()).collect();
    assert_eq!(text, "The tool said: new");

    let after = thread(&backend, &alice, &stream.thread_id).await;
    let roles: Vec<_> = after["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["user", "assistant", "assistant", "user", "assistant"]);
    assert_eq!(after["pendingToolCallIds"], Value::Null);
}

#[tokio::test]
async fn a_refused_run_leaves_its_new_thread_behind() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let body = json!({ "message": { "role": "user", "content": [{ "type": "tool_result", "toolUseId": "call_x", "content": [] }] } });
    assert_eq!(backend.call(&alice, "POST", "/v1/threads/runs", body).await.status, 400);
    let list = backend.call(&alice, "GET", "/v1/threads", Value::Null).await.json();
    assert_eq!(list["threads"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_unicode_answer_is_raw_on_the_wire() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let answer = backend.call(&alice, "POST", "/v1/threads/runs", says("unicode")).await;
    assert!(answer.text.contains("line2 \u{2028} "));
    assert!(!answer.text.contains("\\u2028"));
    assert_eq!(answer.headers["content-type"], "text/event-stream");
    assert!(answer.headers.contains_key("x-thread-id") && answer.headers.contains_key("x-run-id"));
    assert!(!answer.headers.contains_key("access-control-expose-headers"));
}

#[tokio::test]
async fn stopping_the_server_settles_what_runs() {
    let folder = tempdir();
    let database = threadpass_devserver::Database::File(folder.join("stop.sqlite"));
    let config = || threadpass_devserver::Config {
        database: database.clone(),
        projects: vec![crate::client::open_project("default")],
        ..Default::default()
    };
    let backend = Backend::start(config()).await;
    let alice = backend.session("alice");
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("slow")).await;
    stream.first_delta().await;
    let thread_id = stream.thread_id.clone();
    let asked = Instant::now();
    backend.server.shutdown().await;
    assert!(asked.elapsed() < Duration::from_secs(1));
    assert!(stream.rest().await.0.iter().all(|event| event["type"] == "TEXT_MESSAGE_CONTENT"));

    let backend = Backend::start(config()).await;
    let after = thread(&backend, &alice, &thread_id).await;
    assert_eq!((&after["runStatus"], &after["lastRunCancelled"]), (&json!("idle"), &json!(true)));
    std::fs::remove_dir_all(folder).unwrap();
}

fn tempdir() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("threadpass-{}", rand::random::<u64>()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
