use super::ConfigError;
use crate::secret::Secret;
use crate::verify::issuer;
use crate::verify::key::PublicKey;

/// The shortest shared secret the service accepts for verifying tokens.
const SHORTEST_SECRET: usize = 32;

/// How a project decides whether a subject token is genuine.
#[derive(Debug, Clone)]
pub enum Verification {
    /// OpenID Connect discovery of the token's issuer: the service's default.
    Discovery {
        /// Issuers this project accepts although the real service refuses them.
        trusted_issuers: Vec<String>,
    },
    /// One public key: a JWK, an SPKI PEM or an X.509 PEM.
    Asymmetric {
        /// The key's text.
        key: String,
    },
    /// One shared secret, for HS256, HS384 and HS512.
    Symmetric {
        /// The secret; at least 32 characters.
        secret: Secret,
    },
    /// Nothing is verified: whoever writes a token is whoever it says.
    None,
}

impl Verification {
    /// The word for this mode in flags and files.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Discovery { .. } => "discovery",
            Self::Asymmetric { .. } => "asymmetric",
            Self::Symmetric { .. } => "symmetric",
            Self::None => "none",
        }
    }
}

/// A tenant: its own users, threads, API key and way of verifying tokens.
#[derive(Debug, Clone)]
pub struct ProjectConfig {
    /// The name under which the API key is printed, and under which the project is found again in the database.
    pub name: String,
    /// A fixed id (`p_…`); without one it is made at the first start and kept.
    pub id: Option<String>,
    /// How subject tokens are verified.
    pub verification: Verification,
    /// Refuse calls that carry no session token, as the service's setting of that name does.
    pub token_required: bool,
    /// Let initial messages with the role `system` in.
    pub system_prompt_override: bool,
    /// Give out tokens for the MCP endpoint. The service does so for projects with an MCP server.
    pub mcp: bool,
    /// A fixed API key; without one each start makes a new one.
    pub api_key: Option<Secret>,
}

impl ProjectConfig {
    /// A project with a name, a way of verifying tokens, and otherwise the service's defaults.
    pub fn new(name: impl Into<String>, verification: Verification) -> Self {
        Self {
            name: name.into(),
            id: None,
            verification,
            token_required: false,
            system_prompt_override: false,
            mcp: true,
            api_key: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: String| Err(ConfigError::new(format!("project {:?}: {what}", self.name)));
        if self.name.trim().is_empty() {
            return Err(ConfigError::new("a project has an empty name; give it one"));
        }
        if self.id.as_deref().is_some_and(|id| !is_plain(id, 1)) {
            return wrong("id has to be visible ASCII without spaces, for example \"p_demo\"".into());
        }
        if self.api_key.as_ref().is_some_and(|key| !is_plain(key.reveal(), 8)) {
            return wrong("api_key has to be at least 8 visible ASCII characters without spaces".into());
        }
        match &self.verification {
            Verification::Discovery { trusted_issuers } => {
                trusted_issuers.iter().try_for_each(|issuer| issuer::check_trusted(issuer))
            }
            Verification::Asymmetric { key } => match PublicKey::from_text(key) {
                Ok(_) => Ok(()),
                Err(problem) => wrong(format!("key {problem}")),
            },
            Verification::Symmetric { secret } => match secret.reveal().chars().count() {
                SHORTEST_SECRET.. => Ok(()),
                length => wrong(format!(
                    "secret has {length} characters; the service wants at least {SHORTEST_SECRET}, use a longer one"
                )),
            },
            Verification::None => Ok(()),
        }
    }

    /// Whether the two could not be told apart.
    pub(super) fn clashes(&self, other: &Self) -> bool {
        self.name == other.name
            || (self.id.is_some() && self.id == other.id)
            || (self.api_key.is_some() && self.api_key == other.api_key)
    }
}

fn is_plain(text: &str, shortest: usize) -> bool {
    text.len() >= shortest && text.bytes().all(|byte| byte.is_ascii_graphic())
}
