//! From the pure types to what callers see. Outward only: what comes in is read member by member.

use js_sys::Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use super::shell::Shell;
use super::value::{object, set};
use crate::error::{Detail, Failure, Fault};
use crate::session::{Activity, AuthState, Inspection, Note, UserHint};

/// A serializable value as plain JSON: maps are objects, an absent option is null.
fn plain(value: &UserHint) -> JsValue {
    value.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

/// A failure as the `ThreadpassError` of the public types. The cause is the very value that was thrown.
pub fn error(shell: &Shell, failure: &Failure) -> JsValue {
    let extras = object();
    set(&extras, "retryable", failure.retryable.into());
    if let Some(status) = failure.status {
        set(&extras, "status", status.into());
    }
    if let Some(wait) = failure.retry_after_ms {
        set(&extras, "retryAfterMs", wait.into());
    }
    if let Some(id) = &failure.request_id {
        set(&extras, "requestId", id.into());
    }
    if !failure.details.is_empty() {
        let details = object();
        for (name, detail) in &failure.details {
            set(
                &details,
                name,
                match detail {
                    Detail::Text(text) => text.into(),
                    Detail::Number(number) => (*number).into(),
                    Detail::Texts(texts) => {
                        let array = Array::new();
                        for text in texts {
                            array.push(&text.into());
                        }
                        array.into()
                    }
                },
            );
        }
        set(&extras, "details", details);
    }
    if let Some(cause) = failure.cause.get::<JsValue>() {
        set(&extras, "cause", cause.clone());
    }
    shell.error(failure.code.as_str(), &failure.message, &extras)
}

/// A state of the public types. `fault` turns a failure into its one error object.
pub fn state(state: &AuthState, fault: &dyn Fn(&Fault) -> JsValue) -> JsValue {
    let shown = object();
    set(&shown, "status", state.status().into());
    let (user, generation) = match state {
        AuthState::Unauthenticated { reason } => {
            set(&shown, "reason", reason.as_str().into());
            return shown;
        }
        AuthState::Invalid { error } => {
            set(&shown, "error", fault(error));
            return shown;
        }
        AuthState::Exchanging { attempt, user, generation } => {
            set(&shown, "attempt", (*attempt).into());
            (user, generation)
        }
        AuthState::Identified { source, user, generation, refresh_error } => {
            set(&shown, "source", source.as_str().into());
            set(&shown, "refreshError", refresh_error.as_ref().map_or(JsValue::NULL, fault));
            (user, generation)
        }
        AuthState::Error { error, retry_at_ms, user, generation } => {
            set(&shown, "error", fault(error));
            set(&shown, "retryAtMs", retry_at_ms.map_or(JsValue::NULL, |at| (at as f64).into()));
            (user, generation)
        }
    };
    set(&shown, "user", user.as_deref().map_or(JsValue::NULL, plain));
    set(&shown, "generation", (*generation).into());
    shown
}

/// Token-free diagnostics.
pub fn inspection(inspection: &Inspection) -> JsValue {
    let shown = object();
    set(&shown, "status", inspection.status.into());
    set(&shown, "refreshing", inspection.refreshing.into());
    set(&shown, "lastError", inspection.last_error.map_or(JsValue::NULL, JsValue::from));
    for (name, time) in inspection.times {
        set(&shown, name, time.map_or(JsValue::NULL, JsValue::from));
    }
    for (name, count) in inspection.counts {
        set(&shown, name, count.into());
    }
    shown
}

/// A line of the activity log.
pub fn activity(activity: &Activity, at_ms: f64) -> JsValue {
    let entry = object();
    set(&entry, "atMs", at_ms.into());
    set(&entry, "kind", activity.kind.into());
    set(&entry, "generation", activity.generation.into());
    for (name, note) in activity.fields.iter().flatten() {
        set(
            &entry,
            name,
            match note {
                Note::Word(word) => (*word).into(),
                Note::Number(number) => (*number as f64).into(),
                Note::Flag(flag) => (*flag).into(),
            },
        );
    }
    entry
}
