//! Which tokens of identity providers are admitted, and to which workspace.

use serde_json::{Map, Value};

use super::ids;
use super::problem::Problem;
use crate::app::App;
use crate::config::{CloudRule, Config, Verification, Workspace};
use crate::project::Project;
use crate::verify::jws::Jws;
use crate::verify::{KeySource, Verifier, check_times};

/// Who is admitted.
#[derive(Debug)]
pub(crate) enum Admission {
    /// Whoever has a token that one of these fits.
    Rules(Vec<CloudRule>),
    /// Whoever the default project verifies, with a key of its own or not at all.
    Project,
}

impl Admission {
    /// What the settings say, or the default project where they have no rule.
    pub(super) fn new(config: &Config) -> Self {
        let rules = &config.assistant_cloud.rules;
        match config.projects.first().map(|project| &project.verification) {
            _ if !rules.is_empty() => Self::Rules(rules.clone()),
            Some(Verification::Discovery { trusted_issuers }) => {
                let trusted = config.trusted_issuers.iter().chain(trusted_issuers);
                Self::Rules(trusted.map(CloudRule::of_issuer).collect())
            }
            _ => Self::Project,
        }
    }
}

/// User and workspace of a token at the time `now` (in seconds).
pub(super) async fn admit(
    app: &App,
    project: &Project,
    token: &str,
    jws: &Jws<'_>,
    now: i64,
) -> Result<(String, String), Problem> {
    let workspace = match &app.assistant_cloud.admission {
        Admission::Rules(rules) => {
            let rule = chosen(rules, &jws.claims).ok_or_else(|| {
                let said = |name: &str| jws.claims.get(name).unwrap_or(&Value::Null).to_string();
                let (issuer, audience) = (said("iss"), said("aud"));
                tracing::warn!("no rule fits a token of issuer {issuer} and audience {audience}");
                Problem::forbidden("No rule fits this token")
            })?;
            check_time(jws, now)?;
            let source = match &rule.jwks_url {
                Some(url) => KeySource::Url(url),
                None => KeySource::Issuer { name: &rule.issuer, trusted: true },
            };
            app.discovery.check_signature(jws, source).await.map_err(|refused| not_genuine(&refused.why))?;
            rule.workspace
        }
        Admission::Project => {
            check_time(jws, now)?;
            let verified = match &project.verifier {
                // Its issuers are rules.
                Verifier::Discovery { .. } => return Err(Problem::forbidden("No rule fits this token")),
                verifier => verifier.verify(token, now, &app.discovery).await,
            };
            verified.map_err(|refused| not_genuine(&refused.why))?;
            Workspace::Personal
        }
    };
    let user = name(&jws.claims, "sub")?;
    // Those are given out here, to whoever asks.
    if user.starts_with(ids::ANONYMOUS) {
        return Err(Problem::forbidden("The token's sub is that of an anonymous user"));
    }
    let workspace = match workspace {
        Workspace::Personal => user.clone(),
        Workspace::Organisation => name(&jws.claims, ORGANISATION)?,
        Workspace::Project => project.id.clone(),
    };
    Ok((user, workspace))
}

const ORGANISATION: &str = "org_id";

/// The first rule that fits.
fn chosen<'a>(rules: &'a [CloudRule], claims: &Map<String, Value>) -> Option<&'a CloudRule> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let is_for = |audience: &str| match claims.get("aud") {
        Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(audience)),
        _ => text("aud") == Some(audience),
    };
    let fits = |rule: &&CloudRule| {
        text("iss") == Some(&rule.issuer)
            && rule.audience.as_deref().is_none_or(is_for)
            && (rule.workspace != Workspace::Organisation || text(ORGANISATION).is_some())
    };
    rules.iter().find(fits)
}

fn check_time(jws: &Jws<'_>, now: i64) -> Result<(), Problem> {
    check_times(&jws.claims, now).map_err(|refused| {
        tracing::warn!("refused a provider's token: {}", refused.why);
        Problem::unauthorized("Token expired or not yet valid")
    })
}

fn not_genuine(why: &str) -> Problem {
    tracing::warn!("refused a provider's token: {why}");
    Problem::forbidden("The token's signature cannot be verified")
}

fn name(claims: &Map<String, Value>, claim: &str) -> Result<String, Problem> {
    let name = claims.get(claim).and_then(Value::as_str).filter(|name| ids::is_name(name));
    name.map(str::to_owned).ok_or_else(|| {
        Problem::forbidden(&format!("The token's {claim} has to be 1 to 255 characters without spaces"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn chosen_of(rules: &[&str], claims: Value) -> Option<usize> {
        let rules: Vec<CloudRule> = rules.iter().map(|text| text.parse().unwrap()).collect();
        let rule = chosen(&rules, claims.as_object().unwrap())?;
        rules.iter().position(|other| other == rule)
    }

    #[test]
    fn the_first_rule_that_fits() {
        let clerk = "issuer=https://clerk.example,audience=app";
        let any = "issuer=https://id.example";
        let organisation = "issuer=https://id.example,workspace=organisation";
        let cases = [
            (vec![clerk], json!({ "iss": "https://clerk.example", "aud": "app" }), Some(0)),
            (vec![clerk], json!({ "iss": "https://clerk.example", "aud": ["x", "app"] }), Some(0)),
            (vec![clerk], json!({ "iss": "https://clerk.example", "aud": "other" }), None),
            (vec![clerk], json!({ "iss": "https://clerk.example" }), None),
            (vec![clerk], json!({ "iss": "https://clerk.example/", "aud": "app" }), None),
            (vec![any], json!({ "iss": "https://id.example", "aud": "whatever" }), Some(0)),
            (vec![organisation, any], json!({ "iss": "https://id.example", "org_id": "o" }), Some(0)),
            (vec![organisation, any], json!({ "iss": "https://id.example", "org_id": null }), Some(1)),
            (vec![], json!({ "iss": "https://id.example" }), None),
        ];
        for (rules, claims, expected) in cases {
            assert_eq!(chosen_of(&rules, claims.clone()), expected, "{rules:?} {claims}");
        }
    }
}
