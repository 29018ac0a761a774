//! Invariant 6: when everybody is well again, a visible client is identified again by itself; and a subject token that was
//! refused is not posted again.

use threadpass::session::{Absence, AuthState, Ms, SECOND, Use};

use super::{Observer, Verdict, hold};
use crate::action::Given;

/// A use that comes sooner after a failure may be turned away.
const LONGEST_FLOOR: Ms = 61 * SECOND;

/// Tokens that live no longer than this may be between two at any time.
const BRIEF: Ms = 10 * SECOND;

impl Observer {
    pub(super) fn not_posted_again(&self, number: u32) -> Verdict {
        let again = matches!(self.given, Given::Callback(_)) && self.tokens.rejection(number).is_some();
        hold(6, !again, "a refused subject token is posted again")
    }

    /// Some answers leave it to the next use to ask again.
    pub(super) const fn leaves_it_to_use(&mut self) {
        self.waits_for_use = Some(self.t);
    }

    pub(super) fn used(&mut self) {
        // With a valid token a use asks for nothing.
        let served = self.tokens.current.is_some_and(|current| current.valid(self.now));
        if !served && self.waits_for_use.is_some_and(|since| self.t - since > LONGEST_FLOOR) {
            self.waits_for_use = None;
        }
    }

    /// Long after everybody is well. `None` if this client cannot heal, or does not have to.
    pub fn healed(&self) -> Option<Verdict> {
        let out = AuthState::Unauthenticated { reason: Absence::SignedOut };
        let may = matches!(self.given, Given::Callback(_))
            && !(self.disposed || self.hidden || self.hopeless || self.state == out)
            && self.waits_for_use.is_none();
        may.then(|| {
            let identified = matches!(self.state, AuthState::Identified { .. });
            hold(6, identified, "all is well, and a visible client is not identified")?;
            let renewed = self.usage() != Some(Use::Exchange)
                || self.op.is_some()
                || self
                    .tokens
                    .current
                    .is_some_and(|current| current.life <= BRIEF || current.valid(self.now));
            hold(6, renewed, "all is well, and the token of a visible client has ended")
        })
    }
}
