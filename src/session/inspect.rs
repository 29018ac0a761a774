//! Token-free diagnostics.

use super::clock::Moment;
use super::machine::Session;

/// Where a session stands, without any token.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The status of the public state.
    pub status: &'static str,
    /// The code of the last failure, until a try works.
    pub last_error: Option<&'static str>,
    /// Whether a callback or exchange is in flight.
    pub refreshing: bool,
    /// `deadlineMs` and `nextTryMs`, on the wall clock.
    pub times: [(&'static str, Option<f64>); 2],
    /// `generation`, `skewMs` (how far the wall clock is believed to be ahead), `waiting` (calls that wait for a token),
    /// and how often the callback was `asked`, an exchange sent (`exchanged`), a token obtained (`renewed`), a try
    /// `failed`, a token `refused` with 401.
    pub counts: [(&'static str, f64); 8],
}

impl Session {
    /// Token-free diagnostics.
    #[must_use]
    pub fn inspect(&self, now: Moment) -> Inspection {
        let counters = &self.counters;
        Inspection {
            status: self.auth.status(),
            last_error: self.trouble.as_ref().map(|fault| fault.code.as_str()),
            refreshing: self.flight.is_some(),
            times: [
                ("deadlineMs", self.held.as_ref().map(|held| held.deadline.wall_ms(now) as f64)),
                ("nextTryMs", self.due.map(|due| due.at.wall_ms(now) as f64)),
            ],
            counts: [
                ("generation", self.generation.into()),
                ("skewMs", self.skew_ms as f64),
                ("waiting", self.waiters.len() as f64),
                ("asked", counters.asked.into()),
                ("exchanged", counters.exchanged.into()),
                ("renewed", counters.renewed.into()),
                ("failed", counters.failed.into()),
                ("refused", counters.refused.into()),
            ],
        }
    }
}
