//! Threads: list, create, read, change, delete.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::initial::{self, InitialMessage};
use super::problem::{self, Problem};
use super::validate::{Checks, given, limit};
use super::view::Thread;
use super::{cursor, ids};
use crate::app::Shared;
use crate::guard::{Call, Caller, Place, caller};
use crate::store::Clock;
use crate::store::messages::{self, NewMessage, Order};
use crate::store::threads::{self, Owner, Position, ThreadRow};

const DEFAULT_PAGE: u32 = 20;

/// `GET /v1/threads`
pub(super) async fn list(State(app): State<Shared>, call: Call) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Query)?;
    let limit = limit(call.query("limit"), DEFAULT_PAGE)?;
    let after = call.query("cursor").map(cursor::decode).transpose()?;
    let mut rows = app
        .store
        .with(move |transaction, _| {
            threads::list(transaction, &owner, after.as_ref(), limit + 1).map_err(Problem::from)
        })
        .await?;
    let has_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|row| Position { created_at: row.created_at, id: row.id.clone() });
    let threads: Vec<_> = rows.into_iter().map(Thread::from).collect();
    Ok(problem::json(StatusCode::OK, &page("threads", json!(threads), next.as_ref())))
}

/// `POST /v1/threads`
pub(super) async fn create(State(app): State<Shared>, call: Call) -> Result<Response, Problem> {
    let Caller { project, owner } = caller(&app, &call, Place::Body)?;
    let body = call.body();
    let mut checks = Checks::default();
    checks.optional_object(body, "metadata");
    let initial = initial::read(body, "initialMessages", &mut checks);
    checks.finish()?;
    initial::check_roles(&initial, &project, call.uri.path())?;
    let metadata = given(body, "metadata").cloned();
    let row = app
        .store
        .with(move |transaction, clock| insert(transaction, clock, &owner, metadata.as_ref(), initial))
        .await?;
    Ok(problem::json(StatusCode::CREATED, &Thread::from(row)))
}

/// `GET /v1/threads/{thread}`
pub(super) async fn get(
    State(app): State<Shared>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Query)?;
    let (thread, messages) = app
        .store
        .with(move |transaction, _| {
            let thread = owned(transaction, &owner, &id)?;
            let messages = messages::list(transaction, &thread.id, Order::OldestFirst, None, u32::MAX)?;
            Ok::<_, Problem>((thread, messages))
        })
        .await?;
    Ok(problem::json(StatusCode::OK, &Thread::from(thread).with_messages(messages)))
}

/// `PATCH /v1/threads/{thread}`
pub(super) async fn update(
    State(app): State<Shared>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Query)?;
    let body = call.body().clone();
    let row = app
        .store
        .with(move |transaction, clock| {
            // Whose thread it is comes before what is wrong with the body.
            owned(transaction, &owner, &id)?;
            let mut checks = Checks::default();
            checks.optional_string(&body, "name");
            checks.optional_object(&body, "metadata");
            checks.finish()?;
            let name = given(&body, "name").and_then(Value::as_str);
            threads::update(transaction, &id, name, given(&body, "metadata"), clock.now())?;
            owned(transaction, &owner, &id)
        })
        .await?;
    Ok(problem::json(StatusCode::OK, &Thread::from(row)))
}

/// `DELETE /v1/threads/{thread}`
pub(super) async fn delete(
    State(app): State<Shared>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Query)?;
    let active = app.clone();
    app.store
        .with(move |transaction, _| {
            let thread = owned(transaction, &owner, &id)?;
            threads::delete(transaction, &id)?;
            if let Some(run) = thread.current_run_id {
                active.runs.cancel(&run);
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The caller's thread of that id. An unknown thread and somebody else's are refused alike.
pub(super) fn owned(transaction: &Transaction<'_>, owner: &Owner, id: &str) -> Result<ThreadRow, Problem> {
    threads::find(transaction, owner, id)?.ok_or_else(Problem::no_such_thread)
}

/// Creates a thread with its first messages. The row is the thread before them, which is what the service answers.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    clock: &Clock,
    owner: &Owner,
    metadata: Option<&Value>,
    initial: Vec<InitialMessage>,
) -> Result<ThreadRow, Problem> {
    let id = ids::thread();
    threads::insert(transaction, &id, owner, metadata, clock.now())?;
    let row = owned(transaction, owner, &id)?;
    for message in initial {
        let InitialMessage { role, content, metadata } = message;
        messages::insert(
            transaction,
            &id,
            &NewMessage { id: ids::message(), role, content, metadata },
            clock.now(),
        )?;
        threads::touch(transaction, &id, clock.now())?;
    }
    Ok(row)
}

/// A page of a list.
pub(super) fn page(name: &str, items: Value, next: Option<&Position>) -> Value {
    let mut page = serde_json::Map::new();
    page.insert(name.to_owned(), items);
    if let Some(position) = next {
        page.insert("nextCursor".into(), cursor::encode(position).into());
    }
    page.insert("hasMore".into(), next.is_some().into());
    page.into()
}
