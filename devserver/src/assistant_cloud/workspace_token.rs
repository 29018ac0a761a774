//! The service's own token: a JWT of five minutes for a user in a workspace.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::identity::Caller;
use super::problem::Problem;
use crate::app::App;
use crate::faults::Struck;
use crate::project::Project;
use crate::secret::Secret;
use crate::store::Clock;
use crate::verify::jws::Jws;

/// Clocks of those who check the token may be late by so many seconds.
const EARLY: i64 = 10;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    project_id: String,
    workspace_id: String,
    sub: String,
    iss: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Why a token of our own is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bad {
    /// Its signature is another one: it was revoked, or forged.
    Signature,
    Expired,
    /// `nbf` is in the future.
    Early,
}

/// A new token for the caller. Faults may shorten its life and set the clock.
pub(super) fn mint(app: &App, caller: &Caller, faults: &Struck) -> Result<Secret, Problem> {
    let lifetime =
        app.assistant_cloud.token_lifetime.min(faults.lifetime().unwrap_or(std::time::Duration::MAX));
    let iat = Clock::seconds().saturating_add(faults.skew());
    let claims = Claims {
        project_id: caller.project.id.clone(),
        workspace_id: caller.workspace.clone(),
        sub: caller.user.clone(),
        iss: app.assistant_cloud.base_url.clone(),
        iat,
        nbf: iat.saturating_sub(EARLY),
        exp: iat.saturating_add(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)),
    };
    let key = EncodingKey::from_secret(caller.project.signing_secret().reveal().as_bytes());
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key);
    token.map(Secret::new).map_err(|error| {
        tracing::error!("a workspace token cannot be signed: {error}");
        Problem::internal()
    })
}

/// Whether a token looks like one of ours: a provider's has no workspace.
pub(super) fn is_own(jws: &Jws<'_>) -> bool {
    jws.algorithm() == Some("HS256") && jws.claims.contains_key("workspace_id")
}

/// User and workspace of a genuine token that is good at the time `now` (in seconds).
pub(super) fn verify(project: &Project, token: &str, now: i64) -> Result<(String, String), Bad> {
    let mut validation = Validation::new(Algorithm::HS256);
    // The library looks at a clock of its own.
    validation.validate_exp = false;
    validation.set_required_spec_claims(&["exp", "iss", "sub"]);
    let key = DecodingKey::from_secret(project.signing_secret().reveal().as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|_| Bad::Signature)?.claims;
    match claims {
        Claims { ref project_id, .. } if *project_id != project.id => Err(Bad::Signature),
        Claims { exp, .. } if exp <= now => Err(Bad::Expired),
        Claims { nbf, .. } if nbf > now => Err(Bad::Early),
        Claims { sub, workspace_id, .. } => Ok((sub, workspace_id)),
    }
}
