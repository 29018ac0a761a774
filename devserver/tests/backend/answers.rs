//! What the scripted model can answer with: tool calls, components, reasoning.

use serde_json::{Value, json};

use crate::client::{Backend, says};
use crate::streams::{Stream, types};

fn tool(name: &str) -> Value {
    let schema = json!({
        "type": "object",
        "properties": { "query": { "type": "string" }, "limit": { "type": "integer" } },
        "required": ["query"],
    });
    json!({ "name": name, "description": "", "inputSchema": schema })
}

fn card() -> Value {
    let schema = json!({
        "type": "object",
        "properties": { "title": { "type": "string" }, "rows": { "type": "array", "items": { "type": "string" } }, "note": { "type": "string" } },
        "required": ["title", "rows"],
    });
    json!({ "name": "Card", "description": "", "propsSchema": schema })
}

async fn thread(backend: &Backend, bearer: &str, id: &str) -> Value {
    backend.call(bearer, "GET", &format!("/v1/threads/{id}"), Value::Null).await.json()
}

#[tokio::test]
async fn several_calls_wait_together_and_are_answered_together() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut body = says("call search and open");
    body["tools"] = json!([tool("open"), tool("search")]);
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", body).await;
    let (events, _) = stream.rest().await;
    let waiting = &events[events.len() - 2];
    assert_eq!(waiting["name"], "tambo.run.awaiting_input");
    let pending = waiting["value"]["pendingToolCalls"].as_array().unwrap();
    let names: Vec<_> = pending.iter().map(|call| call["toolName"].as_str().unwrap()).collect();
    assert_eq!(names, ["search", "open"]);
    // What the schema does not require is there as null: the service makes schemas strict.
    let arguments: Value = serde_json::from_str(pending[0]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(arguments, json!({ "query": "a query", "limit": null }));

    let ids: Vec<_> = pending.iter().map(|call| call["toolCallId"].clone()).collect();
    let after = thread(&backend, &alice, &stream.thread_id).await;
    assert_eq!(after["pendingToolCallIds"], json!(ids));
    assert_eq!(after["messages"][1]["content"][2]["input"], json!({ "query": "a query", "limit": null }));

    let path = format!("/v1/threads/{}/runs", stream.thread_id);
    let result = |id: &Value| json!({ "type": "tool_result", "toolUseId": id, "content": [{ "type": "text", "text": "1" }] });
    let answer = |content: Value| json!({ "message": { "role": "user", "content": content }, "previousRunId": stream.run_id });
    let refused = backend.call(&alice, "POST", &path, answer(json!([result(&ids[1])]))).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["missingToolCallIds"]), (400, &json!([ids[0]])));
    let both = answer(json!([result(&ids[1]), result(&ids[0])]));
    assert_eq!(backend.call(&alice, "POST", &path, both).await.status, 201);
}

#[tokio::test]
async fn a_call_behind_text_names_no_message_of_the_stream() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    for (fault, known) in [("single-error", false), ("known-parents", true)] {
        let mut body = says("mixed weather");
        body["tools"] = json!([tool("get_weather")]);
        let mut stream = Stream::faulty(&backend, &alice, body, fault).await;
        let (events, _) = stream.rest().await;
        assert_eq!(types(&events)[..3], ["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TOOL_CALL_START"]);
        let start = events.iter().find(|event| event["type"] == "TOOL_CALL_START").unwrap();
        let parent = &start["parentMessageId"];
        assert_eq!(events.iter().any(|event| event["messageId"] == *parent), known);
        assert!(known || parent.as_str().unwrap().starts_with("message-"));
    }
}

#[tokio::test]
async fn a_component_is_streamed_prop_by_prop_and_kept_without_its_status() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut body = says("show me a component");
    body["availableComponents"] = json!([card()]);
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", body).await;
    let (events, _) = stream.rest().await;
    let named = |name: &str| -> Vec<&Value> {
        events.iter().filter(|event| event["name"] == format!("tambo.component.{name}")).collect()
    };
    let start = &named("start")[0]["value"];
    let id = start["componentId"].as_str().unwrap();
    assert!(id.starts_with("message-") && start["componentName"] == "Card");
    let mut props = json!({});
    let mut done = vec![];
    for delta in named("props_delta") {
        assert_eq!(delta["value"]["componentId"], id);
        for operation in delta["value"]["operations"].as_array().unwrap() {
            let name = operation["path"].as_str().unwrap().strip_prefix('/').unwrap();
            assert_eq!(operation["op"], if props.get(name).is_none() { "add" } else { "replace" });
            assert!(!done.contains(&name.to_owned()), "{name} was done");
            props[name] = operation["value"].clone();
        }
        let status = delta["value"]["streamingStatus"].as_object().unwrap();
        done = status.iter().filter(|(_, state)| *state == "done").map(|(name, _)| name.clone()).collect();
    }
    let kept = json!({ "title": "a title", "rows": ["a rows"], "note": null });
    let end = &named("end")[0]["value"]["finalProps"];
    assert_eq!((end, &end["title"], &end["rows"]), (&props, &kept["title"], &kept["rows"]));
    assert!(end["_tambo_statusMessage"].is_string() && end["_tambo_completionStatusMessage"].is_string());

    assert_eq!(types(&events)[events.len() - 2..], ["TEXT_MESSAGE_END", "RUN_FINISHED"]);
    let after = thread(&backend, &alice, &stream.thread_id).await;
    let messages = after["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 3);
    assert_eq!(messages[1]["id"], start["messageId"]);
    let expected = json!([
        { "type": "text", "text": " " },
        { "type": "component", "id": id, "name": "Card", "props": kept, "state": {} },
    ]);
    assert_eq!(messages[1]["content"], expected);
    assert_eq!(messages[2]["content"][0]["text"], "There it is.");
    assert!(after["pendingToolCallIds"].is_null());
}

#[tokio::test]
async fn reasoning_comes_before_the_text_and_is_not_kept() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("think")).await;
    let (events, _) = stream.rest().await;
    let mut order = types(&events);
    order.dedup();
    assert_eq!(
        order,
        [
            "THINKING_TEXT_MESSAGE_START",
            "THINKING_TEXT_MESSAGE_CONTENT",
            "THINKING_TEXT_MESSAGE_END",
            "TEXT_MESSAGE_START",
            "TEXT_MESSAGE_CONTENT",
            "TEXT_MESSAGE_END",
            "RUN_FINISHED"
        ]
    );
    let after = thread(&backend, &alice, &stream.thread_id).await;
    assert_eq!(
        after["messages"][1]["content"],
        json!([{ "type": "text", "text": "I have thought about it." }])
    );
}

/// How the thread takes results that come before, and after, it knows of its calls.
#[tokio::test]
async fn results_are_taken_after_run_finished_and_refused_before() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let weather = || {
        let mut body = says("weather");
        body["tools"] = json!([tool("get_weather")]);
        body
    };
    let answer = |call: &Value, run: &str| {
        json!({
            "message": { "role": "user", "content": [{ "type": "tool_result", "toolUseId": call, "content": [] }] },
            "previousRunId": run,
        })
    };
    let round = || async {
        let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", weather()).await;
        let (events, _) = stream.rest().await;
        assert_eq!(types(&events).last(), Some(&"RUN_FINISHED"));
        let path = format!("/v1/threads/{}/runs", stream.thread_id);
        let taken =
            backend.call(&alice, "POST", &path, answer(&events[0]["toolCallId"], &stream.run_id)).await;
        assert_eq!(taken.status, 201, "{}", taken.text);
    };
    for _ in 0..10 {
        futures_util::future::join_all((0..20).map(|_| round())).await;
    }

    let mut stream = Stream::faulty(&backend, &alice, weather(), "slow-commit=3600000").await;
    let waiting = stream.until("CUSTOM").await;
    let call = &waiting["value"]["pendingToolCalls"][0]["toolCallId"];
    let path = format!("/v1/threads/{}/runs", stream.thread_id);
    let early = backend.call(&alice, "POST", &path, answer(call, &stream.run_id)).await;
    assert_eq!(early.status, 400);
    let problem = early.json();
    assert_eq!(problem["type"], "urn:tambo:error:invalid_previous_run");
    let detail = format!("previousRunId {} does not match last completed run (none)", stream.run_id);
    assert_eq!(problem["detail"], detail);
    let before = thread(&backend, &alice, &stream.thread_id).await;
    assert_eq!((&before["runStatus"], &before["pendingToolCallIds"]), (&json!("idle"), &Value::Null));
}

#[tokio::test]
async fn a_slow_commit_is_seen_through_where_the_client_waits() {
    let backend = Backend::open().await;
    let alice = backend.session("alice");
    let mut body = says("weather");
    body["tools"] = json!([tool("get_weather")]);
    let mut stream = Stream::faulty(&backend, &alice, body, "slow-commit=200").await;
    let (events, _) = stream.rest().await;
    assert_eq!(types(&events).last(), Some(&"RUN_FINISHED"));
    let after = thread(&backend, &alice, &stream.thread_id).await;
    assert_eq!(after["lastCompletedRunId"], stream.run_id.as_str());
    assert_eq!(after["pendingToolCallIds"], json!([events[0]["toolCallId"]]));
    assert_eq!(after["lastRunCancelled"], Value::Null);
}
