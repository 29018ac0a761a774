//! From the pure types to what callers see. Outward only: what comes in is read member by member.

use js_sys::Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use super::face::Face;
use super::value::{Js, set};
use crate::error::{Detail, Failure};
use crate::json::JsonBuild;
use crate::session::{Activity, AuthState, Fault, Note};

/// A serializable value as plain JSON: maps are objects, an absent option is null.
pub fn plain(value: &impl Serialize) -> JsValue {
    value.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

/// A failure as the `ThreadpassError` of the public types. The cause is the very value that was thrown.
pub fn error(face: &Face, failure: &Failure) -> JsValue {
    let extras = Js::object().0;
    set(&extras, "retryable", &failure.retryable.into());
    if let Some(status) = failure.status {
        set(&extras, "status", &status.into());
    }
    if let Some(wait) = failure.retry_after_ms {
        set(&extras, "retryAfterMs", &wait.into());
    }
    if let Some(id) = &failure.request_id {
        set(&extras, "requestId", &id.into());
    }
    if !failure.details.is_empty() {
        let details = Js::object().0;
        for (name, detail) in &failure.details {
            let value = match detail {
                Detail::Text(text) => text.into(),
                Detail::Number(number) => (*number).into(),
                Detail::Texts(texts) => texts.iter().map(JsValue::from).collect::<Array>().into(),
            };
            set(&details, name, &value);
        }
        set(&extras, "details", &details);
    }
    if let Some(cause) = failure.cause.get::<JsValue>() {
        set(&extras, "cause", cause);
    }
    face.error(failure.code.as_str(), &failure.message, &extras).unwrap_or_else(|thrown| thrown)
}

/// A state of the public types. `fault` turns a failure into its one error object.
pub fn state(state: &AuthState, fault: impl Fn(&Fault) -> JsValue) -> JsValue {
    let object = Js::object().0;
    set(&object, "status", &state.status().into());
    match state {
        AuthState::Unauthenticated { reason } => set(&object, "reason", &reason.as_str().into()),
        AuthState::Exchanging { attempt, user, generation } => {
            set(&object, "attempt", &(*attempt).into());
            set(&object, "user", &plain(user));
            set(&object, "generation", &(*generation).into());
        }
        AuthState::Identified { source, user, generation, refresh_error } => {
            set(&object, "source", &source.as_str().into());
            set(&object, "user", &plain(user));
            set(&object, "generation", &(*generation).into());
            set(&object, "refreshError", &refresh_error.as_ref().map_or(JsValue::NULL, fault));
        }
        AuthState::Error { error, retry_at_ms, user, generation } => {
            set(&object, "error", &fault(error));
            set(&object, "retryAtMs", &retry_at_ms.map_or(JsValue::NULL, |at| (at as f64).into()));
            set(&object, "user", &plain(user));
            set(&object, "generation", &(*generation).into());
        }
        AuthState::Invalid { error } => set(&object, "error", &fault(error)),
    }
    object
}

/// A line of the activity log.
pub fn activity(activity: &Activity, at_ms: f64) -> JsValue {
    let entry = Js::object().0;
    set(&entry, "atMs", &at_ms.into());
    set(&entry, "kind", &activity.kind.into());
    set(&entry, "generation", &activity.generation.into());
    for (name, note) in &activity.fields {
        let value = match note {
            Note::Word(word) => (*word).into(),
            Note::Number(number) => (*number as f64).into(),
            Note::Flag(flag) => (*flag).into(),
        };
        set(&entry, name, &value);
    }
    entry
}
