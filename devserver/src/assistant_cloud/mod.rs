//! Assistant Cloud's contract: threads with a tree of messages each, for users of an identity provider, anonymous ones
//! and servers with an API key. Everything is below one path, which is part of the base URL.

mod body;
mod convert;
mod cors;
mod files;
mod identity;
mod ids;
mod messages;
pub(crate) mod problem;
mod rule;
mod schema;
mod scores;
mod telemetry;
mod threads;
mod titles;
mod tokens;
mod view;
mod workspace_token;

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post, put};
use serde_json::json;
use tower::ServiceExt;

use crate::app::Shared;
use crate::config::Config;
use crate::secret::Secret;
use crate::{faults, random};
use problem::{Problem, ok};
use rule::Admission;

/// The path of the base URL.
pub(crate) const PREFIX: &str = "/assistant-cloud";
/// What API keys begin with.
const KEY_PREFIX: &str = "sk_aui_proj";

/// What the handlers of this contract share.
#[derive(Debug)]
pub(crate) struct AssistantCloud {
    pub(crate) base_url: String,
    api_key: RwLock<Secret>,
    admission: Admission,
    token_lifetime: Duration,
    anonymous: bool,
    largest_content: usize,
    frozen_parents: bool,
}

impl AssistantCloud {
    pub(crate) fn new(config: &Config, url: &str) -> Self {
        let settings = &config.assistant_cloud;
        Self {
            base_url: format!("{url}{PREFIX}"),
            api_key: RwLock::new(settings.api_key.clone().unwrap_or_else(new_key)),
            admission: Admission::new(config),
            token_lifetime: settings.workspace_token_lifetime,
            anonymous: settings.anonymous,
            largest_content: settings.largest_content,
            frozen_parents: settings.frozen_parents,
        }
    }

    /// The key that servers send at the moment.
    pub(crate) fn api_key(&self) -> Secret {
        self.api_key.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a new key, which ends the old one.
    pub(crate) fn rotate_key(&self) {
        *self.api_key.write().unwrap_or_else(PoisonError::into_inner) = new_key();
    }
}

fn new_key() -> Secret {
    random::key(KEY_PREFIX)
}

/// Whether a path is one of this contract.
pub(crate) fn owns(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path is that of a token for somebody who has none.
pub(crate) fn is_exchange(path: &str) -> bool {
    path.strip_prefix(PREFIX)
        .is_some_and(|rest| matches!(rest, "/v1/auth/tokens/anonymous" | "/v1/auth/tokens/refresh"))
}

/// The routes behind their guards: CORS, faults, who calls, the body.
pub(crate) fn router(app: &Shared) -> Router {
    let for_everybody = Router::new()
        .route("/auth/tokens/anonymous", post(tokens::anonymous))
        .route("/auth/tokens/refresh", post(tokens::refresh))
        .route("/healthz", get(up))
        .route_layer(from_fn(body::read));
    let for_callers = Router::new()
        .route("/auth/tokens", post(tokens::create))
        .route("/threads", get(threads::list).post(threads::create))
        .route("/threads/claim", post(threads::claim))
        .route("/threads/{thread}", get(threads::get).put(threads::update).delete(threads::delete))
        .route(
            "/threads/{thread}/messages",
            get(messages::list).post(messages::create).delete(messages::delete),
        )
        .route("/threads/{thread}/messages/{message}", put(messages::update))
        .route("/threads/{thread}/messages/{message}/feedback", post(scores::feedback))
        .route("/projects/threads", get(threads::list_of_project))
        .route("/projects/threads/{thread}/messages", get(messages::list_of_project))
        .route("/runs/stream", post(titles::stream))
        .route("/runs", post(telemetry::report))
        .route("/events", post(telemetry::events))
        .route("/scores", post(scores::create))
        .route("/files/pdf-to-images", post(files::pdf_to_images))
        .route("/files/attachments/generate-presigned-upload-url", post(files::sign_upload))
        .route("/files/attachments/generate-presigned-download-url", post(files::sign_download))
        .route_layer(from_fn(body::read))
        .route_layer(from_fn_with_state(app.clone(), identity::check));
    let files = Router::new().route(&format!("{}/{{name}}", files::FOLDER), put(files::put).get(files::get));
    let routes = Router::new()
        .nest(&format!("{PREFIX}/v1"), for_everybody.merge(for_callers))
        .nest(PREFIX, files)
        .fallback(unknown_route)
        .method_not_allowed_fallback(unknown_route)
        .with_state(app.clone());
    // Around the routes rather than on each of them: a preflight has no route.
    Router::new()
        .fallback_service(routes)
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
    ok(&json!({ "ok": true }))
}

async fn unknown_route() -> Problem {
    Problem::not_found("Not Found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_paths_are_whose() {
        for path in ["/assistant-cloud", "/assistant-cloud/v1/threads", "/assistant-cloud/nope"] {
            assert!(owns(path), "{path}");
        }
        for path in ["/v1/threads", "/assistant-clouds", "/threads", "/"] {
            assert!(!owns(path), "{path}");
        }
    }
}
