use serde_json::{Value, json};

use super::client::{User, contents, names, says, start, text};

#[tokio::test]
async fn every_mode_has_its_events() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let modes = json!({ "stream_mode": ["values", "messages-tuple", "updates", "custom"] });
    let events = alice.stream(&format!("{thread}/runs/stream"), says("hi you", modes)).await.rest().await;
    let mut expected = vec!["metadata", "values", "custom"];
    expected.extend(["messages"; 7]);
    expected.extend(["custom", "updates", "values"]);
    assert_eq!(names(&events), expected);
    assert_eq!(text(&events), "You said: hi you");
    assert!(events.iter().all(|event| event.id.is_none()), "ids only where they were asked for");
    let last = &events[9].data[0];
    assert_eq!((&last["chunk_position"], &last["type"]), (&json!("last"), &json!("AIMessageChunk")));
    let values = &events.last().unwrap().data;
    assert_eq!(contents(values), ["hi you", "You said: hi you"]);
    assert_eq!(values["messages"][1]["id"], last["id"], "one id in the stream and in the state");

    let modes = json!({ "stream_mode": ["debug", "tasks", "checkpoints", "events"] });
    let events = alice.stream(&format!("{thread}/runs/stream"), says("hi", modes)).await.rest().await;
    for name in ["debug", "tasks", "checkpoints", "events"] {
        assert!(names(&events).contains(&name), "{name}");
    }
    let modes = json!({ "stream_mode": "messages" });
    let events = alice.stream(&format!("{thread}/runs/stream"), says("hi", modes)).await.rest().await;
    assert_eq!(names(&events)[..3], ["metadata", "messages/metadata", "messages/partial"]);
    assert_eq!(events.last().unwrap().data[0]["content"], "You said: hi");
}

#[tokio::test]
async fn subgraphs_are_named() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let body = |subgraphs: bool| {
        says(
            "hi",
            json!({ "assistant_id": "nested", "stream_mode": ["values", "messages-tuple"], "stream_subgraphs": subgraphs }),
        )
    };
    let events = alice.stream(&format!("{thread}/runs/stream"), body(true)).await.rest().await;
    assert!(events[2].name.starts_with("values|child:"), "{:?}", names(&events));
    assert_eq!(text(&events), "You said: hi");
    let events = alice.stream(&format!("{thread}/runs/stream"), body(false)).await.rest().await;
    assert_eq!(names(&events), ["metadata", "values", "values"]);
    assert_eq!(contents(&events[2].data), ["hi", "You said: hi", "hi", "You said: hi"]);
}

#[tokio::test]
async fn tools_are_called_by_the_graph_itself() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let modes = json!({ "stream_mode": ["messages-tuple", "updates", "values"] });
    let events = alice.stream("/runs/stream", says("call it", modes)).await.rest().await;
    let updates: Vec<_> =
        events.iter().filter(|event| event.name == "updates").map(|event| &event.data).collect();
    let call = &updates[0]["echo"]["messages"][0]["tool_calls"][0];
    assert_eq!((&call["name"], &call["args"]), (&json!("get_weather"), &json!({ "location": "Paris" })));
    let result = &updates[1]["tools"]["messages"][0];
    assert_eq!((&result["type"], &result["tool_call_id"]), (&json!("tool"), &call["id"]));
    let fragments: String =
        events.iter().filter_map(|event| event.data[0]["tool_call_chunks"][0]["args"].as_str()).collect();
    assert_eq!(fragments, r#"{"location":"Paris"}"#);
    let last = events.last().unwrap();
    assert_eq!(contents(&last.data)[3], "The tool said: 18 degrees and some clouds");
}

#[tokio::test]
async fn waiting_gives_the_final_values_and_a_failure_inside_of_a_200() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let done = alice.post(&format!("{thread}/runs/wait"), says("hi", json!({}))).await;
    assert_eq!(contents(&done.json()), ["hi", "You said: hi"]);
    let failed = alice.post(&format!("{thread}/runs/wait"), says("fail", json!({}))).await;
    let error = json!({ "error": "ValueError", "message": "the graph failed on purpose" });
    assert_eq!((failed.status.as_u16(), failed.json()), (200, json!({ "__error__": error })));
    let run = failed.headers["content-location"].to_str().unwrap();
    assert_eq!(alice.get(run).await.json()["status"], "error");
    let now = alice.get(&thread).await.json();
    assert_eq!((&now["status"], &now["error"]), (&json!("error"), &error));
    assert_eq!(alice.get(&format!("{run}/join")).await.json(), json!({ "__error__": error }));
    let events = alice.stream(&format!("{thread}/runs/stream"), says("fail", json!({}))).await.rest().await;
    assert_eq!(names(&events), ["metadata", "values", "error"]);
    assert_eq!(events[2].data, error);
    let body = says("fail", json!({ "stream_resumable": true }));
    let mut stream = alice.stream(&format!("{thread}/runs/stream"), body).await;
    let told = stream.rest().await;
    assert_eq!(names(&told), ["metadata", "values", "error"]);
    let again = alice.join(&format!("{}/stream", stream.run), Some("-1")).await.rest().await;
    assert_eq!(again, told[..2], "a failure is only told once");
    // The next run goes on as if nothing had been.
    let again = alice.post(&format!("{thread}/runs/wait"), says("hi", json!({}))).await.json();
    assert_eq!(contents(&again).last(), Some(&"You said: hi"));
}

#[tokio::test]
async fn a_background_run_is_listed_and_joined() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let begun =
        alice.post(&format!("{thread}/runs"), says("slow 5 20", json!({ "metadata": { "m": 1 } }))).await;
    let run = begun.headers["content-location"].to_str().unwrap().to_owned();
    assert_eq!((begun.json()["status"].as_str(), begun.headers.get("location")), (Some("pending"), None));
    assert_eq!(begun.json()["metadata"]["m"], 1);
    assert_eq!(alice.get(&thread).await.json()["status"], "busy");
    let joined = alice.get(&format!("{run}/join")).await.json();
    assert_eq!(contents(&joined)[1], "word-1 word-2 word-3 word-4 word-5");
    assert_eq!(alice.get(&run).await.json()["status"], "success");
    alice.post(&format!("{thread}/runs/wait"), says("hi", json!({}))).await;
    let list = async |query: &str| alice.get(&format!("{thread}/runs{query}")).await.json();
    assert_eq!(list("").await.as_array().unwrap().len(), 2);
    let page = list("?limit=1&offset=1&status=success&select=run_id").await;
    assert_eq!(page, json!([{ "run_id": begun.json()["run_id"] }]), "the newest is first");
    assert_eq!(alice.call("DELETE", &run, Value::Null).await.status.as_u16(), 204);
    assert_eq!(alice.get(&run).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_busy_thread() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let runs = format!("{thread}/runs");
    let first = alice.post(&runs, says("slow 500 20", json!({}))).await.headers["content-location"].clone();
    let first = first.to_str().unwrap();
    let rejected = alice.post(&runs, says("hi", json!({ "multitask_strategy": "reject" }))).await;
    assert_eq!(rejected.status.as_u16(), 409);
    let queued = alice.post(&runs, says("queued", json!({}))).await;
    let queued = queued.headers["content-location"].to_str().unwrap();
    assert_eq!(alice.get(queued).await.json()["status"], "pending");
    let wait = says("now", json!({ "multitask_strategy": "interrupt" }));
    let values = alice.post(&format!("{runs}/wait"), wait).await.json();
    assert_eq!(alice.get(first).await.json()["status"], "interrupted");
    assert_eq!(contents(&values).last(), Some(&"You said: now"));
    assert_eq!(alice.get(queued).await.json()["status"], "interrupted");
}

#[tokio::test]
async fn runs_without_a_thread() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let mut stream = alice.stream("/runs/stream", says("hi", json!({}))).await;
    assert!(stream.run.starts_with("/runs/"), "{}", stream.run);
    assert_eq!(names(&stream.rest().await), ["metadata", "values", "values"]);
    let values = alice.post("/runs/wait", says("hi", json!({}))).await;
    assert_eq!(contents(&values.json()), ["hi", "You said: hi"]);
    let run = values.headers["content-location"].to_str().unwrap();
    assert_eq!(alice.get(run).await.status.as_u16(), 404, "its thread is gone");
    assert_eq!(alice.post("/threads/count", json!({})).await.text, "0");
    let kept = alice.post("/runs/wait", says("hi", json!({ "on_completion": "keep" }))).await;
    assert_eq!(alice.get(kept.headers["content-location"].to_str().unwrap()).await.status.as_u16(), 200);
}

#[tokio::test]
async fn what_cannot_be_run() {
    let backend = start().await;
    let alice = User::new(&backend, "alice");
    let thread = alice.thread().await;
    let cases = [
        (thread.clone(), json!({}), 422, "\"assistant_id\" is a required property"),
        (
            thread.clone(),
            says("hi", json!({ "assistant_id": "nope" })),
            422,
            "registered graphs: agent, nested",
        ),
        (thread.clone(), says("hi", json!({ "stream_mode": ["bogus"] })), 422, "is not valid under any"),
        (thread.clone(), says("hi", json!({ "multitask_strategy": "odd" })), 422, "\"odd\" is not one of"),
        ("/threads/x".into(), says("hi", json!({})), 422, "must be a UUID"),
        ("/threads/01a1fcbf-0000-7000-8000-00000000000f".into(), says("hi", json!({})), 404, "not found"),
    ];
    for (thread, body, status, part) in cases {
        let answer = alice.post(&format!("{thread}/runs/stream"), body).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        assert!(answer.json()["detail"].as_str().unwrap().contains(part), "{}", answer.text);
    }
    let created = says("hi", json!({ "if_not_exists": "create" }));
    let made = alice.post("/threads/01a1fcbf-0000-7000-8000-00000000000f/runs/wait", created).await;
    assert_eq!(contents(&made.json()), ["hi", "You said: hi"]);
    let nothing = alice.post(&format!("{thread}/runs/wait"), json!({ "assistant_id": "agent" })).await;
    assert_eq!(nothing.json()["__error__"]["error"], "EmptyInputError");
}
