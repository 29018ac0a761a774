//! Messages of a thread: a page of them, or one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::cursor;
use super::problem::{self, Problem};
use super::threads::{owned, page};
use super::validate::limit;
use super::view::Message;
use crate::app::Shared;
use crate::guard::{Call, Caller, Place, caller};
use crate::store::messages::{self, Order};
use crate::store::threads::Position;

const DEFAULT_PAGE: u32 = 50;

/// `GET /v1/threads/{thread}/messages`
pub(super) async fn list(
    State(app): State<Shared>,
    Path(thread): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Query)?;
    let (order, count, position) = (call.query("order"), call.query("limit"), call.query("cursor"));
    let wanted = || {
        let count = limit(count, DEFAULT_PAGE)?;
        Ok::<_, Problem>((order_of(order)?, count, position.map(cursor::decode).transpose()?))
    };
    let wanted = wanted();
    let (mut rows, limit) = app
        .store
        .with(move |transaction, _| {
            owned(transaction, &owner, &thread)?;
            let (order, limit, after) = wanted?;
            let rows = messages::list(transaction, &thread, order, after.as_ref(), limit + 1)?;
            Ok::<_, Problem>((rows, limit as usize))
        })
        .await?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|row| Position { created_at: row.created_at, id: row.id.clone() });
    let messages: Vec<_> = rows.into_iter().map(Message::from).collect();
    Ok(problem::json(StatusCode::OK, &page("messages", json!(messages), next.as_ref())))
}

/// `GET /v1/threads/{thread}/messages/{message}`
pub(super) async fn get(
    State(app): State<Shared>,
    Path((thread, message)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Query)?;
    let row = app
        .store
        .with(move |transaction, _| {
            owned(transaction, &owner, &thread)?;
            messages::find(transaction, &thread, &message)?
                .ok_or_else(|| Problem::not_found(format!("Message {message} not found in thread {thread}")))
        })
        .await?;
    Ok(problem::json(StatusCode::OK, &Message::from(row)))
}

fn order_of(text: Option<&str>) -> Result<Order, Problem> {
    match text {
        None | Some("asc") => Ok(Order::OldestFirst),
        Some("desc") => Ok(Order::NewestFirst),
        Some(_) => {
            Err(Problem::validation(vec!["order must be one of the following values: asc, desc".into()]))
        }
    }
}
