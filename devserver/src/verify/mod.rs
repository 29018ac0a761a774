//! Deciding whether a subject token, the one from the app's own identity provider, is genuine.
//!
//! One file per strategy; [`Verifier`] picks. What the four have in common (taking a token apart, its times, its
//! subject) is in `jws` and `claims`.

mod asymmetric;
mod claims;
mod discovery;
pub(crate) mod issuer;
mod jwks;
pub(crate) mod jws;
pub(crate) mod key;
mod none;
mod symmetric;

use std::collections::HashSet;

pub(crate) use claims::{Subject, check_times};
pub(crate) use discovery::{Discovery, KeySource};
pub(crate) use none::OPAQUE_SUBJECT;

use crate::config::{ConfigError, Verification};
use crate::secret::Secret;
use key::PublicKey;

/// Why a subject token was refused: what the caller is told, and what the log adds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) answer: Refusal,
    /// For the log. Never holds any part of the token but its issuer and key id.
    pub(crate) why: String,
}

/// What the service tells the caller of a refused token.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Refusal {
    Expired,
    NoSubject,
    Invalid,
    /// Everything that fails against a configured key looks like this, an expired token too.
    KeyMismatch,
    /// An issuer the service does not go to.
    Issuer(&'static str),
    /// An issuer claim the service cannot use.
    IssuerForm(&'static str),
}

impl Refused {
    fn new(answer: Refusal, why: impl Into<String>) -> Self {
        Self { answer, why: why.into() }
    }

    fn invalid(why: impl Into<String>) -> Self {
        Self::new(Refusal::Invalid, why)
    }
}

/// A project's way of verifying subject tokens, ready for use.
#[derive(Debug)]
pub(crate) enum Verifier {
    Discovery { trusted: HashSet<String> },
    Asymmetric(PublicKey),
    Symmetric(Secret),
    None,
}

impl Verifier {
    /// Prepares a project's verification. `trusted` holds the issuers that all projects accept.
    pub(crate) fn new(verification: &Verification, trusted: &[String]) -> Result<Self, ConfigError> {
        Ok(match verification {
            Verification::Discovery { trusted_issuers } => {
                Self::Discovery { trusted: trusted.iter().chain(trusted_issuers).cloned().collect() }
            }
            Verification::Asymmetric { key } => {
                Self::Asymmetric(PublicKey::from_text(key).map_err(ConfigError::new)?)
            }
            Verification::Symmetric { secret } => Self::Symmetric(secret.clone()),
            Verification::None => Self::None,
        })
    }

    /// Verifies a token at the time `now` (seconds since the epoch).
    pub(crate) async fn verify(
        &self,
        token: &str,
        now: i64,
        discovery: &Discovery,
    ) -> Result<Subject, Refused> {
        match self {
            Self::Discovery { trusted } => discovery.verify(token, now, trusted).await,
            Self::Asymmetric(key) => asymmetric::verify(token, now, key),
            Self::Symmetric(secret) => symmetric::verify(token, now, secret),
            Self::None => none::verify(token, now),
        }
    }
}
