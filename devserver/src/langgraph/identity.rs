//! Who calls. The handler of the well-known tutorial is the model: it takes a bearer apart by assertions and asks the
//! identity provider whose it is, where this one verifies the JWT itself.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::problem::Problem;
use crate::app::{App, Shared};
use crate::calls::Note;
use crate::faults::Struck;
use crate::store::Clock;
use crate::store::threads::Owner;
use crate::verify::OPAQUE_SUBJECT;

/// Who calls.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Whose threads, runs and items the call is about.
    pub(super) owner: Owner,
    /// `None` where the server is open.
    pub(super) user: Option<User>,
}

/// A user as runs are told of them.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) identity: String,
    pub(super) email: Option<String>,
}

impl Caller {
    /// Metadata of something this caller makes or looks for: the owner goes over whatever the client wrote.
    pub(super) fn own(&self, metadata: Option<&Value>) -> Map<String, Value> {
        let mut metadata = metadata.and_then(Value::as_object).cloned().unwrap_or_default();
        if let Some(user) = &self.user {
            metadata.insert("owner".into(), user.identity.clone().into());
        }
        metadata
    }
}

impl User {
    /// The user as a run's configuration shows them.
    pub(super) fn shown(&self) -> Value {
        let identity = &self.identity;
        let mut shown = json!({ "identity": identity, "is_authenticated": true, "display_name": identity });
        if let (Some(email), Some(members)) = (&self.email, shown.as_object_mut()) {
            members.insert("email".into(), email.clone().into());
        }
        shown
    }
}

/// Lets a call through as its user, or refuses it.
pub(super) async fn check(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    if matches!(request.uri().path(), "/ok" | "/info") {
        return next.run(request).await;
    }
    let skew = request.extensions().get::<Struck>().map(Struck::skew).unwrap_or_default();
    match caller(&app, request.headers(), skew).await {
        Ok(caller) => {
            if let (Some(note), Some(user)) = (request.extensions().get::<Note>(), &caller.user) {
                note.set_user(&user.identity);
            }
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn caller(app: &App, headers: &HeaderMap, skew: i64) -> Result<Caller, Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let named = text(header::HeaderName::from_static("x-api-key")).and_then(|key| app.projects.by_key(key));
    let project = named.or_else(|| app.projects.all().next().cloned()).ok_or_else(Problem::internal)?;
    let owned_by = |context_key: String| Owner { project_id: project.id.clone(), context_key };
    if app.langgraph.open {
        return Ok(Caller { owner: owned_by(String::new()), user: None });
    }
    // Assertions in the handler, which the server turns into this.
    let value =
        text(header::AUTHORIZATION).filter(|value| !value.is_empty()).ok_or_else(Problem::internal)?;
    let words: Vec<&str> = value.split_whitespace().collect();
    let [scheme, token] = words[..] else {
        return Err(Problem::bad_request(match words.len() {
            0 | 1 => format!("not enough values to unpack (expected 2, got {})", words.len()),
            _ => "too many values to unpack (expected 2)".to_owned(),
        }));
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::internal());
    }
    let now = Clock::seconds().saturating_add(skew);
    let subject = project.verifier.verify(token, now, &app.discovery).await.map_err(|refused| {
        tracing::warn!("a bearer was refused: {}", refused.why);
        Problem::unauthorized()
    })?;
    if subject.sub.starts_with(OPAQUE_SUBJECT) {
        tracing::warn!("a bearer was refused: it is no JWT");
        return Err(Problem::unauthorized());
    }
    let owner = owned_by(subject.sub.clone());
    Ok(Caller { owner, user: Some(User { identity: subject.sub, email: subject.email }) })
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::internal)
    }
}
