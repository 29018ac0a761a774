//! What the app gave the client to prove who the user is.

use super::claims::Claims;
use super::input::Answer;
use super::state::Source;
use crate::error::Fault;
use crate::json::Platform;
use crate::secret::Secret;

/// What happens to the token a credential yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is exchanged for a session token (RFC 8693).
    Exchange,
    /// It is sent as it is.
    Direct,
}

/// A credential. A callback itself stays with the shell; the machine only knows that there is one to ask.
#[derive(Clone, Debug)]
pub enum Credential {
    /// None was given.
    Missing,
    /// Two were given.
    Conflicting,
    /// The app's callback (or the shell's own source of anonymous tokens) is asked for a token.
    Callback {
        /// What happens to its answer.
        usage: Use,
        /// What is shown in the state.
        source: Source,
    },
    /// A token given once, as a string. It cannot be renewed.
    Text {
        /// The token.
        token: Secret,
        /// What it says of itself.
        claims: Claims,
        /// What happens to it.
        usage: Use,
        /// What is shown in the state.
        source: Source,
    },
    /// A string that cannot be a token.
    Unusable {
        /// Why not.
        failure: Fault,
        /// What would be shown in the state.
        source: Source,
    },
    /// Identified without a bearer: a user key, an API key, an open server.
    Fixed {
        /// What is shown in the state.
        source: Source,
    },
}

impl Credential {
    /// A token given as a string.
    #[must_use]
    pub fn of_text<J: Platform>(text: &str, usage: Use, source: Source) -> Self {
        match Answer::of_text::<J>(text, usage) {
            Answer::Token(token, claims) => Self::Text { token, claims, usage, source },
            Answer::Nobody => Self::Missing,
            Answer::Unusable(failure) | Answer::Failed(failure) => Self::Unusable { failure, source },
        }
    }

    /// What happens to its tokens, where it has any.
    #[must_use]
    pub fn usage(&self) -> Option<Use> {
        match self {
            Self::Callback { usage, .. } | Self::Text { usage, .. } => Some(*usage),
            _ => None,
        }
    }

    pub(super) fn source(&self) -> Option<Source> {
        match self {
            Self::Missing | Self::Conflicting => None,
            Self::Callback { source, .. }
            | Self::Text { source, .. }
            | Self::Unusable { source, .. }
            | Self::Fixed { source } => Some(*source),
        }
    }
}
