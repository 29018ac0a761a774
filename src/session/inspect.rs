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
    /// Times and counts, in the order of [`Inspection::NUMBERS`]; not a number where there is none.
    pub numbers: [f64; 10],
}

impl Inspection {
    /// The end of the token and the next try, on the wall clock; the generation; how far the wall clock is believed to be
    /// ahead; how many calls wait for a token; and how often the callback was asked, an exchange sent, a token obtained, a
    /// try failed, a token refused with 401.
    pub const NUMBERS: [&str; 10] = [
        "deadlineMs",
        "nextTryMs",
        "generation",
        "skewMs",
        "waiting",
        "asked",
        "exchanged",
        "renewed",
        "failed",
        "refused",
    ];
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
            numbers: [
                self.held.as_ref().map_or(f64::NAN, |held| held.deadline.wall_ms(now) as f64),
                self.due.map_or(f64::NAN, |due| due.at.wall_ms(now) as f64),
                self.generation.into(),
                self.skew_ms as f64,
                self.waiters.len() as f64,
                counters.asked.into(),
                counters.exchanged.into(),
                counters.renewed.into(),
                counters.failed.into(),
                counters.refused.into(),
            ],
        }
    }
}
