//! Invariant 7: subscribers see only legal transitions, each once.

use threadpass::session::{AuthState, Use};

use super::{Answered, Observer, Seen, Verdict, hold};
use crate::action::Given;

impl Observer {
    pub(super) fn publishes(&mut self, state: &AuthState) -> Verdict {
        hold(7, self.state != *state, "a state is published that has not changed")?;
        match state {
            AuthState::Unauthenticated { .. } => {
                hold(7, self.may_be_absent(), "a user is dropped without a reason")?
            }
            AuthState::Exchanging { .. } => {
                hold(7, !self.token_is_valid(), "`exchanging` hides a valid token")?
            }
            AuthState::Error { .. } => hold(7, !self.token_is_valid(), "`error` hides a valid token")?,
            AuthState::Identified { refresh_error, .. } => {
                let news = refresh_error.is_none() && matches!(self.input, Seen::Rotated(_));
                hold(7, !news, "a rotated token is news")?;
                hold(7, self.may_be_identified(), "`identified` without a valid token")?
            }
            AuthState::Invalid { .. } => {
                hold(7, self.given == Given::Conflicting, "`invalid` without two credentials")?;
            }
        }
        self.state = state.clone();
        Ok(())
    }

    /// D9: "no user" and "could not ask" are different results.
    fn may_be_absent(&self) -> bool {
        match self.input {
            Seen::SignOut
            | Seen::OtherTab(_)
            | Seen::Answered { live: true, what: Answered::Nobody }
            | Seen::SetCredential { given: Given::Missing, .. } => true,
            // The answer itself came too late and was aborted in the same step.
            _ => false,
        }
    }

    fn token_is_valid(&self) -> bool {
        self.usage() == Some(Use::Exchange)
            && self.tokens.current.is_some_and(|current| current.valid(self.now))
    }

    fn may_be_identified(&self) -> bool {
        let valid = self.tokens.current.is_some_and(|current| current.valid(self.now));
        // What was overdue is told before the refusal or the credential that comes with it.
        match (self.usage(), self.input) {
            (Some(Use::Exchange), Seen::Refused(..)) | (Some(Use::Direct), _) => true,
            (Some(Use::Exchange), _) => valid,
            (None, Seen::SetCredential { .. }) if !self.ended => valid,
            (None, _) => self.given == Given::Fixed,
        }
    }
}
