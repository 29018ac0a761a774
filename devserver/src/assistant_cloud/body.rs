//! Reading a request's body.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::problem::Problem;
use crate::guard::body::{LARGEST, ParsedBody};

/// Replaces the request's body by the parsed one, where there is one. Any content type will do.
pub(super) async fn read(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return Problem::too_large("Request body too large").into_response();
    };
    if !bytes.is_empty() {
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
            let detail = json!({ "path": "", "message": "the body is not JSON" });
            return Problem::schema(vec![detail]).into_response();
        };
        parts.extensions.insert(ParsedBody(value));
    }
    next.run(Request::from_parts(parts, Body::empty())).await
}
