//! CORS as the Python server has it: open, with three headers exposed. `Location` is not among them.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const ANY: HeaderValue = HeaderValue::from_static("*");
const ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("x-pagination-total, x-pagination-next, content-location");
const PREFLIGHT: [(HeaderName, &str); 4] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"),
    (header::ACCESS_CONTROL_MAX_AGE, "600"),
    (HeaderName::from_static("access-control-allow-private-network"), "true"),
    (
        header::VARY,
        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
    ),
];

/// Answers preflights, whatever the path, and marks the other answers as readable. An error inside the server passes it
/// by, as it does there.
pub(super) async fn answer(request: Request, next: Next) -> Response {
    let crosses = request.headers().contains_key(header::ORIGIN);
    if request.method() == Method::OPTIONS && crosses {
        let mut response = "OK".into_response();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        for (name, value) in PREFLIGHT {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(requested) = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, requested.clone());
        }
        return response;
    }
    let mut response = next.run(request).await;
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::VARY, ORIGIN);
    if crosses {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}
