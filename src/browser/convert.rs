//! From the pure types to what callers see. Outward only: what comes in is read member by member.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use super::shell::Shell;
use super::value::{object, set, set_flag, set_number, set_text};
use crate::error::{Failure, Fault};
use crate::session::{Activity, AuthState, Inspection, Note, UserHint};

/// A person as the public types have them.
fn person(user: &UserHint) -> JsValue {
    let shown = object();
    set_text(&shown, "id", &user.id);
    for (name, text) in [("email", &user.email), ("orgId", &user.org_id)] {
        if let Some(text) = text {
            set_text(&shown, name, text);
        }
    }
    shown
}

/// A failure as the `ThreadpassError` of the public types. The cause is the very value that was thrown.
pub fn error(shell: &Shell, failure: &Failure) -> JsValue {
    let extras = object();
    set_flag(&extras, "retryable", failure.retryable);
    if let Some(status) = failure.status {
        set_number(&extras, "status", status.into());
    }
    if let Some(wait) = failure.retry_after_ms {
        set_number(&extras, "retryAfterMs", wait.into());
    }
    if let Some(id) = &failure.request_id {
        set_text(&extras, "requestId", id);
    }
    if !failure.details.is_empty() {
        let details = object();
        for (name, detail) in &failure.details {
            let value = detail.serialize(&Serializer::new()).unwrap_or(JsValue::NULL);
            set(&details, name, &value);
        }
        set(&extras, "details", &details);
    }
    if let Some(cause) = failure.cause.get::<JsValue>() {
        set(&extras, "cause", cause);
    }
    shell.error(failure.code.as_str(), &failure.message, &extras)
}

/// A state of the public types. `fault` turns a failure into its one error object.
pub fn state(state: &AuthState, fault: &dyn Fn(&Fault) -> JsValue) -> JsValue {
    let shown = object();
    set_text(&shown, "status", state.status());
    let (user, generation) = match state {
        AuthState::Unauthenticated { reason } => {
            set_text(&shown, "reason", reason.as_str());
            return shown;
        }
        AuthState::Invalid { error } => {
            set(&shown, "error", &fault(error));
            return shown;
        }
        AuthState::Exchanging { attempt, user, generation } => {
            set_number(&shown, "attempt", (*attempt).into());
            (user, generation)
        }
        AuthState::Identified { source, user, generation, refresh_error } => {
            set_text(&shown, "source", source.as_str());
            set(&shown, "refreshError", &refresh_error.as_ref().map_or(JsValue::NULL, fault));
            (user, generation)
        }
        AuthState::Error { error, retry_at_ms, user, generation } => {
            set(&shown, "error", &fault(error));
            set(&shown, "retryAtMs", &retry_at_ms.map_or(JsValue::NULL, |at| (at as f64).into()));
            (user, generation)
        }
    };
    set(&shown, "user", &user.as_deref().map_or(JsValue::NULL, person));
    set_number(&shown, "generation", (*generation).into());
    shown
}

/// Token-free diagnostics.
pub fn inspection(inspection: &Inspection) -> JsValue {
    let shown = object();
    set_text(&shown, "status", inspection.status);
    set_flag(&shown, "refreshing", inspection.refreshing);
    set(&shown, "lastError", &inspection.last_error.map_or(JsValue::NULL, JsValue::from));
    for (name, number) in Inspection::NUMBERS.iter().zip(inspection.numbers) {
        set(&shown, name, &if number.is_nan() { JsValue::NULL } else { number.into() });
    }
    shown
}

/// A line of the activity log.
pub fn activity(activity: &Activity, at_ms: f64) -> JsValue {
    let entry = object();
    set_number(&entry, "atMs", at_ms);
    set_text(&entry, "kind", activity.kind);
    set_number(&entry, "generation", activity.generation.into());
    for (name, note) in activity.fields.iter().flatten() {
        match note {
            Note::Word(word) => set_text(&entry, name, word),
            Note::Number(number) => set_number(&entry, name, *number as f64),
            Note::Flag(flag) => set_flag(&entry, name, *flag),
        }
    }
    entry
}
