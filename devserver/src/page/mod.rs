//! `GET /`: a page that says what runs here, for the person who started it.
//!
//! It has the keys on it. So it is no part of the API that CORS opens, and a page of another origin cannot have it: the
//! browser says where a request comes from, and a frame or a script of this address is refused by the headers.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::app::Shared;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing but the one script and the one style that are in the page, named by their hashes.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
});

const NOT_FOR_PAGES: &str = "This page has keys on it; open it in the browser's address bar.\n";

/// Answers with the page.
pub(crate) async fn start(State(app): State<Shared>, headers: HeaderMap) -> Response {
    if !is_asked_by_a_person(&headers) {
        return (StatusCode::FORBIDDEN, NOT_FOR_PAGES).into_response();
    }
    let projects: Vec<_> = app
        .projects
        .all()
        .map(|project| {
            let (name, key) = (&project.name, project.api_key());
            json!({ "name": name, "verification": project.verification, "apiKey": key.reveal() })
        })
        .collect();
    let cloud = &app.assistant_cloud;
    let facts = json!({
        "url": app.url,
        "assistantCloud": { "baseUrl": cloud.base_url, "apiKey": cloud.api_key().reveal() },
        "projects": projects, "controlKey": app.control_key.reveal(), "deviations": app.deviations,
    });
    // In a script element of HTML, where only a less-than sign could end it.
    let facts = facts.to_string().replace('<', "\\u003c");
    let page = PAGE
        .replace("<!-- style -->", &format!("<style>{STYLE}</style>"))
        .replace(
            "<!-- facts -->",
            &format!("<script type=\"application/json\" id=\"facts\">{facts}</script>"),
        )
        .replace("<!-- script -->", &format!("<script type=\"module\">{SCRIPT}</script>"));
    let mut response = Html(page).into_response();
    let policy = HeaderValue::from_str(&POLICY).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether the request can be one of the address bar: of no page, or of this one. A program sends neither header.
fn is_asked_by_a_person(headers: &HeaderMap) -> bool {
    let from = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    headers.get(header::ORIGIN).is_none() && matches!(from, None | Some(b"none" | b"same-origin"))
}
