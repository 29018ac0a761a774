use axum::http::header;

use super::Call;
use crate::project::Project;
use crate::store::Clock;
use crate::tambo::problem::Problem;
use crate::tambo::session_token;

/// The context key of the call's session token; `None` where the call has none and the project lets that pass.
///
/// The token has to be of the project the API key names: the real service reads another project's data with it.
pub(super) fn context_key(project: &Project, call: &Call) -> Result<Option<String>, Problem> {
    let Some(value) = call.headers.get(header::AUTHORIZATION) else {
        return if project.token_required {
            Err(Problem::unauthorized("Bearer token required"))
        } else {
            Ok(None)
        };
    };
    let token = value.to_str().ok().and_then(bearer);
    let token = token.ok_or_else(|| Problem::unauthorized("Invalid Authorization header format"))?;
    let claims = session_token::verify(project, token, Clock::seconds().saturating_add(call.faults.skew()));
    let claims = claims.ok_or_else(|| Problem::unauthorized("Invalid bearer token"))?;
    Ok(Some(session_token::context_key(&claims)))
}

/// The token of a header of the scheme `Bearer`, whatever its case.
pub(crate) fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_compared_without_case() {
        assert_eq!(bearer("Bearer a"), Some("a"));
        assert_eq!(bearer("bEARER a"), Some("a"));
        for other in ["Basic a", "Bearer", "Bearer ", "a", ""] {
            assert_eq!(bearer(other), None, "{other:?}");
        }
    }
}
