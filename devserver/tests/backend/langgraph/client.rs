//! Users of the contract, and reading its streams.

use std::time::Duration;

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use threadpass_devserver::Config;

use crate::client::{Answer, Backend, json_body, open_project};
use crate::issuer::unsigned;

/// A server, and a user of it.
pub struct User<'a> {
    pub backend: &'a Backend,
    pub token: String,
}

/// A token without a signature: the tests' project verifies nothing.
pub fn token(sub: &str) -> String {
    format!("{}.none", unsigned(&json!({ "alg": "none" }), &json!({ "sub": sub, "exp": 4_102_444_800_i64 })))
}

/// A server whose streams have heartbeats all the time.
pub async fn start() -> Backend {
    let mut config = Config { projects: vec![open_project("default")], ..Config::default() };
    config.langgraph.heartbeat = Duration::from_millis(40);
    Backend::start(config).await
}

impl<'a> User<'a> {
    pub fn new(backend: &'a Backend, sub: &str) -> Self {
        Self { backend, token: token(sub) }
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.backend.server.url());
        self.backend.http.request(method.parse().unwrap(), url).bearer_auth(&self.token)
    }

    /// `null` sends no body.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        Answer::of(if body.is_null() { request } else { json_body(request, &body) }).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    /// A new thread's path.
    pub async fn thread(&self) -> String {
        let thread = self.post("/threads", json!({})).await.json();
        format!("/threads/{}", thread["thread_id"].as_str().unwrap())
    }

    /// Begins a run and opens its stream.
    pub async fn stream(&self, path: &str, body: Value) -> Stream {
        Stream::open(json_body(self.request("POST", path), &body)).await
    }

    /// Opens the stream of a run that has begun.
    pub async fn join(&self, path: &str, last_event_id: Option<&str>) -> Stream {
        let mut request = self.request("GET", path);
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        Stream::open(request).await
    }

    /// The run's status, once it is over.
    pub async fn outcome(&self, run: &str) -> String {
        loop {
            let status = self.get(run).await.json()["status"].as_str().unwrap().to_owned();
            if !matches!(status.as_str(), "pending" | "running") {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A run's body with a text and whatever else is asked for.
pub fn says(text: &str, more: Value) -> Value {
    let mut body =
        json!({ "assistant_id": "agent", "input": { "messages": [{ "role": "user", "content": text }] } });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The contents of a state's messages.
pub fn contents(values: &Value) -> Vec<&str> {
    let messages = values["messages"].as_array().unwrap();
    messages.iter().map(|message| message["content"].as_str().unwrap()).collect()
}

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub name: String,
    pub data: Value,
    pub id: Option<String>,
}

pub struct Stream {
    response: Response,
    buffer: String,
    pub heartbeats: usize,
    /// The path of the run.
    pub run: String,
}

impl Stream {
    async fn open(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        if response.status() != 200 {
            panic!("{} {}", response.status(), response.text().await.unwrap());
        }
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/event-stream; charset=utf-8");
        let run = header("content-location");
        assert_eq!(header("location"), format!("{run}/stream"));
        Self { response, buffer: String::new(), heartbeats: 0, run }
    }

    /// The next event; `None` at the end, an error where the connection broke.
    pub async fn next(&mut self) -> Result<Option<Event>, reqwest::Error> {
        loop {
            if let Some((frame, rest)) = self.buffer.split_once("\r\n\r\n") {
                let (frame, rest) = (frame.to_owned(), rest.to_owned());
                self.buffer = rest;
                if frame == ": heartbeat" {
                    self.heartbeats += 1;
                    continue;
                }
                let field = |name: &str| {
                    frame.split("\r\n").find_map(|line| line.strip_prefix(name)).map(str::to_owned)
                };
                return Ok(Some(Event {
                    name: field("event: ").unwrap(),
                    data: serde_json::from_str(&field("data: ").unwrap()).unwrap(),
                    id: field("id: "),
                }));
            }
            match self.response.chunk().await? {
                Some(chunk) => self.buffer.push_str(std::str::from_utf8(&chunk).unwrap()),
                None => {
                    assert_eq!(self.buffer, "", "half an event at the end");
                    return Ok(None);
                }
            }
        }
    }

    /// The next so many events.
    pub async fn take(&mut self, count: usize) -> Vec<Event> {
        let mut events = vec![];
        while events.len() < count {
            events.push(self.next().await.unwrap().expect("another event"));
        }
        events
    }

    /// Everything until the stream ends.
    pub async fn rest(&mut self) -> Vec<Event> {
        let mut events = vec![];
        while let Some(event) = self.next().await.unwrap() {
            events.push(event);
        }
        events
    }
}

pub fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_str()).collect()
}

/// What the pieces of messages come to.
pub fn text(events: &[Event]) -> String {
    let pieces = events.iter().filter(|event| event.name.split('|').next() == Some("messages"));
    pieces.map(|event| event.data[0]["content"].as_str().unwrap()).collect()
}
