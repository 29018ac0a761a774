//! The Tambo contract: token exchange, threads, messages and runs.

mod active;
mod answer;
mod components;
mod cursor;
mod driver;
mod ids;
mod initial;
pub(crate) mod mcp_token;
mod messages;
mod naming;
pub(crate) mod problem;
mod props;
mod rules;
mod run_body;
mod runs;
pub(crate) mod session_token;
mod stream;
mod suggestions;
mod threads;
mod token;
mod validate;
pub(crate) mod view;

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
        .route(
            "/v1/threads/{thread}/messages/{message}/suggestions",
            get(suggestions::list).post(suggestions::create),
        )
        .route("/v1/threads/{thread}/components/{component}/state", post(components::set_state))
        .route("/threads/{thread}/generate-name", post(naming::generate))
        .route("/auth/mcp/access-token", post(mcp_token::issue))
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
