//! `/__dev/…`: what a test or a demo asks of the server beside the contract. Guarded by a key of its own, made at each
//! start and sent as `x-dev-key`.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::app::Shared;
use crate::guard::Call;
use crate::tambo::problem::{self, Problem};

/// Where the control routes begin.
pub(crate) const PREFIX: &str = "/__dev/";

pub(crate) fn routes(app: &Shared) -> Router<Shared> {
    Router::new()
        .route("/__dev/calls", get(calls))
        .route("/__dev/calls/reset", post(reset))
        .route("/__dev/revoke", post(revoke))
        .route("/__dev/rotate-keys", post(rotate_keys))
        .route("/__dev/faults", get(faults).put(set_faults).delete(clear_faults))
        .route_layer(from_fn_with_state(app.clone(), check_key))
}

async fn check_key(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let given = request.headers().get("x-dev-key").map(|value| value.as_bytes());
    if given.is_some_and(|given| same(given, app.control_key.reveal().as_bytes())) {
        return next.run(request).await;
    }
    let hint = "Wrong or missing x-dev-key: the server prints its control key when it starts.\n";
    (StatusCode::FORBIDDEN, hint).into_response()
}

/// Compares in a time that tells nothing about where the first difference is.
pub(crate) fn same(given: &[u8], key: &[u8]) -> bool {
    use sha2::{Digest, Sha256};
    Sha256::digest(given) == Sha256::digest(key)
}

async fn calls(State(app): State<Shared>) -> Response {
    problem::json(StatusCode::OK, &app.calls.report())
}

async fn reset(State(app): State<Shared>) -> StatusCode {
    app.calls.reset();
    StatusCode::NO_CONTENT
}

async fn revoke(State(app): State<Shared>) -> Result<StatusCode, Problem> {
    let projects = app.clone();
    app.store
        .with(move |transaction, _| projects.projects.revoke_sessions(transaction).map_err(Problem::from))
        .await?;
    tracing::info!("every session token issued so far is refused from now on");
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate_keys(State(app): State<Shared>) -> Response {
    let keys = app.projects.rotate_keys();
    tracing::info!("every API key was replaced by a new one");
    let keys: serde_json::Map<_, _> = keys.map(|(name, key)| (name, key.reveal().into())).collect();
    app.assistant_cloud.rotate_key();
    let assistant_cloud = json!({ "apiKey": app.assistant_cloud.api_key().reveal() });
    problem::json(StatusCode::OK, &json!({ "apiKeys": keys, "assistantCloud": assistant_cloud }))
}

async fn faults(State(app): State<Shared>) -> Response {
    problem::json(StatusCode::OK, &json!({ "faults": app.faults.report() }))
}

async fn set_faults(State(app): State<Shared>, call: Call) -> Result<Response, Problem> {
    let texts = call.body().get("faults").and_then(Value::as_array);
    let texts = texts.ok_or_else(|| Problem::bad_request("faults must be an array of strings"))?;
    let read = |text: &Value| {
        let text = text.as_str().ok_or("faults must be an array of strings".to_owned())?;
        text.parse()
    };
    app.faults.set(texts.iter().map(read).collect::<Result<_, _>>().map_err(Problem::bad_request)?);
    Ok(faults(State(app)).await)
}

async fn clear_faults(State(app): State<Shared>) -> StatusCode {
    app.faults.set(vec![]);
    StatusCode::NO_CONTENT
}
