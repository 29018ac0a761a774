//! `/threads/{id}/state` and `/history`: what is in a thread, what was, and writing to it by hand.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::execution::{origin, task};
use super::graph::{ALL, Graph};
use super::identity::Caller;
use super::plan::{checkpoint_of, object};
use super::problem::{Problem, ok};
use super::query::{self, Page};
use super::threads::{owned, required, uuid};
use super::{ids, messages, view};
use crate::app::Shared;
use crate::guard::Call;
use crate::store::Clock;
use crate::store::graph::checkpoints::{self, CheckpointRow};
use crate::store::graph::threads::{self, ThreadRow};

pub(super) async fn get(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    at(&app, caller, &id, None).await
}

pub(super) async fn get_at(
    State(app): State<Shared>,
    Path((id, checkpoint)): Path<(String, String)>,
    caller: Caller,
) -> Result<Response, Problem> {
    at(&app, caller, &id, Some(checkpoint)).await
}

pub(super) async fn post_at(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let checkpoint = checkpoint_of(object(required(&call)?)?.get("checkpoint"));
    at(&app, caller, &id, checkpoint).await
}

async fn at(app: &Shared, caller: Caller, id: &str, checkpoint: Option<String>) -> Result<Response, Problem> {
    let id = uuid(id, "thread")?;
    let shown = app
        .store
        .with(move |transaction, _| {
            owned(transaction, &caller.owner, &id)?;
            let row = match &checkpoint {
                Some(checkpoint) => checkpoints::find(transaction, &id, checkpoint)?,
                None => checkpoints::latest(transaction, &id)?,
            };
            Ok::<_, Problem>(match row {
                Some(row) => view::state(&id, &row),
                None => view::no_state(&id, checkpoint.as_deref()),
            })
        })
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
    let body = Value::Object(object(required(&call)?)?.clone());
    let checkpoint = app
        .store
        .with(move |transaction, clock| {
            let thread = owned(transaction, &caller.owner, &id)?;
            let made = apply(transaction, clock, &caller, &thread, &body)?;
            Ok::<_, Problem>(json!({ "thread_id": id, "checkpoint_ns": "", "checkpoint_id": made.id }))
        })
        .await?;
    let made = checkpoint.get("checkpoint_id");
    Ok(ok(&json!({ "checkpoint": checkpoint, "configurable": checkpoint, "checkpoint_id": made })))
}

/// Writes values into a thread's state as if a node had, from its last checkpoint or from the one that is named.
pub(super) fn apply(
    transaction: &Transaction<'_>,
    clock: &Clock,
    caller: &Caller,
    thread: &ThreadRow,
    update: &Value,
) -> Result<CheckpointRow, Problem> {
    let named = update.get("checkpoint_id").and_then(Value::as_str).map(str::to_owned);
    let base = match named.or_else(|| checkpoint_of(update.get("checkpoint"))) {
        Some(checkpoint) => {
            let found = checkpoints::find(transaction, &thread.id, &checkpoint)?;
            Some(found.ok_or_else(|| Problem::not_found(format!("Checkpoint {checkpoint} not found")))?)
        }
        None => checkpoints::latest(transaction, &thread.id)?,
    };
    let graph = thread.metadata.get("graph_id").and_then(Value::as_str).and_then(Graph::of_assistant);
    let graph = graph.unwrap_or(ALL[0]);
    let waiting = base.as_ref().and_then(|base| base.next.clone());
    let next = match update.get("as_node").and_then(Value::as_str) {
        None => waiting,
        Some("__start__" | "__input__") => Some(graph.entry().to_owned()),
        Some("__end__" | "__copy__") => None,
        Some(node) if graph.has(node) => None,
        Some(node) => return Err(Problem::bad_request(format!("Node {node} does not exist"))),
    };
    let mut state = base.as_ref().map(|base| messages::of(&base.values)).unwrap_or_default();
    let written = update.get("values").and_then(|values| values.get("messages"));
    messages::add(&mut state, written.unwrap_or(&Value::Null));
    let step = base.as_ref().map_or(0, |base| base.step() + 1);
    let mut metadata = origin("update", step);
    metadata.insert("thread_id".into(), thread.id.clone().into());
    metadata.insert("graph_id".into(), graph.name().into());
    if let Some(user) = &caller.user {
        metadata.insert("user_id".into(), user.identity.clone().into());
    }
    let now = clock.now_us();
    let row = CheckpointRow {
        id: ids::checkpoint(now / 1000),
        parent_id: base.map(|base| base.id),
        run_id: None,
        values: messages::state(&state),
        tasks: next.as_deref().map_or_else(|| json!([]), |node| json!([task(node)])),
        next,
        metadata: metadata.into(),
        created_at: now,
    };
    checkpoints::insert(transaction, &thread.id, &row)?;
    let status = match &row.next {
        _ if thread.status == "busy" => "busy",
        Some(_) => "interrupted",
        None => "idle",
    };
    threads::set_status(transaction, &thread.id, status, None, now)?;
    Ok(row)
}

pub(super) async fn history(
    State(app): State<Shared>,
    Path(id): Path<String>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let id = uuid(&id, "thread")?;
    let mut body = object(call.body())?.clone();
    for name in ["limit", "before"] {
        let asked =
            call.query(name).map(|text| text.parse::<i64>().map_or_else(|_| text.into(), Value::from));
        body.extend(asked.map(|value| (name.to_owned(), value)));
    }
    let page = Page::of_body(&body)?;
    let states = app
        .store
        .with(move |transaction, _| {
            owned(transaction, &caller.owner, &id)?;
            let mut rows = checkpoints::all(transaction, &id)?;
            if let Some(before) = checkpoint_of(body.get("before"))
                && let Some(index) = rows.iter().position(|row| row.id == before)
            {
                rows.drain(..=index);
            }
            if let Some(only) = checkpoint_of(body.get("checkpoint")) {
                rows.retain(|row| row.id == only);
            }
            let states = rows.iter().map(|row| view::state(&id, row));
            Ok::<_, Problem>(
                states.filter(|state| query::matches(state, &body, "metadata")).collect::<Vec<_>>(),
            )
        })
        .await?;
    Ok(ok(&page.take(states).collect::<Vec<_>>()))
}
