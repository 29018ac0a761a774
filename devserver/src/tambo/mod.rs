//! The Tambo contract: token exchange, threads, messages and runs.

mod active;
mod answer;
mod cursor;
mod driver;
mod ids;
mod initial;
mod messages;
pub(crate) mod problem;
mod props;
mod rules;
mod run_body;
mod runs;
pub(crate) mod session_token;
mod stream;
mod threads;
mod time;
mod token;
mod validate;
mod view;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::routing::{delete, get, post};

pub(crate) use active::ActiveRuns;

use crate::app::Shared;
use problem::Problem;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/health", get(health))
        .route("/oauth/token", post(token::exchange))
        .route("/v1/threads", get(threads::list).post(threads::create))
        .route("/v1/threads/runs", post(runs::create_with_thread))
        .route("/v1/threads/{thread}", get(threads::get).patch(threads::update).delete(threads::delete))
        .route("/v1/threads/{thread}/messages", get(messages::list))
        .route("/v1/threads/{thread}/messages/{message}", get(messages::get))
        .route("/v1/threads/{thread}/runs", post(runs::create))
        .route("/v1/threads/{thread}/runs/{run}", delete(runs::cancel))
}

/// What the service's framework says of a route it does not have; it makes no difference between path and method.
pub(crate) async fn unknown_route(method: Method, uri: Uri) -> Problem {
    Problem::not_found(format!("Cannot {method} {}", uri.path()))
}

async fn health() -> StatusCode {
    StatusCode::OK
}
