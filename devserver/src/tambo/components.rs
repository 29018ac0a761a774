//! `POST /v1/threads/{thread}/components/{component}/state`: what a person has done with a component.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use json_patch::Patch;
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::problem::{self, Problem};
use super::threads::owned;
use super::validate::{Checks, given};
use crate::app::Shared;
use crate::guard::{Call, Caller, Place, caller};
use crate::store::messages::{self, MessageRow, Order};
use crate::store::threads;

/// How a state is to change.
enum Change {
    /// This one instead.
    Whole(Value),
    /// RFC 6902.
    Patch(Patch),
}

/// Changes the state of a component of the caller's thread, while no run is on.
pub(super) async fn set_state(
    State(app): State<Shared>,
    Path((thread, component)): Path<(String, String)>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { owner, .. } = caller(&app, &call, Place::Body)?;
    let change = read(call.body());
    let state = app
        .store
        .with(move |transaction, clock| {
            let row = owned(transaction, &owner, &thread)?;
            let change = change?;
            if let Some(run) = row.current_run_id {
                let detail =
                    format!("Thread {thread} has an active run; its components cannot be changed now");
                let extra = json!({ "threadId": thread, "currentRunId": run });
                return Err(Problem::coded(StatusCode::CONFLICT, "run_active", "Run Active", detail, extra));
            }
            let (message, index) = find(transaction, &thread, &component)?.ok_or_else(|| {
                let detail = format!("Component {component} not found in thread {thread}");
                Problem::coded(
                    StatusCode::NOT_FOUND,
                    "component_not_found",
                    "Component Not Found",
                    detail,
                    Value::Null,
                )
            })?;
            let mut content = message.content;
            let place =
                content.get_mut(index).and_then(Value::as_object_mut).ok_or_else(Problem::internal)?;
            let mut state = place.get("state").cloned().unwrap_or_else(|| json!({}));
            match change {
                Change::Whole(value) => state = value,
                Change::Patch(patch) => {
                    json_patch::patch(&mut state, &patch)
                        .map_err(|error| invalid_patch(&error.to_string()))?;
                }
            }
            place.insert("state".into(), state.clone());
            messages::set_content(transaction, &message.id, &content)?;
            threads::touch(transaction, &thread, clock.now())?;
            Ok(state)
        })
        .await?;
    Ok(problem::json(StatusCode::CREATED, &json!({ "state": state })))
}

fn read(body: &Value) -> Result<Change, Problem> {
    let (state, patch) = (given(body, "state"), given(body, "patch"));
    let mut checks = Checks::default();
    checks.optional_object(body, "state");
    if patch.is_some_and(|patch| !patch.is_array()) {
        checks.wrong("patch must be an array");
    }
    checks.finish()?;
    match (state, patch) {
        (Some(state), None) => Ok(Change::Whole(state.clone())),
        (None, Some(patch)) if patch.as_array().is_some_and(Vec::is_empty) => {
            Err(Problem::bad_request("patch should not be empty"))
        }
        (None, Some(patch)) => {
            let patch = serde_json::from_value(patch.clone());
            Ok(Change::Patch(patch.map_err(|error| invalid_patch(&error.to_string()))?))
        }
        _ => Err(Problem::bad_request("Exactly one of state and patch has to be given")),
    }
}

fn invalid_patch(why: &str) -> Problem {
    let detail = format!("The patch cannot be applied: {why}");
    Problem::coded(StatusCode::BAD_REQUEST, "invalid_json_patch", "Invalid JSON Patch", detail, Value::Null)
}

/// The message that holds the component, and where in its content.
fn find(
    transaction: &Transaction<'_>,
    thread: &str,
    component: &str,
) -> rusqlite::Result<Option<(MessageRow, usize)>> {
    let is_meant = |block: &Value| {
        let text = |name: &str| block.get(name).and_then(Value::as_str);
        text("type") == Some("component") && text("id") == Some(component)
    };
    let messages = messages::list(transaction, thread, Order::NewestFirst, None, u32::MAX)?;
    Ok(messages.into_iter().find_map(|message| {
        let index = message.content.as_array()?.iter().position(is_meant)?;
        Some((message, index))
    }))
}
