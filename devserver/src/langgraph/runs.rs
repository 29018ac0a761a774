//! `/runs` and `/threads/{id}/runs`: beginning runs, watching them, and ending them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::driver::{self, Begun};
use super::identity::Caller;
use super::live::{Action, Live};
use super::plan::{Plan, odd};
use super::problem::{Problem, ok};
use super::query::Page;
use super::sse::{self, Reading};
use super::threads::{owned, required, uuid};
use super::view;
use crate::app::Shared;
use crate::guard::Call;
use crate::store::graph::checkpoints;
use crate::store::graph::runs::{self, RunRow};
use crate::store::graph::threads;

const NOTHING_TO_CANCEL: &str = "No runs found to cancel.";
const OVER: &str = "No matching runs to cancel. Please verify the thread ID and run IDs are correct, and the runs \
    haven't been deleted or completed.";

/// A path with or without a thread in it.
type Ids = Path<HashMap<String, String>>;

pub(super) async fn create(
    State(app): State<Shared>,
    Path(ids): Ids,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let thread = thread_of(&ids)?;
    let (begun, _) = begin(&app, caller, thread.clone(), &call).await?;
    let mut response = ok(&view::run(&begun.row));
    sse::locate(&mut response, &sse::path(thread.as_deref(), &begun.row.id), None);
    Ok(response)
}

pub(super) async fn stream(
    State(app): State<Shared>,
    Path(ids): Ids,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let thread = thread_of(&ids)?;
    let (begun, cancel_on_disconnect) = begin(&app, caller, thread.clone(), &call).await?;
    let path = sse::path(thread.as_deref(), &begun.row.id);
    let reading = Reading { cancel_on_disconnect, ..Reading::default() };
    let mut response = sse::of(begun.live, reading, app.langgraph.heartbeat);
    sse::locate(&mut response, &path, Some("stream"));
    Ok(response)
}

pub(super) async fn wait(
    State(app): State<Shared>,
    Path(ids): Ids,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let thread = thread_of(&ids)?;
    let (begun, cancel_on_disconnect) = begin(&app, caller, thread, &call).await?;
    let path = sse::path(Some(&begun.row.thread_id), &begun.row.id);
    Ok(final_values(sse::result(begun.live, cancel_on_disconnect, app.langgraph.heartbeat), &path))
}

async fn begin(
    app: &Shared,
    caller: Caller,
    thread: Option<String>,
    call: &Call,
) -> Result<(Begun, bool), Problem> {
    let schema = if thread.is_some() { "RunCreateStateful" } else { "RunCreateStateless" };
    let plan = Plan::read(required(call)?, schema)?;
    let cancel_on_disconnect = plan.cancel_on_disconnect;
    Ok((driver::begin(app, caller, thread, plan).await?, cancel_on_disconnect))
}

pub(super) async fn list(
    State(app): State<Shared>,
    Path(thread): Path<String>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let thread = uuid(&thread, "thread")?;
    let rows = app
        .store
        .with(move |transaction, _| {
            owned(transaction, &caller.owner, &thread)?;
            Ok::<_, Problem>(runs::all(transaction, &thread)?)
        })
        .await?;
    let status = call.query("status");
    let selected: Vec<&str> = call.queries("select").collect();
    let page = Page::of_query(call.query("limit"), call.query("offset"));
    let rows = rows.into_iter().filter(|row| status.is_none_or(|status| row.status == status)).collect();
    let shown = page.take(rows).map(|row: RunRow| {
        let mut shown = view::run(&row);
        if let Some(members) = shown.as_object_mut().filter(|_| !selected.is_empty()) {
            members.retain(|name, _| selected.contains(&name.as_str()));
        }
        shown
    });
    Ok(ok(&shown.collect::<Vec<_>>()))
}

pub(super) async fn get(
    State(app): State<Shared>,
    Path(ids): Ids,
    caller: Caller,
) -> Result<Response, Problem> {
    let (thread, run) = both(&ids)?;
    let row = app
        .store
        .with(move |transaction, _| {
            owned(transaction, &caller.owner, &thread)?;
            runs::find(transaction, &thread, &run)?.ok_or_else(|| Problem::not_found("Not Found"))
        })
        .await?;
    Ok(ok(&view::run(&row)))
}

pub(super) async fn delete(
    State(app): State<Shared>,
    Path(ids): Ids,
    caller: Caller,
) -> Result<Response, Problem> {
    let (thread, run) = both(&ids)?;
    let live = app.clone();
    app.store
        .with(move |transaction, _| {
            threads::find(transaction, &caller.owner, &thread)?
                .ok_or_else(|| Problem::not_found("Not Found"))?;
            if !runs::delete(transaction, &thread, &run)? {
                return Err(Problem::not_found("Run not found"));
            }
            if let Some(run) = live.langgraph.runs.find(&run) {
                run.cancel(Action::Interrupt);
            }
            live.langgraph.runs.forget(&run);
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn cancel(
    State(app): State<Shared>,
    Path(ids): Ids,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let (thread, run) = both(&ids)?;
    let action = action(call.query("action"))?;
    let (owner, id) = (caller.owner, thread.clone());
    let own = app
        .store
        .with(move |transaction, _| Ok::<_, Problem>(threads::find(transaction, &owner, &id)?.is_some()))
        .await?;
    if !own {
        return Err(Problem::not_found(NOTHING_TO_CANCEL));
    }
    let live = app.langgraph.runs.find(&run).filter(|live| live.thread_id == thread && !live.is_over());
    let live = live.ok_or_else(|| Problem::not_found(OVER))?;
    live.cancel(action);
    if !matches!(call.query("wait"), Some("1" | "true" | "True")) {
        return Ok(StatusCode::ACCEPTED.into_response());
    }
    live.result().await;
    Ok(final_values(Body::from("{}"), &sse::path(Some(&thread), &run)))
}

pub(super) async fn cancel_many(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let body = required(&call)?;
    let action = action(call.query("action"))?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let ids = body.get("run_ids").and_then(Value::as_array);
    let meant: Vec<Arc<Live>> = app
        .langgraph
        .runs
        .of_owner(&caller.owner)
        .into_iter()
        .filter(|run| text("thread_id").is_none_or(|thread| run.thread_id == thread))
        .filter(|run| ids.is_none_or(|ids| ids.iter().any(|id| *id == run.id)))
        .collect();
    if meant.is_empty() {
        return Err(Problem::not_found(NOTHING_TO_CANCEL));
    }
    meant.iter().for_each(|run| run.cancel(action));
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn join(
    State(app): State<Shared>,
    Path(ids): Ids,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let (thread, run) = both(&ids)?;
    let path = sse::path(Some(&thread), &run);
    if let Some(live) =
        app.langgraph.runs.find(&run).filter(|live| live.owner == caller.owner && live.thread_id == thread)
    {
        return Ok(final_values(sse::result(live, cancels(&call), app.langgraph.heartbeat), &path));
    }
    let result = app
        .store
        .with(move |transaction, _| {
            threads::find(transaction, &caller.owner, &thread)?
                .ok_or_else(|| Problem::not_found("Thread not found"))?;
            let Some(row) = runs::find(transaction, &thread, &run)? else {
                let (error, message) = Problem::not_found("Run not found").in_band();
                return Ok(sse::failure(&json!({ "error": error, "message": message })));
            };
            if let Some(error) = row.error {
                return Ok(sse::failure(&error));
            }
            let state = checkpoints::latest(transaction, &thread)?;
            Ok::<_, Problem>(state.map_or_else(|| json!({}), |state| state.values))
        })
        .await?;
    Ok(final_values(Body::from(result.to_string()), &path))
}

pub(super) async fn join_stream(
    State(app): State<Shared>,
    Path(ids): Ids,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let thread = thread_of(&ids)?;
    let run = uuid(ids.get("run").map_or("", String::as_str), "run")?;
    let mut response = match find(&app, caller, thread.clone(), &run).await? {
        Ok(Some(live)) => {
            let reading = Reading {
                from: live.after(call.header("last-event-id")),
                again_until: live.after(None),
                modes: modes(&call),
                cancel_on_disconnect: cancels(&call),
            };
            sse::of(live, reading, app.langgraph.heartbeat)
        }
        Ok(None) => sse::empty(),
        Err(problem) => sse::refused(&problem),
    };
    sse::locate(&mut response, &sse::path(thread.as_deref(), &run), Some("stream"));
    Ok(response)
}

/// The caller's run as far as this process knows it: `None` for one of an earlier process. The refusal inside is told
/// in the stream.
async fn find(
    app: &Shared,
    caller: Caller,
    thread: Option<String>,
    run: &str,
) -> Result<Result<Option<Arc<Live>>, Problem>, Problem> {
    let live = app.langgraph.runs.find(run).filter(|live| {
        live.owner == caller.owner && thread.as_ref().is_none_or(|thread| live.thread_id == *thread)
    });
    let Some(thread) = thread else {
        return live.map(|live| Ok(Some(live))).ok_or_else(|| Problem::not_found("Not Found"));
    };
    let run = run.to_owned();
    let known = app
        .store
        .with(move |transaction, _| {
            if threads::find(transaction, &caller.owner, &thread)?.is_none() {
                return Ok(Err(Problem::not_found("Thread not found")));
            }
            let row = runs::find(transaction, &thread, &run)?;
            Ok::<_, Problem>(row.map(|_| ()).ok_or_else(|| Problem::not_found("Run not found")))
        })
        .await?;
    Ok(known.map(|()| live))
}

/// The stream modes a join asks for, one parameter each or a list in one; `None` for all that the run streams.
fn modes(call: &Call) -> Option<Vec<String>> {
    let read = |text: &str| {
        let list: Option<Vec<String>> = serde_json::from_str(text).ok();
        list.unwrap_or_else(|| text.split(',').map(|mode| mode.trim().to_owned()).collect())
    };
    let modes: Vec<String> =
        call.queries("stream_mode").flat_map(read).filter(|mode| !mode.is_empty()).collect();
    (!modes.is_empty()).then_some(modes)
}

fn cancels(call: &Call) -> bool {
    matches!(call.query("cancel_on_disconnect"), Some("1" | "true" | "True"))
}

fn action(word: Option<&str>) -> Result<Action, Problem> {
    match word {
        None | Some("interrupt") => Ok(Action::Interrupt),
        Some("rollback") => Ok(Action::Rollback),
        Some(word) => Err(odd("action", word, "\"interrupt\" or \"rollback\"")),
    }
}

/// The answer whose body comes when the run is over.
fn final_values(body: Body, path: &str) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    sse::locate(&mut response, path, Some("join"));
    response
}

fn thread_of(ids: &HashMap<String, String>) -> Result<Option<String>, Problem> {
    ids.get("thread").map(|thread| uuid(thread, "thread")).transpose()
}

fn both(ids: &HashMap<String, String>) -> Result<(String, String), Problem> {
    let named = |name: &str, what: &str| uuid(ids.get(name).map_or("", String::as_str), what);
    Ok((named("thread", "thread")?, named("run", "run")?))
}
