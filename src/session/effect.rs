//! What the machine wants done, in this order.

use super::clock::Ms;
use super::input::{OpId, TabMessage, WaiterId};
use super::state::AuthState;
use crate::error::Fault;
use crate::secret::Secret;

/// Why the callback is asked. The strings of the public types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// For the first time in this generation.
    Initial,
    /// The token nears its end, or has passed it.
    Expiring,
    /// The token was refused.
    Unauthorized,
    /// The app asked for it.
    Manual,
}

impl Reason {
    /// The string of the public types.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Expiring => "expiring",
            Self::Unauthorized => "unauthorized",
            Self::Manual => "manual",
        }
    }
}

/// What a waiter gets.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The bearer; none where the credential has none.
    pub token: Option<Secret>,
    /// Says which token it is, so that a 401 can be told from one for an older token.
    pub serial: u32,
    /// The generation it belongs to.
    pub generation: u32,
    /// The app has said that the server asks for nothing.
    pub open: bool,
}

/// A token-free line for the activity log.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// What was done.
    pub kind: &'static str,
    /// In which generation.
    pub generation: u32,
    /// Particulars.
    pub fields: [Option<(&'static str, Note)>; 2],
}

/// A particular of an [`Activity`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Note {
    /// A word.
    Word(&'static str),
    /// A number; the field's name has the unit.
    Number(Ms),
    /// Yes or no.
    Flag(bool),
}

/// One thing to do. The shell does them in order and decides nothing.
#[derive(Debug)]
pub enum Effect {
    /// Ask the callback.
    Ask {
        /// Goes back with the answer.
        op: OpId,
        /// Why.
        reason: Reason,
        /// Whether to skip the provider's cache.
        force_refresh: bool,
    },
    /// Send the exchange.
    Exchange {
        /// Goes back with the answer.
        op: OpId,
        /// The provider's token.
        subject: Secret,
    },
    /// Abort a callback or exchange; its answer will be ignored.
    Abort(OpId),
    /// Set the one timer, replacing what it was set to.
    Arm {
        /// Milliseconds from now, at most what a timer takes.
        after_ms: Ms,
    },
    /// Clear the timer.
    Disarm,
    /// Answer a waiter.
    Settle(WaiterId, Result<Pass, Fault>),
    /// The state has changed.
    Publish {
        /// The new state.
        state: AuthState,
        /// What led to it, in a word.
        cause: &'static str,
    },
    /// Everything that began in an earlier generation ends with this error.
    EndGeneration {
        /// The generation that begins.
        begins: u32,
        /// What pending calls and streams get.
        fault: Fault,
    },
    /// Tell the other tabs.
    Broadcast(TabMessage),
    /// Remove what is stored of an anonymous identity.
    Forget,
    /// Warn the developer.
    Warn(Fault),
    /// Note it down.
    Note(Activity),
}
