//! Scores, and the thumbs up or down that are one of them.

use axum::extract::{Path, State};
use axum::response::Response;
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::identity::Caller;
use super::ids;
use super::messages::of_thread;
use super::problem::{Problem, created, ok};
use super::schema::{Fields, LONGEST_TEXT};
use super::threads::owned;
use crate::app::Shared;
use crate::guard::Call;
use crate::store::cloud::scores::{self, ScoreRow};
use crate::store::cloud::telemetry;

const FEEDBACK: &str = "feedback";
const TYPES: [&str; 3] = ["numeric", "categorical", "boolean"];
const LONGEST_NAME: usize = 64;
const LONGEST_COMMENT: usize = 10_000;

/// What somebody thinks of a message: the last word counts.
pub(super) async fn feedback(
    State(app): State<Shared>,
    Path((thread, message)): Path<(String, String)>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(&call)?;
    let kind = fields.word("type", &["positive", "negative"]);
    let kind = fields.required("type", kind);
    let comment = fields.text("comment", LONGEST_COMMENT);
    fields.finish()?;
    let score = ScoreRow {
        id: ids::score(),
        user_id: caller.user.clone(),
        name: FEEDBACK.to_owned(),
        data_type: "boolean",
        value: Some(if kind == Some("positive") { 1.0 } else { 0.0 }),
        string_value: None,
        comment: comment.clone(),
        thread_id: Some(thread.clone()),
        message_id: Some(message.clone()),
        run_id: None,
    };
    let id = app
        .store
        .with(move |transaction, clock| {
            of_thread(transaction, &caller, &thread, &message)?;
            Ok::<_, Problem>(scores::replace(transaction, &caller.place(), &score, clock.now())?)
        })
        .await?;
    Ok(ok(&json!({ "feedback_id": id, "type": kind, "comment": comment })))
}

pub(super) async fn create(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    let score = new_score(&call, &caller.user)?;
    let body = json!({
        "score_id": score.id,
        "name": score.name,
        "data_type": score.data_type,
        "value": score.value.map(number),
        "string_value": score.string_value,
    });
    app.store
        .with(move |transaction, clock| {
            find_target(transaction, &caller, &score)?;
            Ok::<_, Problem>(scores::insert(transaction, &caller.place(), &score, clock.now())?)
        })
        .await?;
    Ok(created(&body))
}

fn new_score(call: &Call, user: &str) -> Result<ScoreRow, Problem> {
    let mut fields = Fields::of(call)?;
    let name = fields.text("name", LONGEST_NAME);
    let name = fields.required("name", name).unwrap_or_default();
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)) {
        fields.wrong("name", "must be of letters, digits, _, . and -");
    }
    let data_type = fields.word("data_type", &TYPES);
    let data_type = fields.required("data_type", data_type).unwrap_or_default();
    let value = fields.any("value").filter(|value| !value.is_null());
    let string_value = fields.text("string_value", LONGEST_TEXT);
    let value = match (data_type, value) {
        ("numeric", Some(value)) if value.is_number() => value.as_f64(),
        ("boolean", Some(Value::Bool(value))) => Some(f64::from(u8::from(*value))),
        ("boolean", Some(value)) if [Some(0), Some(1)].contains(&value.as_u64()) => value.as_f64(),
        ("categorical", None) => None,
        ("numeric", _) => refused(&mut fields, "value", "must be a number"),
        ("boolean", _) => refused(&mut fields, "value", "must be true, false, 1 or 0"),
        ("categorical", _) => {
            refused(&mut fields, "value", "must be absent: a categorical score has a string_value")
        }
        _ => None,
    };
    if data_type == "categorical" {
        fields.required("string_value", string_value.as_ref());
    }
    let comment = fields.text("comment", LONGEST_COMMENT);
    let thread_id = fields.text("thread_id", LONGEST_TEXT);
    let message_id = fields.text("message_id", LONGEST_TEXT);
    let run_id = fields.text("run_id", LONGEST_TEXT);
    let targets = (thread_id.is_some(), message_id.is_some(), run_id.is_some());
    if !matches!(targets, (true, _, false) | (false, false, true)) {
        fields.wrong("", "needs one target: message_id with thread_id, run_id, or thread_id");
    }
    fields.finish()?;
    Ok(ScoreRow {
        id: ids::score(),
        user_id: user.to_owned(),
        name,
        data_type,
        value,
        string_value,
        comment,
        thread_id,
        message_id,
        run_id,
    })
}

fn refused(fields: &mut Fields<'_>, name: &str, message: &str) -> Option<f64> {
    fields.wrong(name, message);
    None
}

fn find_target(transaction: &Transaction<'_>, caller: &Caller, score: &ScoreRow) -> Result<(), Problem> {
    match (&score.thread_id, &score.message_id, &score.run_id) {
        (Some(thread), Some(message), _) => of_thread(transaction, caller, thread, message).map(|_| ()),
        (Some(thread), None, _) => owned(transaction, &caller.place(), thread).map(|_| ()),
        (None, _, Some(run)) if !telemetry::has_run(transaction, &caller.place(), run)? => {
            Err(Problem::not_found("Run not found"))
        }
        _ => Ok(()),
    }
}

/// Whole numbers are written without a fraction.
fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "compared with what it came from")]
    let whole = value as i64;
    #[expect(clippy::cast_precision_loss, reason = "compared with what it came from")]
    if whole as f64 == value { whole.into() } else { value.into() }
}
