//! Misbehaviour on request: by flag and settings file, by the control API, and by a header for one call.
//!
//! One [`Fault`] is one sentence of a small language (`status=503;on=exchange;times=2`), the same in all four places.

mod apply;
mod armed;
mod fault;

use std::time::Duration;

pub(crate) use apply::apply;
pub(crate) use armed::Faults;
pub(crate) use fault::{Fault, Kind, Target};

/// The faults that meet one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Struck(Vec<Fault>);

/// How a run is to be carried out, where that is not as usual.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RunBehaviour {
    /// Between telling of pending tool calls and knowing of them.
    pub(crate) commit_delay: Option<Duration>,
    /// Tell of an error once rather than twice.
    pub(crate) single_error: bool,
    /// Let tool calls name the message they belong to rather than a temporary one.
    pub(crate) known_parents: bool,
}

impl Struck {
    /// How many seconds the server's clock is ahead.
    pub(crate) fn skew(&self) -> i64 {
        self.find(|kind| if let Kind::Skew(seconds) = kind { Some(*seconds) } else { None })
            .unwrap_or_default()
    }

    /// The longest life of a session token.
    pub(crate) fn lifetime(&self) -> Option<Duration> {
        self.find(|kind| if let Kind::Lifetime(seconds) = kind { Some(*seconds) } else { None })
    }

    /// How a run that this call begins is to be carried out.
    pub(crate) fn run(&self) -> RunBehaviour {
        RunBehaviour {
            commit_delay: self
                .find(|kind| if let Kind::SlowCommit(delay) = kind { Some(*delay) } else { None }),
            single_error: self.has(&Kind::SingleError),
            known_parents: self.has(&Kind::KnownParents),
        }
    }

    fn has(&self, kind: &Kind) -> bool {
        self.0.iter().any(|fault| fault.kind == *kind)
    }

    fn find<T>(&self, read: impl Fn(&Kind) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|fault| read(&fault.kind))
    }
}
