//! What subscribers see.

use std::rc::Rc;

use super::claims::UserHint;
use super::clock::Ms;
use crate::error::Fault;

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// No credential was given.
    NoCredential,
    /// The callback says that nobody is signed in.
    NoUser,
    /// `signOut` was called.
    SignedOut,
    /// There was a user, and the callback says that there is none any more.
    SessionEnded,
    /// Another tab of this origin signed out.
    OtherTab,
}

impl Absence {
    /// The string of the public types.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoCredential => "no-credential",
            Self::NoUser => "no-user",
            Self::SignedOut => "signed-out",
            Self::SessionEnded => "session-ended",
            Self::OtherTab => "other-tab",
        }
    }

    /// Whether the next use asks the callback again.
    pub(super) const fn asks_again(self) -> bool {
        matches!(self, Self::NoUser | Self::SessionEnded | Self::OtherTab)
    }
}

/// What proves who the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A key of the app's own making (Tambo).
    UserKey,
    /// A provider's token, exchanged for the backend's (Tambo).
    TokenExchange,
    /// A token that is sent as it is (LangGraph, Assistant Cloud).
    AuthToken,
    /// A session token that the app's server obtained (Tambo).
    SessionToken,
    /// An identity nobody signed in for.
    Anonymous,
    /// An API key of a server (Assistant Cloud).
    ApiKey,
    /// A server that asks for nothing (LangGraph).
    Open,
}

impl Source {
    /// The string of the public types.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserKey => "userKey",
            Self::TokenExchange => "tokenExchange",
            Self::AuthToken => "authToken",
            Self::SessionToken => "sessionToken",
            Self::Anonymous => "anonymous",
            Self::ApiKey => "apiKey",
            Self::Open => "open",
        }
    }
}

/// The state subscribers see. A renewal that works changes nothing in it.
#[derive(Clone, Debug, PartialEq)]
pub enum AuthState {
    /// Nobody is signed in.
    Unauthenticated {
        /// Why.
        reason: Absence,
    },
    /// A token is being obtained and there is none to use.
    Exchanging {
        /// 0 before the start, then the number of the try.
        attempt: u32,
        /// The user of this generation, if known.
        user: Option<Rc<UserHint>>,
        /// The generation.
        generation: u32,
    },
    /// The user is known and calls can be made.
    Identified {
        /// What proves it.
        source: Source,
        /// Hints for display.
        user: Option<Rc<UserHint>>,
        /// The generation.
        generation: u32,
        /// Why the last renewal failed, while the token is still valid.
        refresh_error: Option<Fault>,
    },
    /// No valid token, and the last try failed.
    Error {
        /// The last failure.
        error: Fault,
        /// Wall-clock time of the next try, if one is planned.
        retry_at_ms: Option<Ms>,
        /// The user of this generation, if known.
        user: Option<Rc<UserHint>>,
        /// The generation.
        generation: u32,
    },
    /// The options contradict each other.
    Invalid {
        /// How.
        error: Fault,
    },
}

impl AuthState {
    /// The string of the public types.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Unauthenticated { .. } => "unauthenticated",
            Self::Exchanging { .. } => "exchanging",
            Self::Identified { .. } => "identified",
            Self::Error { .. } => "error",
            Self::Invalid { .. } => "invalid",
        }
    }
}
