//! Invariant 9: no secret leaves but in a pass or an exchange.

use std::borrow::Cow;

use threadpass::error::{Detail, Fault};
use threadpass::session::{AuthState, Effect, UserHint};

use super::{Observer, Verdict, hold};
use crate::people::Person;

/// Every token has this in it.
pub const CANARY: &str = "CANARY";

/// Debug texts are made of one step in so many: they are long.
const SAMPLE: u64 = 512;

fn clean(text: &str) -> bool {
    !text.as_bytes().windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
}

fn clean_fault(fault: &Fault) -> bool {
    let details = fault.details.iter().all(|(_, detail)| match detail {
        Detail::Text(text) => clean(text),
        Detail::Texts(texts) => texts.iter().all(|text| clean(text)),
        Detail::Number(_) => true,
    });
    // A text of the program itself holds nothing.
    let message = match &fault.message {
        Cow::Borrowed(_) => true,
        Cow::Owned(text) => clean(text),
    };
    details && message && fault.request_id.as_deref().is_none_or(clean)
}

fn clean_state(state: &AuthState) -> bool {
    let clean_user = |user: &Option<std::rc::Rc<UserHint>>| user.as_ref().is_none_or(|user| clean(&user.id));
    match state {
        AuthState::Unauthenticated { .. } => true,
        AuthState::Exchanging { user, .. } => clean_user(user),
        AuthState::Identified { user, refresh_error, .. } => {
            clean_user(user) && refresh_error.as_ref().is_none_or(clean_fault)
        }
        AuthState::Error { user, error, .. } => clean_user(user) && clean_fault(error),
        AuthState::Invalid { error } => clean_fault(error),
    }
}

impl Observer {
    pub(super) fn no_secret(&self, effect: &Effect) -> Verdict {
        let fine = match effect {
            Effect::Settle(_, Err(fault)) | Effect::Warn(fault) | Effect::EndGeneration { fault, .. } => {
                clean_fault(fault)
            }
            Effect::Publish { state, .. } => clean_state(state),
            _ => true,
        };
        hold(9, fine, "a token stands in an error or a state")?;
        if self.step.is_multiple_of(SAMPLE) {
            hold(9, clean(&format!("{effect:?}")), "a token stands in a debug text")?;
        }
        Ok(())
    }

    /// The machine's own debug text.
    pub fn debug_text(&self, session: &threadpass::session::Session) -> Verdict {
        if !self.step.is_multiple_of(SAMPLE) {
            return Ok(());
        }
        hold(9, clean(&format!("{session:?}")), "a token stands in the debug text of the machine")
    }

    /// Whether the state names somebody else than the one it should.
    pub fn names(&self, is: impl Fn(Person, &UserHint) -> bool) -> Verdict {
        let (AuthState::Identified { user: Some(user), .. } | AuthState::Error { user: Some(user), .. }) =
            &self.state
        else {
            return Ok(());
        };
        let other = self.identity.is_some_and(|person| !is(person, user));
        hold(3, !other, "the state names another user than the token")
    }
}
