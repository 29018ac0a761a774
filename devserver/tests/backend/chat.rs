//! A model behind an OpenAI-compatible endpoint: here one in this process, which says what it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use threadpass_devserver::{ChatSettings, Config, Secret};

use crate::client::{Backend, open_project, says, says_after};
use crate::langgraph::client as graph;
use crate::streams::{Stream, types};

const KEY: &str = "canary-model-key";

/// An answer: deltas, or a refusal.
type Said = Result<Vec<Value>, (u16, &'static str)>;

#[derive(Clone, Default)]
struct Model {
    /// What it answers next.
    answers: Arc<Mutex<VecDeque<Said>>>,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Model {
    /// Starts it, and a backend that uses it.
    async fn start() -> (Self, Backend) {
        let model = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1/", listener.local_addr().unwrap());
        let routes = Router::new().route("/v1/chat/completions", post(complete)).with_state(model.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let chat = ChatSettings { base_url, model: "tiny".into(), key: Some(Secret::new(KEY)) };
        let config =
            Config { projects: vec![open_project("default")], chat: Some(chat), ..Config::default() };
        (model, Backend::start(config).await)
    }

    fn says(&self, deltas: Value) {
        self.answers.lock().unwrap().push_back(Ok(deltas.as_array().unwrap().clone()));
    }

    fn refuses(&self, status: u16, message: &'static str) {
        self.answers.lock().unwrap().push_back(Err((status, message)));
    }

    fn asked(&self) -> Vec<Value> {
        self.asked.lock().unwrap().clone()
    }
}

async fn complete(State(model): State<Model>, headers: HeaderMap, body: String) -> Response {
    assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
    model.asked.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    match model.answers.lock().unwrap().pop_front().expect("asked too often") {
        Err((status, message)) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, json!({ "error": { "message": message } }).to_string()).into_response()
        }
        Ok(deltas) => {
            let chunks = deltas.into_iter().map(|delta| match delta {
                Value::Null => Err(std::io::Error::other("broken")),
                delta => Ok(format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": delta }] }))),
            });
            let chunks = stream::iter(chunks.chain([Ok("data: [DONE]\n\n".to_owned())]));
            let paced = chunks.then(|chunk| async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                chunk
            });
            ([("content-type", "text/event-stream")], Body::from_stream(paced)).into_response()
        }
    }
}

fn text_of(events: &[Value], kind: &str) -> String {
    events.iter().filter(|event| event["type"] == kind).filter_map(|event| event["delta"].as_str()).collect()
}

#[tokio::test]
async fn text_reasoning_and_the_history_go_there_and_back() {
    let (model, backend) = Model::start().await;
    let alice = backend.session("alice");
    model.says(json!([{ "role": "assistant", "reasoning_content": "Hm." }, { "content": "Good " }, { "content": "day." }]));
    let mut first = Stream::open(&backend, &alice, "/v1/threads/runs", says("hello")).await;
    let (events, _) = first.rest().await;
    assert_eq!(text_of(&events, "THINKING_TEXT_MESSAGE_CONTENT"), "Hm.");
    assert_eq!(text_of(&events, "TEXT_MESSAGE_CONTENT"), "Good day.");
    assert_eq!(types(&events).last(), Some(&"RUN_FINISHED"));

    model.says(json!([{ "content": "Again." }]));
    let path = format!("/v1/threads/{}/runs", first.thread_id);
    let body = says_after("and now?", &json!(first.run_id));
    Stream::open(&backend, &alice, &path, body).await.rest().await;
    let asked = model.asked();
    assert_eq!(
        (&asked[1]["model"], &asked[1]["stream"], &asked[1]["tools"]),
        (&json!("tiny"), &json!(true), &Value::Null)
    );
    let expected = json!([
        { "role": "user", "content": "hello" },
        { "role": "assistant", "content": "Good day." },
        { "role": "user", "content": "and now?" },
    ]);
    assert_eq!(asked[1]["messages"], expected);
}

#[tokio::test]
async fn tools_are_called_and_answered() {
    let (model, backend) = Model::start().await;
    let alice = backend.session("alice");
    model.says(json!([
        { "tool_calls": [{ "index": 0, "id": "x1", "function": { "name": "get", "arguments": "" } }] },
        { "tool_calls": [{ "index": 0, "function": { "arguments": "{\"a\":" } }] },
        { "tool_calls": [{ "index": 0, "function": { "arguments": "1}" } }] },
        { "tool_calls": [{ "index": 1, "id": "x2", "function": { "name": "put", "arguments": "{}" } }] },
    ]));
    let schema = json!({ "type": "object" });
    let mut body = says("use them");
    body["tools"] = json!([
        { "name": "get", "description": "Gets", "inputSchema": schema },
        { "name": "put", "description": "Puts", "inputSchema": schema },
    ]);
    body["toolChoice"] = json!({ "name": "get" });
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", body).await;
    let (events, _) = stream.rest().await;
    let pending = &events[events.len() - 2]["value"]["pendingToolCalls"];
    let told =
        |name: &str| pending.as_array().unwrap().iter().map(|call| call[name].clone()).collect::<Value>();
    assert_eq!((told("toolName"), told("arguments")), (json!(["get", "put"]), json!(["{\"a\":1}", "{}"])));
    let asked = &model.asked()[0];
    assert_eq!(
        asked["tools"][0]["function"],
        json!({ "name": "get", "description": "Gets", "parameters": schema })
    );
    assert_eq!(asked["tool_choice"], json!({ "type": "function", "function": { "name": "get" } }));

    model.says(json!([{ "content": "Done." }]));
    let results: Vec<_> = told("toolCallId").as_array().unwrap().iter().map(|id| {
        json!({ "type": "tool_result", "toolUseId": id, "content": [{ "type": "text", "text": "ok" }] })
    }).collect();
    let body = json!({ "message": { "role": "user", "content": results }, "previousRunId": stream.run_id });
    let path = format!("/v1/threads/{}/runs", stream.thread_id);
    Stream::open(&backend, &alice, &path, body).await.rest().await;
    let messages = model.asked()[1]["messages"].clone();
    let roles: Value = messages.as_array().unwrap().iter().map(|message| message["role"].clone()).collect();
    assert_eq!(roles, json!(["user", "assistant", "tool", "tool"]));
    assert_eq!(messages[1]["tool_calls"][0]["id"], messages[2]["tool_call_id"]);
}

#[tokio::test]
async fn a_component_is_shown_and_the_model_goes_on() {
    let (model, backend) = Model::start().await;
    let alice = backend.session("alice");
    model.says(json!([
        { "tool_calls": [{ "index": 0, "id": "x1", "function": { "name": "show_component_Card", "arguments": "{\"title\":" } }] },
        { "tool_calls": [{ "index": 0, "function": { "arguments": "\"A\"}" } }] },
    ]));
    model.says(json!([{ "content": "There." }]));
    let mut body = says("show it");
    body["availableComponents"] =
        json!([{ "name": "Card", "description": "", "propsSchema": { "type": "object" } }]);
    let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", body).await;
    let (events, _) = stream.rest().await;
    let end = events.iter().find(|event| event["name"] == "tambo.component.end").unwrap();
    assert_eq!(end["value"]["finalProps"], json!({ "title": "A" }));
    assert_eq!(text_of(&events, "TEXT_MESSAGE_CONTENT"), "There.");
    let messages = model.asked()[1]["messages"].clone();
    assert_eq!((&messages[2]["role"], &messages[2]["tool_call_id"]), (&json!("tool"), &json!("x1")));
}

#[tokio::test]
async fn what_the_provider_refuses_fails_the_run_without_the_key() {
    let (model, backend) = Model::start().await;
    let alice = backend.session("alice");
    let run = || async {
        let mut stream = Stream::open(&backend, &alice, "/v1/threads/runs", says("hello")).await;
        let (events, _) = stream.rest().await;
        let path = format!("/v1/threads/{}", stream.thread_id);
        let thread = backend.call(&alice, "GET", &path, Value::Null).await.json();
        (events.last().unwrap().clone(), thread["lastRunError"]["message"].clone())
    };
    model.refuses(401, "canary-model-key is no key");
    let (event, stored) = run().await;
    assert_eq!((&event["code"], &event["status"]), (&json!("LLM_CLIENT_ERROR"), &json!(401)));
    assert_eq!((&event["message"], &stored), (&json!("[key] is no key"), &json!("[key] is no key")));

    (0..3).for_each(|_| model.refuses(503, "busy"));
    let (event, stored) = run().await;
    assert_eq!(
        (&event["code"], stored),
        (&json!("INTERNAL_ERROR"), json!("Failed after 3 attempts. Last error: busy"))
    );

    model.refuses(429, "slower");
    model.says(json!([{ "content": "Now." }]));
    assert_eq!(run().await.0["type"], "RUN_FINISHED");

    model.says(json!([{ "content": "Half" }, null]));
    assert_eq!(run().await.1, "terminated");
}

#[tokio::test]
async fn it_answers_in_a_graph_too() {
    let (model, backend) = Model::start().await;
    let alice = graph::User::new(&backend, "alice");
    let thread = alice.thread().await;
    model.says(json!([{ "reasoning_content": "Hm." }, { "content": "Good " }, { "content": "day." }]));
    let modes = json!({ "stream_mode": ["messages-tuple", "values"] });
    let body = graph::says("interrupt nobody", modes);
    let events = alice.stream(&format!("{thread}/runs/stream"), body).await.rest().await;
    assert_eq!(graph::text(&events), "Good day.");
    assert_eq!(events[2].data[0]["additional_kwargs"], json!({ "reasoning_content": "Hm." }));
    let last = events.iter().rfind(|event| event.name == "messages").unwrap();
    assert_eq!(last.data[0]["chunk_position"], "last");
    let values = &events.last().unwrap().data;
    assert_eq!(graph::contents(values), ["interrupt nobody", "Good day."], "a model needs no words to obey");

    model.refuses(400, "no such model");
    let failed = alice.post(&format!("{thread}/runs/wait"), graph::says("and now?", json!({}))).await.json();
    assert_eq!(failed["__error__"], json!({ "error": "APIStatusError", "message": "400: no such model" }));
    let expected = json!([
        { "role": "user", "content": "interrupt nobody" },
        { "role": "assistant", "content": "Good day." },
        { "role": "user", "content": "and now?" },
    ]);
    assert_eq!(model.asked()[1]["messages"], expected);
}
