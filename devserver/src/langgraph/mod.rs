//! LangGraph's contract: threads, runs, assistants and the store, as the Python server answers for them behind the
//! authentication of the well-known tutorial. Its routes are at the root, beside those of the other backend.

mod assistants;
mod body;
mod cors;
mod driver;
mod execution;
mod graph;
mod identity;
mod ids;
mod items;
mod live;
mod messages;
mod mode;
mod node;
mod plan;
pub(crate) mod problem;
mod query;
mod runs;
mod sse;
mod states;
mod telling;
mod threads;
mod time;
mod view;

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post, put};
use serde_json::json;
use tower::ServiceExt;

use crate::app::Shared;
use crate::config::LangGraphSettings;
use crate::faults;
use crate::store::epoch_ms;
use live::LiveRuns;
use problem::{Problem, ok};

/// The versions of the server and of its library that this was compared with.
const API_VERSION: &str = "0.16.7";
const LIBRARY_VERSION: &str = "1.2.22";

/// What the handlers of this contract share.
#[derive(Debug)]
pub(crate) struct LangGraph {
    /// Nobody has to say who they are.
    pub(crate) open: bool,
    heartbeat: Duration,
    runs: LiveRuns,
    started_us: i64,
}

impl LangGraph {
    pub(crate) fn new(settings: &LangGraphSettings) -> Self {
        let started_us = epoch_ms().saturating_mul(1000);
        Self { open: settings.open, heartbeat: settings.heartbeat, runs: LiveRuns::default(), started_us }
    }
}

/// Whether a path is one of this contract.
pub(crate) fn owns(path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    match segments.next() {
        // The other backend has one route of that name.
        Some("threads") => segments.nth(1) != Some("generate-name"),
        Some("runs" | "assistants" | "store" | "ok" | "info") => true,
        _ => false,
    }
}

/// The routes behind their guards, in the order of the server: CORS, who calls, the body.
pub(crate) fn router(app: &Shared) -> Router {
    let routes = Router::new()
        .route("/ok", get(up))
        .route("/info", get(info))
        .route("/threads", post(threads::create))
        .route("/threads/search", post(threads::search))
        .route("/threads/count", post(threads::count))
        .route("/threads/prune", post(threads::prune))
        .route("/threads/{thread}", get(threads::get).patch(threads::update).delete(threads::delete))
        .route("/threads/{thread}/copy", post(threads::copy))
        .route("/threads/{thread}/state", get(states::get).post(states::update))
        .route("/threads/{thread}/state/checkpoint", post(states::post_at))
        .route("/threads/{thread}/state/{checkpoint}", get(states::get_at))
        .route("/threads/{thread}/history", get(states::history).post(states::history))
        .route("/threads/{thread}/runs", get(runs::list).post(runs::create))
        .route("/threads/{thread}/runs/stream", post(runs::stream))
        .route("/threads/{thread}/runs/wait", post(runs::wait))
        .route("/threads/{thread}/runs/{run}", get(runs::get).delete(runs::delete))
        .route("/threads/{thread}/runs/{run}/cancel", post(runs::cancel))
        .route("/threads/{thread}/runs/{run}/join", get(runs::join))
        .route("/threads/{thread}/runs/{run}/stream", get(runs::join_stream))
        .route("/runs", post(runs::create))
        .route("/runs/stream", post(runs::stream))
        .route("/runs/wait", post(runs::wait))
        .route("/runs/cancel", post(runs::cancel_many))
        .route("/runs/{run}/stream", get(runs::join_stream))
        .route("/assistants/search", post(assistants::search))
        .route("/assistants/count", post(assistants::count))
        .route("/assistants/{assistant}", get(assistants::get))
        .route("/assistants/{assistant}/schemas", get(assistants::schemas))
        .route("/assistants/{assistant}/graph", get(assistants::drawing))
        .route("/assistants/{assistant}/subgraphs", get(assistants::subgraphs))
        .route("/assistants/{assistant}/versions", post(assistants::versions))
        .route("/store/items", put(items::put).get(items::get).delete(items::delete))
        .route("/store/items/search", post(items::search))
        .route("/store/namespaces", post(items::namespaces))
        .fallback(unknown_route)
        .method_not_allowed_fallback(unknown_method)
        .with_state(app.clone());
    Router::new()
        .fallback_service(routes)
        .layer(from_fn(body::read))
        .layer(from_fn_with_state(app.clone(), identity::check))
        .layer(from_fn_with_state(app.clone(), faults::apply))
        .layer(from_fn(cors::answer))
}

/// Sends a request to this contract's routes, if it is for one of them.
pub(crate) async fn choose(State(routes): State<Router>, request: Request, next: Next) -> Response {
    if owns(request.uri().path()) {
        routes.oneshot(request).await.unwrap_or_else(|never| match never {})
    } else {
        next.run(request).await
    }
}

async fn up() -> Response {
    ok(&json!({ "ok": true, "services": {} }))
}

async fn info() -> Response {
    ok(&json!({
        "version": API_VERSION, "langgraph_py_version": LIBRARY_VERSION,
        "flags": {
            "assistants": true, "crons": false, "langsmith": false, "langsmith_tracing_replicas": false,
            "langsmith_tracing_session_on_runs": false,
        },
        "host": {
            "kind": "self-hosted", "project_id": null, "host_revision_id": null, "revision_id": null, "tenant_id": null,
        },
    }))
}

async fn unknown_route() -> Problem {
    Problem::not_found("Not Found")
}

async fn unknown_method() -> Problem {
    Problem::by_status(StatusCode::METHOD_NOT_ALLOWED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_paths_are_whose() {
        for path in ["/threads", "/threads/1", "/threads/1/runs/stream", "/runs/wait", "/ok", "/store/items"]
        {
            assert!(owns(path), "{path}");
        }
        for path in ["/v1/threads", "/threads/thr_1/generate-name", "/oauth/token", "/health", "/", "/mcp"] {
            assert!(!owns(path), "{path}");
        }
    }
}
