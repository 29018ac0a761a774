//! `POST /threads/{thread}/generate-name`: a name for a thread, by what was said first in it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::problem::{self, Problem};
use super::suggestions::text_of;
use super::threads::owned;
use crate::app::Shared;
use crate::guard::{Call, Caller, Place, caller};
use crate::model;
use crate::store::messages::{self, Order};
use crate::store::threads;
use crate::timestamp::iso;

/// Names the caller's thread and answers with it in the shape of the API before `/v1`. The service names anybody's.
pub(super) async fn generate(
    State(app): State<Shared>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let Caller { project, owner } = caller(&app, &call, Place::ContextKey)?;
    let thread = app
        .store
        .with(move |transaction, clock| {
            owned(transaction, &owner, &id)?;
            let messages = messages::list(transaction, &id, Order::OldestFirst, None, u32::MAX)?;
            let first = messages.iter().find(|message| message.role == "user");
            let name = model::name(&first.map(|message| text_of(&message.content)).unwrap_or_default());
            threads::update(transaction, &id, Some(&name), None, clock.now())?;
            owned(transaction, &owner, &id)
        })
        .await?;
    let mut body = json!({
        "id": thread.id,
        "createdAt": iso(thread.created_at),
        "updatedAt": iso(thread.updated_at),
        "projectId": project.id,
        "name": thread.name,
        "generationStage": stage(&thread.run_status),
    });
    if let Value::Object(members) = &mut body {
        members.extend(thread.status_message.map(|text| ("statusMessage".to_owned(), text.into())));
        members.extend(thread.metadata.map(|metadata| ("metadata".to_owned(), metadata)));
    }
    Ok(problem::json(StatusCode::CREATED, &body))
}

/// What that API calls the states of a run.
fn stage(run_status: &str) -> &'static str {
    match run_status {
        "waiting" => "FETCHING_CONTEXT",
        "streaming" => "STREAMING_RESPONSE",
        _ => "COMPLETE",
    }
}
