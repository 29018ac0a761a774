//! `POST /auth/mcp/access-token`: a token for the MCP endpoint.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::problem::{self, Problem};
use super::validate::Checks;
use crate::app::{App, Shared};
use crate::guard::{Call, Caller, Place, caller};
use crate::store::Clock;
use crate::store::threads::{self, Owner};

/// Within so many seconds the same caller gets the same token.
const WINDOW: i64 = 5 * 60;
/// From the beginning of that window.
const LIFETIME: i64 = 15 * 60;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    #[serde(rename = "https://api.tambo.co/mcp")]
    scope: Scope,
    iat: i64,
    exp: i64,
}

/// What a token is for: all threads of a user, or one thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scope {
    pub(crate) project_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thread_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_key: Option<String>,
}

/// Answers 201 with a token, or with nothing where the project has no MCP.
///
/// A token for a thread is for the caller's own ones, and needs a caller; the service looks at the project alone.
pub(super) async fn issue(State(app): State<Shared>, call: Call) -> Result<Response, Problem> {
    let Caller { project, owner } = caller(&app, &call, Place::ContextKey)?;
    let mut checks = Checks::default();
    checks.optional_string(call.body(), "threadId");
    checks.finish()?;
    let thread_id = call.body().get("threadId").and_then(|id| id.as_str()).map(str::to_owned);
    if let Some(id) = thread_id.clone() {
        let owner = owner.clone();
        let found = app
            .store
            .with(move |transaction, _| threads::find(transaction, &owner, &id).map_err(Problem::from))
            .await?;
        found.ok_or_else(|| Problem::not_found("Thread not found"))?;
    }
    if !project.mcp {
        return Ok(problem::json(StatusCode::CREATED, &json!({})));
    }
    let now = Clock::seconds().saturating_add(call.faults.skew());
    let (iat, exp) = match call.faults.lifetime() {
        Some(lifetime) => (now, now.saturating_add(i64::try_from(lifetime.as_secs()).unwrap_or(LIFETIME))),
        None => (now - now.rem_euclid(WINDOW), now - now.rem_euclid(WINDOW) + LIFETIME),
    };
    let has_session = thread_id.is_some();
    let Owner { project_id, context_key } = owner;
    let sub = format!("{project_id}:{}", thread_id.as_deref().unwrap_or("sessionless"));
    let context_key = (!has_session).then_some(context_key);
    let claims = Claims {
        iss: project_id.clone(),
        sub,
        scope: Scope { project_id, thread_id, context_key },
        iat,
        exp,
    };
    let header = Header { typ: None, ..Header::new(Algorithm::HS256) };
    let key = EncodingKey::from_secret(app.mcp_secret.reveal().as_bytes());
    let token = jsonwebtoken::encode(&header, &claims, &key).map_err(|error| {
        tracing::error!("an MCP token cannot be signed: {error}");
        Problem::internal()
    })?;
    let body = json!({ "mcpAccessToken": token, "expiresAt": exp * 1000, "hasSession": has_session });
    Ok(problem::json(StatusCode::CREATED, &body))
}

/// What a genuine token that is not over at the time `now` (in seconds) is for.
pub(crate) fn verify(app: &App, token: &str, now: i64) -> Option<Scope> {
    let mut validation = Validation::new(Algorithm::HS256);
    // The library looks at a clock of its own.
    validation.validate_exp = false;
    validation.set_required_spec_claims(&["exp", "iss", "sub"]);
    let key = DecodingKey::from_secret(app.mcp_secret.reveal().as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims;
    (claims.exp > now).then_some(claims.scope)
}

impl Scope {
    /// The user the token was given to; `None` when their thread is gone.
    pub(crate) async fn owner(&self, app: &Shared) -> Result<Option<Owner>, Problem> {
        let Self { project_id, thread_id, context_key } = self.clone();
        let Some(thread) = thread_id else {
            return Ok(context_key.map(|context_key| Owner { project_id, context_key }));
        };
        app.store
            .with(move |transaction, _| {
                threads::owner_of(transaction, &project_id, &thread).map_err(Problem::from)
            })
            .await
    }
}
