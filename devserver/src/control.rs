//! `/__dev/…`: what a test or a demo asks of the server beside the contract. Guarded by a key of its own, made at each
//! start and sent as `x-dev-key`.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::app::Shared;
use crate::tambo::problem::{self, Problem};

/// Where the control routes begin.
pub(crate) const PREFIX: &str = "/__dev/";

pub(crate) fn routes(app: &Shared) -> Router<Shared> {
    Router::new()
        .route("/__dev/calls", get(calls))
        .route("/__dev/calls/reset", post(reset))
        .route("/__dev/revoke", post(revoke))
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
fn same(given: &[u8], key: &[u8]) -> bool {
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
