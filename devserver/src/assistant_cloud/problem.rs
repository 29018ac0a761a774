//! Refusals as the service words them: `{ "error": … }`, sometimes with more.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::store::{StoreError, epoch_ms};
use crate::timestamp::iso;

/// What every 429 says of when to come again, in seconds.
const RETRY_AFTER: u64 = 60;
/// Until the end of the month for which a plan counts users, at most.
const MONTH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// An error answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    body: Value,
}

impl Problem {
    fn new(status: StatusCode, error: &str) -> Self {
        Self { status, body: json!({ "error": error }) }
    }

    /// 400 for a body or a query that is not as it should be: all that is wrong with it.
    pub(super) fn schema(details: Vec<Value>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            body: json!({ "error": "Schema validation error", "details": details }),
        }
    }

    /// 400 by a rule that is not one of form.
    pub(super) fn bad_request(error: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 401: without a credential, or with one whose time is over or has not come.
    pub(super) fn unauthorized(error: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, error)
    }

    /// 403: with a credential that is not good for this.
    pub(super) fn forbidden(error: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, error)
    }

    /// 404.
    pub(super) fn not_found(error: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 404 for a thread that is not in the caller's workspace, whether it exists or not.
    pub(super) fn no_such_thread() -> Self {
        Self::not_found("Thread not found")
    }

    /// 404 for a message that is not in the thread.
    pub(super) fn no_such_message() -> Self {
        Self::not_found("Message not found")
    }

    /// 409.
    pub(super) fn conflict(error: &str) -> Self {
        Self::new(StatusCode::CONFLICT, error)
    }

    /// 413.
    pub(super) fn too_large(error: &str) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, error)
    }

    /// 500 that says nothing; the log says what happened.
    pub(super) fn internal() -> Self {
        Self::by_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// A status by itself, with what the service says in its body.
    pub(crate) fn by_status(status: StatusCode) -> Self {
        let body = match status {
            StatusCode::TOO_MANY_REQUESTS => json!({ "error": "rate_limited" }),
            StatusCode::PAYMENT_REQUIRED => {
                let period_end = iso(epoch_ms().saturating_add(MONTH_MS));
                json!({ "error": "plan_limit_reached", "plan": "free", "period_end": period_end, "cap": 200 })
            }
            _ => json!({ "error": status.canonical_reason().unwrap_or("Unknown") }),
        };
        Self { status, body }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!("{error}");
        Self::internal()
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = json(self.status, &self.body);
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER.into());
        }
        response
    }
}

/// A JSON answer.
pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// 200 with JSON.
pub(super) fn ok(body: &Value) -> Response {
    json(StatusCode::OK, body)
}

/// 201 with JSON.
pub(super) fn created(body: &Value) -> Response {
    json(StatusCode::CREATED, body)
}
