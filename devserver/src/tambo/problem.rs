//! The error shapes a client meets.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use uuid::Builder;

use crate::store::StoreError;

/// An error answer. Boxed, so that the happy path's results stay small.
#[derive(Debug)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    content_type: &'static str,
    body: Value,
    no_such_thread: bool,
}

/// Marks the answer about a thread that is not the caller's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoSuchThread;

const JSON: &str = "application/json; charset=utf-8";
const PROBLEM_JSON: &str = "application/problem+json; charset=utf-8";

impl Problem {
    fn new(status: StatusCode, content_type: &'static str, body: Value) -> Self {
        Self(Box::new(Inner { status, content_type, body, no_such_thread: false }))
    }

    /// The framework's shape: `message`, `error`, `statusCode`.
    fn framework(status: StatusCode, message: impl Into<Value>) -> Self {
        let reason = status.canonical_reason().unwrap_or_default();
        Self::new(
            status,
            JSON,
            json!({ "message": message.into(), "error": reason, "statusCode": status.as_u16() }),
        )
    }

    /// 400 with one sentence.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::framework(StatusCode::BAD_REQUEST, message.into())
    }

    /// 400 with a list: what a validated body has wrong.
    pub(crate) fn validation(messages: Vec<String>) -> Self {
        Self::framework(StatusCode::BAD_REQUEST, messages)
    }

    /// 401 with one sentence.
    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::framework(StatusCode::UNAUTHORIZED, message)
    }

    /// 401 of a token whose signature could not be verified. It alone has no `error` member.
    pub(crate) fn unverified(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, JSON, json!({ "message": message, "statusCode": 401 }))
    }

    /// 403: no usable key.
    pub(crate) fn forbidden() -> Self {
        Self::framework(StatusCode::FORBIDDEN, "Forbidden resource")
    }

    /// 403 with a reason, for what the real service lets through and should not.
    pub(crate) fn forbidden_because(message: &str) -> Self {
        Self::framework(StatusCode::FORBIDDEN, message)
    }

    /// 403 for a thread that is not the caller's, whether it exists or not.
    pub(crate) fn no_such_thread() -> Self {
        let mut problem = Self::forbidden();
        problem.0.no_such_thread = true;
        problem
    }

    /// What a framework or a proxy says with a status alone.
    pub(crate) fn by_status(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Unknown");
        Self::new(status, JSON, json!({ "statusCode": status.as_u16(), "message": reason }))
    }

    /// 404 with one sentence.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::framework(StatusCode::NOT_FOUND, message.into())
    }

    /// 413: the body is larger than the service takes.
    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            JSON,
            json!({ "statusCode": 413, "message": "request entity too large" }),
        )
    }

    /// 500 that says nothing; the log says what happened.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            JSON,
            json!({ "statusCode": 500, "message": "Internal server error" }),
        )
    }

    /// Problem details with a code of the service (`urn:tambo:error:…`) and further members.
    pub(crate) fn coded(status: StatusCode, code: &str, title: &str, detail: String, extra: Value) -> Self {
        let instance = Builder::from_random_bytes(rand::random()).into_uuid();
        let mut body = Map::new();
        body.insert("type".into(), format!("urn:tambo:error:{code}").into());
        body.insert("title".into(), title.into());
        body.insert("status".into(), status.as_u16().into());
        body.insert("detail".into(), detail.into());
        body.insert("instance".into(), format!("urn:tambo:error-instance:{instance}").into());
        if let Value::Object(extra) = extra {
            body.extend(extra);
        }
        Self::new(status, JSON, Value::Object(body))
    }

    /// A refusal by a rule of the domain, the only shape sent as `application/problem+json`.
    pub(crate) fn domain_validation(detail: &str, path: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            PROBLEM_JSON,
            json!({
                "type": "https://docs.tambo.co/reference/problems/validation",
                "title": "Validation Error",
                "status": 400,
                "detail": detail,
                "instance": path,
            }),
        )
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
        let Inner { status, content_type, body, no_such_thread } = *self.0;
        let mut response = json_response(status, content_type, &body);
        if no_such_thread {
            response.extensions_mut().insert(NoSuchThread);
        }
        response
    }
}

/// A JSON answer with the content type the service gives it.
pub(crate) fn json(status: StatusCode, body: &impl serde::Serialize) -> Response {
    json_response(status, JSON, body)
}

fn json_response(status: StatusCode, content_type: &'static str, body: &impl serde::Serialize) -> Response {
    // Serialising to memory fails only for maps with keys that are not strings, and there are none.
    let mut response = Response::new(Body::from(serde_json::to_vec(body).unwrap_or_default()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frameworks_shape() {
        let cases = [
            (
                Problem::forbidden(),
                r#"{"message":"Forbidden resource","error":"Forbidden","statusCode":403}"#,
            ),
            (
                Problem::validation(vec!["a".into()]),
                r#"{"message":["a"],"error":"Bad Request","statusCode":400}"#,
            ),
            (Problem::unverified("x"), r#"{"message":"x","statusCode":401}"#),
            (Problem::internal(), r#"{"statusCode":500,"message":"Internal server error"}"#),
        ];
        for (problem, expected) in cases {
            assert_eq!(problem.0.body.to_string(), expected);
        }
    }

    #[test]
    fn problem_details_carry_their_extra_members_last() {
        let problem = Problem::coded(
            StatusCode::CONFLICT,
            "concurrent_run",
            "T",
            "d".into(),
            json!({ "threadId": "t" }),
        );
        let text = problem.0.body.to_string();
        assert!(text.starts_with(
            r#"{"type":"urn:tambo:error:concurrent_run","title":"T","status":409,"detail":"d""#
        ));
        assert!(text.ends_with(r#""threadId":"t"}"#));
    }
}
