//! Token-free diagnostics.

use super::clock::Moment;
use super::machine::Session;

/// Where a session stands, without any token.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// The status of the public state.
    pub status: &'static str,
    /// The generation.
    pub generation: u32,
    /// The token's deadline on the wall clock.
    pub deadline_ms: Option<f64>,
    /// The next automatic try on the wall clock.
    pub next_try_ms: Option<f64>,
    /// Whether a callback or exchange is in flight.
    pub refreshing: bool,
    /// How far the wall clock is believed to be ahead.
    pub skew_ms: f64,
    /// Calls that wait for a token.
    pub waiting: u32,
    /// How often the callback was asked.
    pub asked: u32,
    /// How often an exchange was sent.
    pub exchanged: u32,
    /// How many tokens were obtained.
    pub renewed: u32,
    /// How many tries failed.
    pub failed: u32,
    /// How many tokens were refused with 401.
    pub refused: u32,
    /// The code of the last failure.
    pub last_error: Option<&'static str>,
}

impl Session {
    /// Token-free diagnostics.
    #[must_use]
    pub fn inspect(&self, now: Moment) -> Inspection {
        Inspection {
            status: self.auth.status(),
            generation: self.generation,
            deadline_ms: self.held.as_ref().map(|held| held.deadline.wall_ms(now) as f64),
            next_try_ms: self.due.map(|due| due.at.wall_ms(now) as f64),
            refreshing: self.flight.is_some(),
            skew_ms: self.skew_ms as f64,
            waiting: u32::try_from(self.waiters.len()).unwrap_or(u32::MAX),
            asked: self.counters.asked,
            exchanged: self.counters.exchanged,
            renewed: self.counters.renewed,
            failed: self.counters.failed,
            refused: self.counters.refused,
            last_error: self.trouble.as_ref().map(|fault| fault.code.as_str()),
        }
    }
}
