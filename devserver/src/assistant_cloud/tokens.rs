//! `/auth/tokens`: workspace tokens, for whoever comes anonymously and for those a server vouches for.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::identity::{Caller, Credential};
use super::ids;
use super::problem::{Problem, ok};
use super::schema::Fields;
use super::workspace_token;
use crate::app::{App, Shared};
use crate::guard::Call;
use crate::project::Project;
use crate::secret::Secret;
use crate::store::cloud::identities;
use crate::store::epoch_ms;
use crate::timestamp::iso;

/// How long a refresh token lives from its last use.
const REFRESH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// A token for the user and the workspace that an API key names.
pub(super) async fn create(
    State(app): State<Shared>,
    caller: Caller,
    call: Call,
) -> Result<Response, Problem> {
    caller.needs_key()?;
    let token = workspace_token::mint(&app, &caller, &call.faults)?;
    Ok(ok(&json!({ "token": token.reveal() })))
}

/// A new anonymous user.
pub(super) async fn anonymous(State(app): State<Shared>, call: Call) -> Result<Response, Problem> {
    let project = project(&app)?;
    let (user, token) = (ids::anonymous_user(), ids::refresh_token());
    let expires_at = now(&call).saturating_add(REFRESH_MS);
    let row = (project.id.clone(), user.clone(), token.clone());
    app.store
        .with(move |transaction, _| {
            let (project_id, user, token) = row;
            Ok::<_, Problem>(identities::insert(transaction, &project_id, &user, token.reveal(), expires_at)?)
        })
        .await?;
    answer(&app, &call, user, &token, expires_at)
}

/// A new token for an anonymous user. The refresh token stays and lives on.
pub(super) async fn refresh(State(app): State<Shared>, call: Call) -> Result<Response, Problem> {
    let project_id = project(&app)?.id.clone();
    let mut fields = Fields::of(&call)?;
    let token = fields.any("refresh_token");
    let token = fields.required("refresh_token", token.and_then(Value::as_str).map(Secret::new));
    fields.finish_open()?;
    let known = |token: &Secret| token.reveal().starts_with(ids::REFRESH);
    let token = token.filter(known).ok_or_else(|| Problem::forbidden("Invalid refresh token"))?;
    let now = now(&call);
    let expires_at = now.saturating_add(REFRESH_MS);
    let looked_up = token.clone();
    let user = app
        .store
        .with(move |transaction, _| {
            let user = identities::find(transaction, &project_id, looked_up.reveal(), now)?;
            let user = user.ok_or_else(|| Problem::forbidden("Invalid refresh token"))?;
            identities::extend(transaction, &user, expires_at)?;
            Ok::<_, Problem>(user)
        })
        .await?;
    answer(&app, &call, user, &token, expires_at)
}

/// The project, if it has anonymous users.
fn project(app: &App) -> Result<&Arc<Project>, Problem> {
    if !app.assistant_cloud.anonymous {
        return Err(Problem::forbidden("Anonymous access is disabled"));
    }
    app.projects.all().next().ok_or_else(Problem::internal)
}

fn now(call: &Call) -> i64 {
    epoch_ms().saturating_add(call.faults.skew().saturating_mul(1000))
}

fn answer(
    app: &App,
    call: &Call,
    user: String,
    refresh: &Secret,
    expires_at: i64,
) -> Result<Response, Problem> {
    call.note.set_user(&user);
    let caller = Caller {
        project: project(app)?.clone(),
        workspace: user.clone(),
        user,
        credential: Credential::WorkspaceToken,
    };
    let token = workspace_token::mint(app, &caller, &call.faults)?;
    Ok(ok(&json!({
        "access_token": token.reveal(),
        "refresh_token": { "token": refresh.reveal(), "expires_at": iso(expires_at) },
    })))
}
