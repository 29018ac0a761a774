use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;

use super::ConfigError;
use crate::http;
use crate::secret::Secret;

/// What is particular to Assistant Cloud's contract.
#[derive(Debug, Clone)]
pub struct AssistantCloudSettings {
    /// Who is admitted with a token of the app's own identity provider. Without a rule: whoever the default project
    /// lets exchange a token, of discovered issuers only the trusted ones.
    pub rules: Vec<CloudRule>,
    /// How long a workspace token lives.
    pub workspace_token_lifetime: Duration,
    /// A fixed API key; without one each start makes a new one.
    pub api_key: Option<Secret>,
    /// Give out anonymous identities.
    pub anonymous: bool,
    /// The most bytes of a message's content, as JSON.
    pub largest_content: usize,
    /// Refuse to update a message that others follow.
    pub frozen_parents: bool,
}

impl Default for AssistantCloudSettings {
    fn default() -> Self {
        Self {
            rules: vec![],
            workspace_token_lifetime: Duration::from_secs(300),
            api_key: None,
            anonymous: true,
            largest_content: 1_048_576,
            frozen_parents: false,
        }
    }
}

/// Which tokens of an identity provider are admitted, and to which workspace. The first that fits decides.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudRule {
    /// Exactly the tokens' `iss`.
    pub issuer: String,
    /// Where the issuer's keys are; without it, where its discovery document says.
    pub jwks_url: Option<String>,
    /// One of the tokens' `aud`; without it, none is asked for.
    pub audience: Option<String>,
    /// Whose threads a token opens.
    #[serde(default)]
    pub workspace: Workspace,
}

/// Whose threads a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Workspace {
    /// The user's own: the workspace is `sub`.
    #[default]
    Personal,
    /// Those of the user's organisation: the workspace is `org_id`, and a token without it does not fit.
    Organisation,
    /// Everybody's: the workspace is the project.
    Project,
}

impl AssistantCloudSettings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.workspace_token_lifetime < Duration::from_secs(1) {
            let wrong = "assistant_cloud: workspace_token_lifetime is 0; give at least 1 second";
            return Err(ConfigError::new(wrong));
        }
        let key = self.api_key.as_ref().map(Secret::reveal);
        if key.is_some_and(|key| key.len() < 8 || !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            let wrong =
                "assistant_cloud: api_key has to be at least 8 visible ASCII characters without spaces";
            return Err(ConfigError::new(wrong));
        }
        self.rules.iter().try_for_each(CloudRule::check)
    }
}

impl CloudRule {
    /// Every token of this issuer, to its user's own threads.
    pub fn of_issuer(issuer: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), jwks_url: None, audience: None, workspace: Workspace::default() }
    }

    fn check(&self) -> Result<(), ConfigError> {
        for url in [Some(&self.issuer), self.jwks_url.as_ref()].into_iter().flatten() {
            http::is_loopback(url).map_err(|why| ConfigError::new(format!("assistant_cloud.rule: {why}")))?;
        }
        Ok(())
    }
}

/// Reads a rule as a flag writes it: `issuer=https://id.example,audience=app,workspace=organisation`.
impl FromStr for CloudRule {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let wrong = |what: String| {
            ConfigError::new(format!(
                "a rule {what}; write issuer=URL,audience=AUD,jwks_url=URL,workspace=WORD"
            ))
        };
        let mut rule = Self::of_issuer("");
        for part in text.split(',') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if value.is_empty() {
                return Err(wrong(format!("says nothing of {name:?}")));
            }
            match (name, value) {
                ("issuer", _) => rule.issuer = value.to_owned(),
                ("jwks_url", _) => rule.jwks_url = Some(value.to_owned()),
                ("audience", _) => rule.audience = Some(value.to_owned()),
                ("workspace", "personal") => rule.workspace = Workspace::Personal,
                ("workspace", "organisation") => rule.workspace = Workspace::Organisation,
                ("workspace", "project") => rule.workspace = Workspace::Project,
                ("workspace", _) => {
                    return Err(wrong(format!(
                        "has the workspace personal, organisation or project, not {value:?}"
                    )));
                }
                _ => return Err(wrong(format!("has no {name:?}"))),
            }
        }
        if rule.issuer.is_empty() {
            return Err(wrong("needs an issuer".into()));
        }
        Ok(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_flags() {
        let text =
            "issuer=https://id.example/,audience=app,jwks_url=http://127.0.0.1:1/k?a=b,workspace=project";
        let rule: CloudRule = text.parse().unwrap();
        let expected = CloudRule {
            issuer: "https://id.example/".into(),
            jwks_url: Some("http://127.0.0.1:1/k?a=b".into()),
            audience: Some("app".into()),
            workspace: Workspace::Project,
        };
        assert_eq!(rule, expected);
        for (text, expected) in [
            ("", "says nothing of \"\""),
            ("audience=a", "needs an issuer"),
            ("issuer=https://id.example,workspace=team", "personal, organisation or project, not \"team\""),
            ("issuer=https://id.example,aud=a", "has no \"aud\""),
        ] {
            let message = text.parse::<CloudRule>().unwrap_err().to_string();
            assert!(message.contains(expected), "{text:?}: {message}");
        }
    }

    #[test]
    fn keys_do_not_come_over_an_open_network() {
        let rule: CloudRule = "issuer=http://id.example".parse().unwrap();
        let settings = AssistantCloudSettings { rules: vec![rule], ..AssistantCloudSettings::default() };
        let message = settings.check().unwrap_err().to_string();
        assert!(message.contains("assistant_cloud.rule: \"http://id.example\" is plain http"), "{message}");
    }
}
