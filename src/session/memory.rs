//! What a session remembers between two inputs.

use super::clock::{Deadline, Moment};
use super::effect::Reason;
use super::input::OpId;
use crate::error::Fault;

use crate::secret::Secret;

/// The token in use.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) token: Secret,
    pub(super) serial: u32,
    pub(super) deadline: Deadline,
    /// The deadline has been seen to have passed.
    pub(super) ended: bool,
    /// The API answered 401 to it.
    pub(super) refused: bool,
    /// The API answered something else to it at least once.
    pub(super) accepted: bool,
    /// The API itself gave it, in answer to a call.
    pub(super) rotated: bool,
}

/// What is remembered of the callback's answers.
#[derive(Debug, Default)]
pub(super) struct Subject {
    pub(super) last: Option<Secret>,
    /// The first deadline of `last`: the same string again does not get a later one (D1).
    pub(super) deadline: Option<Deadline>,
    /// The exchange has refused these for good, and this is what it said. Of a provider that has many, the last ones.
    pub(super) rejected: Vec<(Secret, Fault)>,
    /// The last answer was a repetition or left less than the margin.
    pub(super) force_next: bool,
    /// The last token of somebody who has just signed out in another tab.
    pub(super) signed_out: Option<Secret>,
}

impl Subject {
    const MOST_REJECTED: usize = 8;

    /// What the exchange said of this token, if it has refused it.
    pub(super) fn rejection(&self, token: &Secret) -> Option<&Fault> {
        self.rejected.iter().find(|(refused, _)| refused == token).map(|(_, fault)| fault)
    }

    pub(super) fn reject(&mut self, token: Secret, fault: Fault) {
        if self.rejected.len() == Self::MOST_REJECTED {
            self.rejected.remove(0);
        }
        self.rejected.push((token, fault));
    }
}

/// What is in flight.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) op: OpId,
    pub(super) stage: Stage,
    pub(super) reason: Reason,
    pub(super) sent: Moment,
    pub(super) deadline: Deadline,
    /// The provider's cache was skipped. There is no second time in one flight.
    pub(super) forced: bool,
}

#[derive(Debug)]
pub(super) enum Stage {
    Asking,
    Exchanging { subject: Secret, looked_dead: bool },
}

/// The next automatic try.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Due {
    pub(super) at: Deadline,
    pub(super) why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The token nears its end.
    Renewal,
    /// Callers wait through this one.
    Quick,
    /// Callers wait until the floor allows it.
    Floor,
    /// The last try failed.
    Retry,
    /// The subject token was refused; look whether there is another.
    Recheck,
    /// The breaker is open until then.
    Probe,
}

/// Whether trying again is left to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    No,
    /// The next use tries again, as often as the floor allows.
    UntilUse,
    /// Only a new credential or `invalidate` does.
    UntilReset,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counters {
    pub(super) asked: u32,
    pub(super) exchanged: u32,
    pub(super) renewed: u32,
    pub(super) failed: u32,
    pub(super) refused: u32,
}

impl Why {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Renewal => "renewal",
            Self::Quick => "quick-retry",
            Self::Floor => "floor",
            Self::Retry => "retry",
            Self::Recheck => "recheck",
            Self::Probe => "probe",
        }
    }
}
