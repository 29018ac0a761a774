//! Suggestions for what to say to a message: list them, or have them made.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::cursor;
use super::problem::{self, Problem};
use super::threads::{owned, page};
use super::validate::{Checks, given, limit};
use crate::app::Shared;
use crate::guard::{Call, Caller, Place, caller};
use crate::model;
use crate::random;
use crate::store::messages;
use crate::store::suggestions::{self, SuggestionRow};
use crate::store::threads::Position;
use crate::timestamp::iso;

const DEFAULT_PAGE: u32 = 10;
const DEFAULT_COUNT: usize = 3;
const MOST: u64 = 10;

/// `GET /v1/threads/{thread}/messages/{message}/suggestions`: those that were made, none for a message without.
pub(super) async fn list(
    State(app): State<Shared>,
    Path((thread, message)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Query)?;
    let limit = limit(call.query("limit"), DEFAULT_PAGE)?;
    let after = call.query("cursor").map(cursor::decode).transpose()?;
    let id = message.clone();
    let rows = app
        .store
        .with(move |transaction, _| {
            owned(transaction, &owner, &thread)?;
            suggestions::list(transaction, &id, after.as_ref(), limit + 1).map_err(Problem::from)
        })
        .await?;
    Ok(problem::json(StatusCode::OK, &answer(&message, rows, limit as usize)))
}

/// `POST` to the same: has them made, in the place of earlier ones.
pub(super) async fn create(
    State(app): State<Shared>,
    Path((thread, message)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Body)?;
    let count = wanted(call.body())?;
    let id = message.clone();
    let rows = app
        .store
        .with(move |transaction, clock| {
            owned(transaction, &owner, &thread)?;
            let found = messages::find(transaction, &thread, &id)?;
            let found = found.ok_or_else(|| {
                let detail = format!("Message {id} not found in thread {thread}");
                Problem::coded(
                    StatusCode::NOT_FOUND,
                    "message_not_found",
                    "Message Not Found",
                    detail,
                    Value::Null,
                )
            })?;
            let made =
                model::suggest(&text_of(&found.content), count).into_iter().map(|(title, description)| {
                    SuggestionRow { id: random::id("sug"), title, description, created_at: clock.now() }
                });
            let rows: Vec<_> = made.collect();
            suggestions::replace(transaction, &id, &rows)?;
            Ok::<_, Problem>(rows)
        })
        .await?;
    Ok(problem::json(StatusCode::CREATED, &answer(&message, rows, usize::MAX)))
}

fn wanted(body: &Value) -> Result<usize, Problem> {
    let Some(count) = given(body, "maxSuggestions") else { return Ok(DEFAULT_COUNT) };
    let count = count.as_u64().filter(|count| (1..=MOST).contains(count));
    let mut checks = Checks::default();
    if count.is_none() {
        checks.wrong(format!("maxSuggestions must be a whole number from 1 to {MOST}"));
    }
    checks.finish()?;
    Ok(count.and_then(|count| usize::try_from(count).ok()).unwrap_or(DEFAULT_COUNT))
}

fn answer(message: &str, mut rows: Vec<SuggestionRow>, limit: usize) -> Value {
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|row| Position { created_at: row.created_at, id: row.id.clone() });
    let items = rows.into_iter().map(|row| {
        let SuggestionRow { id, title, description, created_at } = row;
        // The same text under two names: the service keeps the older one.
        json!({
            "id": id, "messageId": message, "title": title, "description": description,
            "detailedSuggestion": description, "createdAt": iso(created_at),
        })
    });
    page("suggestions", items.collect(), next.as_ref())
}

/// What a message says in words.
pub(super) fn text_of(content: &Value) -> String {
    let blocks = content.as_array().into_iter().flatten();
    let texts: Vec<_> = blocks.filter_map(|block| block.get("text").and_then(Value::as_str)).collect();
    texts.join("\n")
}
