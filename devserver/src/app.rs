//! What every request handler shares, and the order in which a request meets the guards.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};
use tokio::sync::watch;

use crate::assistant_cloud::{self, AssistantCloud};
use crate::calls::{self, Calls};
use crate::config::ModelSettings;
use crate::faults::{self, Faults};
use crate::guard::{body, cors, origin};
use crate::langgraph::{self, LangGraph};
use crate::model::Chat;
use crate::project::Projects;
use crate::secret::Secret;
use crate::store::Store;
use crate::tambo::ActiveRuns;
use crate::verify::Discovery;
use crate::{control, mcp, page, tambo};

/// Shared by all handlers.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) projects: Projects,
    pub(crate) store: Store,
    pub(crate) discovery: Discovery,
    pub(crate) calls: Calls,
    pub(crate) runs: ActiveRuns,
    pub(crate) langgraph: LangGraph,
    pub(crate) assistant_cloud: AssistantCloud,
    pub(crate) faults: Faults,
    pub(crate) control_key: Secret,
    /// Where the server listens.
    pub(crate) url: String,
    /// What these settings accept and the real service refuses, a sentence each.
    pub(crate) deviations: Vec<String>,
    pub(crate) allow_origins: Vec<String>,
    pub(crate) token_lifetime: Duration,
    /// What MCP tokens are signed with: they are good until the server ends.
    pub(crate) mcp_secret: Secret,
    pub(crate) model: ModelSettings,
    /// What answers instead of the scripted model.
    pub(crate) chat: Option<Chat>,
    /// Turns true when the server is to end.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// [`App`] as handlers hold it.
pub(crate) type Shared = Arc<App>;

/// The routes behind their guards. From the outside in: is this caller allowed to talk to the server at all, note the
/// call, read the body, add the CORS headers, let faults meet it. The body comes before CORS because it does on the real service: an
/// answer about an unreadable body has no CORS headers there.
pub(crate) fn router(app: Shared) -> Router {
    let endpoint = mcp::endpoint(app.clone());
    let routes = tambo::routes()
        .merge(control::routes(&app))
        .route(mcp::PATH, any(endpoint))
        .fallback(tambo::unknown_route)
        .method_not_allowed_fallback(tambo::unknown_route)
        .with_state(app.clone());
    // Around the routes rather than on each of them: a preflight has no route.
    let api = Router::new()
        .fallback_service(routes)
        .layer(from_fn_with_state(app.clone(), faults::apply))
        .layer(from_fn(cors::answer))
        .layer(from_fn(body::read))
        .layer(from_fn_with_state(langgraph::router(&app), langgraph::choose))
        .layer(from_fn_with_state(assistant_cloud::router(&app), assistant_cloud::choose))
        .layer(from_fn_with_state(app.clone(), calls::record));
    // Beside them, as no other origin may read it.
    Router::new()
        .route("/", get(page::start))
        .with_state(app.clone())
        .fallback_service(api)
        .layer(from_fn_with_state(app, origin::check))
}
