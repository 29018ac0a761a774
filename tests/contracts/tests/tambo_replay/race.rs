//! What came before the recorded races, which were recorded without it: a run that waits for a tool, answered before
//! the server knows that it waits.

use serde_json::{Value, json};
use threadpass_contracts::{Exchange, Headers};

use crate::world::World;

/// Long enough for the answer to come in between, however busy the machine is.
const SLOW_COMMIT: &str = "slow-commit=5000";

/// How the recorded client was too early.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// It left the stream when it was told of the call.
    Drop,
    /// It went on reading.
    Stay,
}

/// A run that waits for a tool, with the connection that tells of it.
pub struct Race {
    held: Option<reqwest::Response>,
    thread: String,
    headers: Headers,
}

impl Race {
    /// Brings the thread to where an exchange finds it, if it is one of a race. Its headers were not recorded either:
    /// they are those of the exchange after it.
    pub async fn stage(world: &mut World, exchange: &Exchange, next: Option<&Exchange>) -> Option<Self> {
        let mode = match exchange.name.strip_prefix("example failure, mode ")? {
            "drop-at-awaiting_input" => Mode::Drop,
            "send-before-RUN_FINISHED" => Mode::Stay,
            other => panic!("no mode {other:?}"),
        };
        let answer: Value = serde_json::from_str(&exchange.request.body).unwrap();
        let question = json!({
            "message": { "role": "user", "content": [{ "type": "text", "text": "weather please" }] },
            "tools": answer["tools"],
        });
        let headers = next.unwrap().request.headers.clone();
        let request = world.request("POST", "/v1/threads/runs", &headers, next.unwrap()).await;
        let request = request.header("content-type", "application/json").header("x-dev-fault", SLOW_COMMIT);
        let mut stream = request.body(question.to_string()).send().await.unwrap();
        assert_eq!(stream.status(), 201);
        let mut told = String::new();
        while !told.contains("awaiting_input") {
            told.push_str(str::from_utf8(&stream.chunk().await.unwrap().expect("it ended early")).unwrap());
        }
        let event = |at: usize| -> Value {
            serde_json::from_str(told.split("\n\n").nth(at).unwrap().strip_prefix("data: ").unwrap()).unwrap()
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (started, call) = (event(0), event(1));
        let thread = text(&started["threadId"]);
        let recorded_thread = exchange.request.path.split('/').nth(3).unwrap();
        for (recorded, live) in [
            (recorded_thread.to_owned(), thread.clone()),
            (text(&answer["previousRunId"]), text(&started["runId"])),
            (text(&answer["message"]["content"][0]["toolUseId"]), text(&call["toolCallId"])),
        ] {
            world.bind(&recorded, &live);
        }
        let held = (mode == Mode::Stay).then_some(stream);
        Some(Self { held, thread, headers })
    }

    /// What the exchange was sent with.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Leaves the stream if that has not been done, and waits until the thread has settled.
    pub async fn settle(self, world: &mut World, exchange: &Exchange) {
        drop(self.held);
        let path = format!("/v1/threads/{}", self.thread);
        loop {
            let request = world.request("GET", &path, &self.headers, exchange).await;
            let thread = request.send().await.unwrap().text().await.unwrap();
            let thread: Value = serde_json::from_str(&thread).unwrap();
            if thread["lastCompletedRunId"].is_string() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}
