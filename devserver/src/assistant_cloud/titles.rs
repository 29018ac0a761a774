//! Titles of threads: what was said first, cut short.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::identity::Caller;
use super::problem::Problem;
use super::schema::{Fields, LONGEST_TEXT};
use super::threads::owned;
use crate::app::Shared;
use crate::guard::Call;
use crate::store::cloud::threads;

const ASSISTANT: &str = "system/thread_title";
const MOST_WORDS: usize = 6;
const LONGEST: usize = 60;
/// What people say is under one of these, by format.
const PARTS: [&str; 2] = ["content", "parts"];

/// `POST /runs/stream`: the title of a thread, as a stream of text. One that has a title is told it unchanged.
pub(super) async fn stream(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let thread = fields.text("thread_id", LONGEST_TEXT);
    let thread = fields.required("thread_id", thread);
    let assistant = fields.word("assistant_id", &[ASSISTANT]);
    fields.required("assistant_id", assistant);
    let messages = fields.any("messages").and_then(Value::as_array);
    if !messages.is_some_and(|messages| messages.iter().all(is_message)) {
        fields
            .wrong("messages", "must be an array of messages with a role and an array of parts with a type");
    }
    fields.finish_open()?;
    let asked = messages.and_then(|messages| messages.iter().find_map(of_message));
    let title = app
        .store
        .with(move |transaction, _| {
            let stored = owned(transaction, &caller.place(), &thread.unwrap_or_default())?.title;
            Ok::<_, Problem>(stored.or(asked).unwrap_or_default())
        })
        .await?;
    let words: Vec<_> = title.split_inclusive(' ').map(|word| Bytes::from(word.to_owned())).collect();
    let pause = app.model.word_delay;
    let paced = stream::iter(words).then(move |word| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, Infallible>(word)
    });
    let mut response = Response::new(Body::from_stream(paced));
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Ok(response)
}

/// The title that a message of a user makes, whatever its format.
pub(super) fn of_message(content: &Value) -> Option<String> {
    if content.get("role").and_then(Value::as_str) != Some("user") {
        return None;
    }
    let parts = PARTS.iter().find_map(|name| content.get(*name).and_then(Value::as_array))?;
    let said: Vec<&str> = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect();
    let said = said.join(" ");
    let words: Vec<&str> = said.split_whitespace().take(MOST_WORDS).collect();
    let title: String = words.join(" ").chars().take(LONGEST).collect();
    Some(title).filter(|title| !title.is_empty())
}

/// Gives a thread its title in the background, unless it has got one by then.
pub(super) fn give(app: Shared, thread: String, title: String) {
    tokio::spawn(async move {
        tokio::time::sleep(app.model.word_delay).await;
        let given = app.store.with(move |transaction, clock| {
            Ok::<_, Problem>(threads::name(transaction, &thread, &title, clock.now())?)
        });
        // What went wrong is in the log.
        let _ = given.await;
    });
}

fn is_message(message: &Value) -> bool {
    let has_type = |part: &Value| part.get("type").is_some_and(Value::is_string);
    message.get("role").is_some_and(Value::is_string)
        && message.get("content").and_then(Value::as_array).is_some_and(|parts| parts.iter().all(has_type))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_said_first_cut_short() {
        let said = |role: &str, text: &str| {
            of_message(&json!({ "role": role, "content": [{ "type": "text", "text": text }] }))
        };
        assert_eq!(said("user", " Capital of\nPortugal? ").unwrap(), "Capital of Portugal?");
        assert_eq!(said("user", "one two three four five six seven").unwrap(), "one two three four five six");
        assert_eq!(said("user", &"ü".repeat(100)).unwrap(), "ü".repeat(60));
        assert_eq!(said("assistant", "Lisbon"), None);
        assert_eq!(said("user", "  "), None);
        let parts = json!({ "role": "user", "parts": [{ "type": "file" }, { "type": "text", "text": "a" }] });
        assert_eq!(of_message(&parts).unwrap(), "a");
    }
}
