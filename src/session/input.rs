//! What can happen to a session.

use super::claims::Claims;
use super::clock::Moment;
use super::credential::Credential;
use crate::error::Fault;
use crate::secret::Secret;

/// A call that waits for a token. Numbered by the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaiterId(pub u32);

/// A callback or exchange in flight. Numbered by the machine; late answers carry an old number and are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpId(pub u32);

/// What a waiter is content with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A valid token, for a call.
    Token,
    /// To be identified, however long a failure that can heal takes (`ready`).
    Ready,
    /// A token newer than the present one (`getToken({ forceRefresh: true })`).
    Fresh,
}

/// What the callback answered.
#[derive(Debug)]
pub enum Answer {
    /// A token, and what it says of itself.
    Token(Secret, Claims),
    /// Nobody is signed in (decision D9).
    Nobody,
    /// Something that cannot be a token.
    Unusable(Fault),
    /// It could not be asked.
    Failed(Fault),
}

/// What the exchange answered.
#[derive(Debug)]
pub enum Exchanged {
    /// A session token.
    Granted {
        /// The token.
        token: Secret,
        /// `expires_in`, if it was a number or a decimal string.
        expires_in_s: Option<f64>,
        /// What the token says of itself.
        claims: Claims,
    },
    /// This subject token is refused (400, 401): final for it, another one is tried.
    Rejected(Fault),
    /// The project or client is refused, whatever the subject token (403, `invalid_client`, …).
    Misconfigured(Fault),
    /// It may work later.
    Failed(Fault),
}

/// Why the page is looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The page became visible.
    Visible,
    /// The window got the focus.
    Focus,
    /// The network came back.
    Online,
    /// The page came out of the back/forward cache.
    PageShow,
}

impl Wake {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Focus => "focus",
            Self::Online => "online",
            Self::PageShow => "pageshow",
        }
    }
}

/// The token-free message between tabs of one origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabMessage {
    /// The user signed out.
    SignedOut,
    /// Another user took over.
    UserChanged,
}

impl TabMessage {
    /// What travels on the channel.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::UserChanged => "user-changed",
        }
    }

    /// Reads what came from the channel; anything else is not ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::SignedOut, Self::UserChanged].into_iter().find(|message| message.as_str() == text)
    }
}

/// Everything that can happen.
#[derive(Debug)]
pub enum Input {
    /// The client is used for the first time.
    Start,
    /// A call wants a token.
    Want(WaiterId, Need),
    /// A call was answered 401 with the token of this serial number. The waiter wants another one; there is none where
    /// the call has been replayed already.
    Refused(Option<WaiterId>, u32),
    /// A call was answered, not with 401, with the token of this serial number.
    Accepted(u32),
    /// A call that was sent then, with the token of this serial number, was answered with another token.
    Rotated {
        /// When the call was sent.
        sent: Moment,
        /// Which token it was sent with.
        serial: u32,
        /// The token it was answered with.
        token: Secret,
        /// What that says of itself.
        claims: Claims,
    },
    /// A waiter's caller has gone.
    Abandon(WaiterId),
    /// The callback settled.
    Answered(OpId, Answer),
    /// The exchange settled.
    Exchanged(OpId, Exchanged),
    /// The timer fired.
    Timer,
    /// The page went out of sight.
    Hidden,
    /// The page is looked at again.
    Woke(Wake),
    /// Another credential takes over.
    SetCredential(Credential),
    /// The provider's user may have changed.
    Invalidate,
    /// The user signs out.
    SignOut,
    /// Another tab said something.
    OtherTab(TabMessage),
    /// The end.
    Dispose,
}
