//! Reading a run's events as they come.

use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use crate::client::{Backend, json_body};

pub struct Stream {
    response: Response,
    buffer: Vec<u8>,
    pub thread_id: String,
    pub run_id: String,
}

/// How a stream went on.
#[derive(Debug, PartialEq)]
pub enum Next {
    Event(Value),
    /// The body ended as it should.
    End,
    /// The connection broke.
    Broken,
}

impl Stream {
    /// Begins a run and reads its first event.
    pub async fn open(backend: &Backend, bearer: &str, path: &str, body: Value) -> Self {
        Self::begin(json_body(backend.request("POST", path).bearer_auth(bearer), &body)).await
    }

    /// The same on a new thread, with a fault for this one call.
    pub async fn faulty(backend: &Backend, bearer: &str, body: Value, fault: &str) -> Self {
        let request = backend.request("POST", "/v1/threads/runs").bearer_auth(bearer);
        Self::begin(json_body(request.header("x-dev-fault", fault), &body)).await
    }

    async fn begin(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        if response.status() != 201 {
            panic!("{} {}", response.status(), response.text().await.unwrap());
        }
        let mut stream = Self { response, buffer: vec![], thread_id: String::new(), run_id: String::new() };
        let Next::Event(started) = stream.next().await else { panic!("no first event") };
        assert_eq!(started["type"], "RUN_STARTED");
        stream.thread_id = started["threadId"].as_str().unwrap().to_owned();
        stream.run_id = started["runId"].as_str().unwrap().to_owned();
        stream
    }

    pub async fn next(&mut self) -> Next {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let text = String::from_utf8(frame).unwrap();
                return Next::Event(serde_json::from_str(text.strip_prefix("data: ").unwrap()).unwrap());
            }
            match self.response.chunk().await {
                Ok(Some(chunk)) => self.buffer.extend_from_slice(&chunk),
                Ok(None) if self.buffer.is_empty() => return Next::End,
                Ok(None) => panic!("half an event at the end"),
                Err(_) => return Next::Broken,
            }
        }
    }

    /// The remaining events and how the stream ended.
    pub async fn rest(&mut self) -> (Vec<Value>, Next) {
        let mut events = vec![];
        loop {
            match self.next().await {
                Next::Event(event) => events.push(event),
                end => return (events, end),
            }
        }
    }

    /// Reads until the first piece of the answer.
    pub async fn first_delta(&mut self) {
        self.until("TEXT_MESSAGE_CONTENT").await;
    }

    /// Reads until an event of a type.
    pub async fn until(&mut self, kind: &str) -> Value {
        while let Next::Event(event) = self.next().await {
            if event["type"] == kind {
                return event;
            }
        }
        panic!("the stream ended without {kind}");
    }
}

pub fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}
