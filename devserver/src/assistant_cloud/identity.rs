//! Who calls: by API key, by a token of ours, or by one of the app's own identity provider, which is answered with one
//! of ours.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::workspace_token::{self, Bad};
use super::{ids, rule};
use crate::app::{App, Shared};
use crate::calls::Note;
use crate::control::same;
use crate::faults::Struck;
use crate::guard::bearer;
use crate::project::Project;
use crate::secret::Secret;
use crate::store::Clock;
use crate::store::cloud::Place;
use crate::verify::jws::Jws;

/// Who a key speaks for that names nobody.
const SYSTEM: &str = "__SYSTEM__";

/// Who calls.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) project: Arc<Project>,
    pub(super) user: String,
    pub(super) workspace: String,
    pub(super) credential: Credential,
}

/// What a caller has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential {
    ApiKey,
    WorkspaceToken,
    ProviderToken,
}

impl Caller {
    /// Whose threads the call is about.
    pub(super) fn place(&self) -> Place {
        Place { project_id: self.project.id.clone(), workspace_id: self.workspace.clone() }
    }

    pub(super) fn is_anonymous(&self) -> bool {
        self.user.starts_with(ids::ANONYMOUS)
    }

    /// Refuses those without an API key.
    pub(super) fn needs_key(&self) -> Result<(), Problem> {
        match self.credential {
            Credential::ApiKey => Ok(()),
            _ => Err(Problem::forbidden("This route needs an API key")),
        }
    }
}

/// Lets a call through as its user, or refuses it. A provider's token is exchanged: whatever the answer, the one to go on
/// with is in its header.
pub(super) async fn check(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let faults = request.extensions().get::<Struck>().cloned().unwrap_or_default();
    let (caller, rotated) = match admit(&app, request.headers(), &faults).await {
        Ok(admitted) => admitted,
        Err(problem) => return problem.into_response(),
    };
    if let Some(note) = request.extensions().get::<Note>() {
        note.set_user(&caller.user);
    }
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    let header = rotated.and_then(|token| HeaderValue::from_str(&format!("Bearer {}", token.reveal())).ok());
    if let Some(header) = header {
        response.headers_mut().insert(header::AUTHORIZATION, header);
    }
    response
}

/// Who calls, and the token to go on with for one who came with a provider's.
async fn admit(app: &App, headers: &HeaderMap, faults: &Struck) -> Result<(Caller, Option<Secret>), Problem> {
    let caller = caller(app, headers, faults.skew()).await?;
    let rotated = match caller.credential {
        Credential::ProviderToken => Some(workspace_token::mint(app, &caller, faults)?),
        Credential::ApiKey | Credential::WorkspaceToken => None,
    };
    Ok((caller, rotated))
}

async fn caller(app: &App, headers: &HeaderMap, skew: i64) -> Result<Caller, Problem> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(bearer).ok_or_else(|| Problem::unauthorized("Missing bearer token"))?;
    let project = app.projects.all().next().cloned().ok_or_else(Problem::internal)?;
    if same(token.as_bytes(), app.assistant_cloud.api_key().reveal().as_bytes()) {
        return by_key(project, headers);
    }
    let Some(jws) = Jws::parse(token) else {
        return Err(Problem::forbidden(if token.starts_with(super::KEY_PREFIX) {
            "Unknown API key"
        } else {
            "Unsupported authorization value"
        }));
    };
    let now = Clock::seconds().saturating_add(skew);
    let (user, workspace, credential) = if workspace_token::is_own(&jws) {
        let (user, workspace) = workspace_token::verify(&project, token, now).map_err(|bad| {
            Problem::unauthorized(match bad {
                Bad::Signature => "Invalid token",
                Bad::Expired => "Token expired",
                Bad::Early => "Token not yet valid",
            })
        })?;
        (user, workspace, Credential::WorkspaceToken)
    } else {
        let (user, workspace) = rule::admit(app, &project, token, &jws, now).await?;
        (user, workspace, Credential::ProviderToken)
    };
    Ok(Caller { project, user, workspace, credential })
}

fn by_key(project: Arc<Project>, headers: &HeaderMap) -> Result<Caller, Problem> {
    let named = |name: &str| match headers.get(name) {
        None => Ok(None),
        Some(value) => match value.to_str().ok().filter(|value| ids::is_name(value)) {
            Some(value) => Ok(Some(value.to_owned())),
            None => Err(Problem::forbidden(&format!(
                "{name} has to be 1 to 255 characters without spaces and control characters"
            ))),
        },
    };
    let user = named("Aui-User-Id")?.unwrap_or_else(|| SYSTEM.to_owned());
    let workspace = named("Aui-Workspace-Id")?.unwrap_or_else(|| user.clone());
    Ok(Caller { project, user, workspace, credential: Credential::ApiKey })
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::internal)
    }
}
