//! What clients report of themselves.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::identity::Caller;
use super::ids;
use super::problem::{Problem, created, json as json_answer};
use super::schema::{Fields, LONGEST_TEXT};
use super::threads::owned;
use crate::app::Shared;
use crate::guard::Call;
use crate::store::cloud::telemetry;

const STATUSES: [&str; 3] = ["completed", "incomplete", "error"];
const MOST_EVENTS: usize = 50;
const KINDS: [&str; 16] = [
    "message_sent",
    "message_edited",
    "run_stopped",
    "message_regenerated",
    "message_copied",
    "branch_switched",
    "suggestions_shown",
    "suggestion_clicked",
    "attachment_added",
    "attachment_failed",
    "thread_switched",
    "tool_approved",
    "tool_rejected",
    "speech_started",
    "voice_started",
    "error_shown",
];

/// `POST /runs`: how a run went.
pub(super) async fn report(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let thread = fields.text("thread_id", LONGEST_TEXT);
    let thread = fields.required("thread_id", thread);
    let status = fields.word("status", &STATUSES);
    fields.required("status", status);
    fields.finish_open()?;
    let report = call.body().clone();
    let id = app
        .store
        .with(move |transaction, clock| {
            let place = caller.place();
            owned(transaction, &place, &thread.unwrap_or_default())?;
            let id = ids::run();
            telemetry::insert_run(transaction, &place, &caller.user, &id, &report, clock.now())?;
            Ok::<_, Problem>(id)
        })
        .await?;
    Ok(created(&json!({ "run_id": id })))
}

/// `POST /events`: what people did.
pub(super) async fn events(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let events = fields.any("events").and_then(Value::as_array);
    let events = events.filter(|events| (1..=MOST_EVENTS).contains(&events.len()));
    let is_known =
        |event: &Value| event.get("kind").and_then(Value::as_str).is_some_and(|kind| KINDS.contains(&kind));
    if !events.is_some_and(|events| events.iter().all(is_known)) {
        fields.wrong("events", &format!("must be an array of 1 to {MOST_EVENTS} events of a known kind"));
    }
    fields.finish()?;
    let events = events.cloned().unwrap_or_default();
    let accepted = events.len();
    app.store
        .with(move |transaction, clock| {
            for event in &events {
                telemetry::insert_event(transaction, &caller.place(), &caller.user, event, clock.now())?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(json_answer(StatusCode::ACCEPTED, &json!({ "accepted": accepted })))
}
