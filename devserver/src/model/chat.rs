//! A real model behind an OpenAI-compatible endpoint: streaming chat completions, with the client's tools as functions
//! and its components as functions that this server answers itself.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sse_stream::SseStream;
use tokio::sync::mpsc;

use super::history;
use super::{Failure, Offer, Piece, Prompt};
use crate::config::{ChatSettings, ConfigError};
use crate::http;
use crate::store::messages::MessageRow;

/// What the functions of components are called: this, and the component's name.
pub(super) const SHOW: &str = "show_component_";
/// As often the service asks in all.
const ATTEMPTS: u32 = 3;
/// A model that shows one component after the other is stopped here.
const MOST_TURNS: u32 = 10;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(120);
/// How much of a refusal is repeated.
const LONGEST_MESSAGE: usize = 300;

/// The endpoint, ready for use.
#[derive(Debug, Clone)]
pub(crate) struct Chat {
    settings: ChatSettings,
    client: reqwest::Client,
    retry_delay: Duration,
}

/// A turn of the model: what it said, and the functions it called.
#[derive(Debug, Default)]
struct Turn {
    text: String,
    calls: Vec<Call>,
}

#[derive(Debug)]
struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl Chat {
    /// Prepares the endpoint. Nothing is sent yet.
    pub(crate) fn new(settings: ChatSettings, retry_delay: Duration) -> Result<Self, ConfigError> {
        let wrong = |why: String| ConfigError::new(format!("openai_base_url: {why}"));
        let loopback = http::is_loopback(&settings.base_url).map_err(wrong)?;
        let builder = http::builder(loopback).connect_timeout(CONNECT_TIMEOUT).read_timeout(IDLE_TIMEOUT);
        let client = builder.build().map_err(|error| wrong(format!("no client can be made ({error})")))?;
        Ok(Self { settings, client, retry_delay })
    }

    /// Asks the model about a thread whose messages so far are these. The pieces end with the receiver.
    pub(crate) fn ask(&self, prompt: &Prompt, messages: &[MessageRow]) -> mpsc::Receiver<Piece> {
        let (pieces, receiver) = mpsc::channel(16);
        let (chat, prompt, history) = (self.clone(), prompt.clone(), history::of(messages));
        tokio::spawn(async move {
            let answered = tokio::select! {
                // The run is over, and so is what the model was asked.
                () = pieces.closed() => return,
                answered = chat.answer(&prompt, history, &pieces) => answered,
            };
            if let Err(failure) = answered {
                let _ = pieces.send(Piece::Fail(failure)).await;
            }
        });
        receiver
    }

    async fn answer(
        &self,
        prompt: &Prompt,
        mut messages: Vec<Value>,
        pieces: &mpsc::Sender<Piece>,
    ) -> Result<(), Failure> {
        for _ in 0..MOST_TURNS {
            let turn = self.turn(&self.body(prompt, &messages), pieces).await?;
            let shows_only =
                !turn.calls.is_empty() && turn.calls.iter().all(|call| call.name.starts_with(SHOW));
            // With calls of the client's among them the answer waits for those.
            if !shows_only || pieces.send(Piece::NextMessage).await.is_err() {
                return Ok(());
            }
            messages.push(turn.message());
            messages.extend(turn.calls.iter().map(|call| history::result(&call.id, "It is shown.")));
        }
        Ok(())
    }

    /// One turn of the model, its pieces sent on as they come.
    async fn turn(&self, body: &Value, pieces: &mpsc::Sender<Piece>) -> Result<Turn, Failure> {
        let response = self.request(body).await?;
        let mut events = SseStream::from_bytes_stream(response.bytes_stream());
        let mut turn = Turn::default();
        let mut open: Option<u64> = None;
        while let Some(event) = events.next().await {
            let data = event.map_err(|_| Failure::Broken)?.data.unwrap_or_default();
            if data.trim() == "[DONE]" {
                break;
            }
            let chunk: Value = serde_json::from_str(&data).map_err(|_| Failure::Broken)?;
            let Some(delta) = chunk.pointer("/choices/0/delta") else { continue };
            let text = |name: &str| delta.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            let mut news = Vec::new();
            // Two names for the same in use.
            if let Some(thought) = text("reasoning_content").or_else(|| text("reasoning")) {
                news.push(Piece::Reasoning(thought.to_owned()));
            }
            if let Some(words) = text("content") {
                turn.text.push_str(words);
                news.push(Piece::Text(words.to_owned()));
            }
            for call in delta.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
                turn.take(call, &mut open, &mut news);
            }
            for piece in news {
                if pieces.send(piece).await.is_err() {
                    return Ok(Turn::default());
                }
            }
        }
        if open.is_some()
            && let Some(call) = turn.calls.last()
        {
            // As above: a run that is over needs no end of a call.
            let _ = pieces.send(call.end()).await;
        }
        Ok(turn)
    }

    async fn request(&self, body: &Value) -> Result<reqwest::Response, Failure> {
        let mut last = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(self.retry_delay / 2).await;
            }
            let url = format!("{}/chat/completions", self.settings.base_url.trim_end_matches('/'));
            let mut request = self.client.post(url).json(body);
            if let Some(key) = &self.settings.key {
                request = request.bearer_auth(key.reveal());
            }
            match request.send().await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => {
                    let status = response.status();
                    last = self.refusal(response).await;
                    if !is_worth_another_try(status) {
                        return Err(Failure::Refused { status: status.as_u16(), message: last });
                    }
                }
                Err(error) => last = format!("the model cannot be reached ({})", http::root_cause(&error)),
            }
        }
        Err(Failure::GaveUp { message: format!("Failed after {ATTEMPTS} attempts. Last error: {last}") })
    }

    /// What the provider says of a request it refuses, without the key, which some providers repeat.
    async fn refusal(&self, response: reqwest::Response) -> String {
        let status = response.status();
        let body: Value = response.json().await.unwrap_or_default();
        let message = body.pointer("/error/message").and_then(Value::as_str);
        let mut message = message.map_or_else(|| format!("the model answers {status}"), str::to_owned);
        if let Some(key) = &self.settings.key {
            message = message.replace(key.reveal(), "[key]");
        }
        message.chars().take(LONGEST_MESSAGE).collect()
    }

    fn body(&self, prompt: &Prompt, messages: &[Value]) -> Value {
        let function = |name: String, offer: &Offer| {
            let Offer { description, schema, .. } = offer;
            json!({ "type": "function", "function": { "name": name, "description": description, "parameters": schema } })
        };
        let tools = prompt.tools.iter().map(|tool| function(tool.name.clone(), tool));
        let shows = prompt.components.iter().map(|offer| function(format!("{SHOW}{}", offer.name), offer));
        let functions: Vec<_> = tools.chain(shows).collect();
        let mut body = json!({ "model": self.settings.model, "stream": true, "messages": messages });
        if let Some(members) = body.as_object_mut().filter(|_| !functions.is_empty()) {
            members.insert("tools".into(), functions.into());
            let choice = match &prompt.tool_choice {
                Some(Value::String(word)) => Some(json!(word)),
                Some(named) => {
                    named.get("name").map(|name| json!({ "type": "function", "function": { "name": name } }))
                }
                None => None,
            };
            members.extend(choice.map(|choice| ("tool_choice".to_owned(), choice)));
        }
        body
    }
}

impl Turn {
    /// Takes a fragment of a call. A fragment with another index begins another call.
    fn take(&mut self, fragment: &Value, open: &mut Option<u64>, news: &mut Vec<Piece>) {
        let index = fragment.get("index").and_then(Value::as_u64).unwrap_or_default();
        let text = |path: &str| fragment.pointer(path).and_then(Value::as_str).unwrap_or_default();
        if *open != Some(index) {
            if open.is_some()
                && let Some(call) = self.calls.last()
            {
                news.push(call.end());
            }
            *open = Some(index);
            let call = Call {
                id: text("/id").to_owned(),
                name: text("/function/name").to_owned(),
                arguments: String::new(),
            };
            news.push(match call.name.strip_prefix(SHOW) {
                Some(name) => Piece::ComponentStart { name: name.to_owned() },
                None => Piece::ToolStart { name: call.name.clone() },
            });
            self.calls.push(call);
        }
        let arguments = text("/function/arguments");
        let Some(call) = self.calls.last_mut().filter(|_| !arguments.is_empty()) else { return };
        call.arguments.push_str(arguments);
        news.push(if call.name.starts_with(SHOW) {
            Piece::ComponentProps(arguments.to_owned())
        } else {
            Piece::ToolArgs(arguments.to_owned())
        });
    }

    /// The turn as the model is told of it.
    fn message(&self) -> Value {
        let calls = self.calls.iter().map(|call| history::call(&call.id, &call.name, &call.arguments));
        json!({ "role": "assistant", "content": self.text, "tool_calls": calls.collect::<Vec<_>>() })
    }
}

impl Call {
    fn end(&self) -> Piece {
        if self.name.starts_with(SHOW) { Piece::ComponentEnd } else { Piece::ToolEnd }
    }
}

fn is_worth_another_try(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 409 | 429 | 500..)
}
