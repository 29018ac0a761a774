//! `/threads`: a conversation each.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::Transaction;
use serde_json::{Map, Value, json};

use super::driver::new_thread;
use super::identity::Caller;
use super::live::Action;
use super::plan::{mistyped, object, odd};
use super::problem::{Problem, ok};
use super::query::{self, Page};
use super::{ids, states, view};
use crate::app::Shared;
use crate::guard::Call;
use crate::store::graph::checkpoints;
use crate::store::graph::threads::{self, ThreadRow};
use crate::store::threads::Owner;

const SORTED_BY: [&str; 5] = ["created_at", "updated_at", "state_updated_at", "thread_id", "status"];

pub(super) async fn create(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let body = object(required(&call)?)?.clone();
    let given = member_object(&body, "metadata")?;
    let id = match body.get("thread_id").and_then(Value::as_str) {
        Some(id) => Some(uuid(id, "thread")?),
        None => None,
    };
    let tolerant = match body.get("if_exists").and_then(Value::as_str) {
        None | Some("raise") => false,
        Some("do_nothing") => true,
        Some(word) => return Err(odd("if_exists", word, "\"raise\" or \"do_nothing\"")),
    };
    let supersteps = body.get("supersteps").cloned().unwrap_or_default();
    let shown = app
        .store
        .with(move |transaction, clock| {
            let now = clock.now_us();
            let id = id.unwrap_or_else(|| ids::sorted(now / 1000));
            if threads::exists(transaction, &id)? {
                // Somebody else's is as much in the way as one's own, and is not shown.
                let own = threads::find(transaction, &caller.owner, &id)?.filter(|_| tolerant);
                let row =
                    own.ok_or_else(|| Problem::conflict(format!("Thread with ID {id} already exists")))?;
                return show(transaction, &row);
            }
            let row = new_thread(&id, caller.own(given.as_ref()), false, now);
            threads::insert(transaction, &caller.owner, &row)?;
            for step in supersteps.as_array().into_iter().flatten() {
                for update in step.get("updates").and_then(Value::as_array).into_iter().flatten() {
                    states::apply(transaction, clock, &caller, &row, update)?;
                }
            }
            show(transaction, &owned(transaction, &caller.owner, &id)?)
        })
        .await?;
    Ok(ok(&shown))
}

pub(super) async fn get(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    let id = uuid(&id, "thread")?;
    let shown = app
        .store
        .with(move |transaction, _| show(transaction, &owned(transaction, &caller.owner, &id)?))
        .await?;
    Ok(ok(&shown))
}

pub(super) async fn update(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let id = uuid(&id, "thread")?;
    let given = member_object(object(required(&call)?)?, "metadata")?.unwrap_or_else(|| json!({}));
    let minimal = call.header("prefer").is_some_and(|prefer| prefer.contains("return=minimal"));
    let shown = app
        .store
        .with(move |transaction, clock| {
            let row = threads::find(transaction, &caller.owner, &id)?;
            let mut metadata = row.ok_or_else(|| Problem::not_found("Not Found"))?.metadata;
            metadata.extend(caller.own(Some(&given)));
            threads::set_metadata(transaction, &id, &metadata, clock.now_us())?;
            show(transaction, &owned(transaction, &caller.owner, &id)?)
        })
        .await?;
    Ok(if minimal { StatusCode::NO_CONTENT.into_response() } else { ok(&shown) })
}

pub(super) async fn delete(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    let id = uuid(&id, "thread")?;
    let live = app.clone();
    app.store
        .with(move |transaction, _| {
            owned(transaction, &caller.owner, &id)?;
            threads::delete(transaction, &id)?;
            live.langgraph.runs.of_thread(&id).iter().for_each(|run| run.cancel(Action::Interrupt));
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn copy(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    let id = uuid(&id, "thread")?;
    let shown = app
        .store
        .with(move |transaction, clock| {
            let original = threads::find(transaction, &caller.owner, &id)?;
            let original = original.ok_or_else(|| Problem::conflict("Conflict"))?;
            let mut row = new_thread(&ids::random(), original.metadata, false, clock.now_us());
            if original.status != "busy" {
                row.status = original.status;
            }
            threads::insert(transaction, &caller.owner, &row)?;
            checkpoints::copy(transaction, &id, &row.id)?;
            // Its state is there, and is not shown before a run has ended in it.
            let mut shown = view::thread(&row, None);
            shown.as_object_mut().map(|members| members.remove("values"));
            Ok::<_, Problem>(shown)
        })
        .await?;
    Ok(ok(&shown))
}

pub(super) async fn search(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let body = object(required(&call)?)?.clone();
    let page = Page::of_body(&body)?;
    let mut rows = found(&app, caller, body.clone()).await?;
    query::sort(&mut rows, &body, &SORTED_BY)?;
    let shown = rows.into_iter().map(|row| query::shown(row, &body)).collect();
    Ok(page.answer(shown))
}

pub(super) async fn count(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let body = object(required(&call)?)?.clone();
    Ok(ok(&found(&app, caller, body).await?.len()))
}

pub(super) async fn prune(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let body = object(required(&call)?)?.clone();
    if body.get("strategy").and_then(Value::as_str) == Some("keep_latest") {
        return Err(Problem::invalid("keep_latest strategy is not supported in in-memory runtime"));
    }
    let ids: Vec<String> = texts(body.get("thread_ids"));
    let pruned = app
        .store
        .with(move |transaction, _| {
            let mut pruned = 0;
            for id in ids {
                if threads::find(transaction, &caller.owner, &id)?.is_some() {
                    threads::delete(transaction, &id)?;
                    pruned += 1;
                }
            }
            Ok::<usize, Problem>(pruned)
        })
        .await?;
    Ok(ok(&json!({ "pruned_count": pruned })))
}

/// The caller's threads that a body describes.
async fn found(app: &Shared, caller: Caller, body: Map<String, Value>) -> Result<Vec<Value>, Problem> {
    let ids: Option<Vec<String>> = body.get("ids").filter(|ids| ids.is_array()).map(|ids| texts(Some(ids)));
    app.store
        .with(move |transaction, _| {
            let mut rows = Vec::new();
            for row in threads::all(transaction, &caller.owner)? {
                let row = show(transaction, &row)?;
                let id = row.get("thread_id").and_then(Value::as_str).unwrap_or_default();
                let named = ids.as_ref().is_none_or(|ids| ids.iter().any(|named| named == id));
                if named
                    && ["metadata", "values", "status"].iter().all(|name| query::matches(&row, &body, name))
                {
                    rows.push(row);
                }
            }
            Ok(rows)
        })
        .await
}

/// The caller's thread of that id. An unknown thread and somebody else's are refused alike.
pub(super) fn owned(transaction: &Transaction<'_>, owner: &Owner, id: &str) -> Result<ThreadRow, Problem> {
    threads::find(transaction, owner, id)?.ok_or_else(|| Problem::no_such_thread(id))
}

fn show(transaction: &Transaction<'_>, row: &ThreadRow) -> Result<Value, Problem> {
    let state = match &row.settled_at {
        Some(checkpoint) => checkpoints::find(transaction, &row.id, checkpoint)?,
        None => None,
    };
    Ok(view::thread(row, state.as_ref()))
}

/// An id out of a path.
pub(super) fn uuid(text: &str, what: &str) -> Result<String, Problem> {
    ids::parse(text).ok_or_else(|| Problem::invalid(format!("Invalid {what} ID: must be a UUID")))
}

/// The body of a call that has to have one.
pub(super) fn required(call: &Call) -> Result<&Value, Problem> {
    call.given_body().ok_or_else(|| Problem::invalid("Invalid JSON in request body"))
}

fn member_object(body: &Map<String, Value>, name: &str) -> Result<Option<Value>, Problem> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value @ Value::Object(_)) => Ok(Some(value.clone())),
        Some(value) => Err(mistyped(name, value, "object")),
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
