//! Invariant 3: after sign-out, dispose, invalidate or a change of identity nothing is delivered that began before.

use threadpass::session::{AuthState, Need, TabMessage};

use super::{Answered, Observer, Seen, Verdict, hold};
use crate::action::Given;
use crate::people::Person;

/// What an input says about whose generation this is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrival {
    /// Who the token is about that comes with it, where that can be read.
    person: Option<Person>,
    /// It is another person's than the generation's.
    pub another: bool,
    /// A string takes the place of one of the same person.
    pub same_person: bool,
    /// There was a user before it.
    had_user: bool,
}

impl Observer {
    pub(super) fn arrival(&self) -> Arrival {
        let readable = |number| self.tokens.subject(number).and_then(|subject| subject.readable);
        let person = match self.input {
            Seen::Answered { live: true, what: Answered::Token(number) } => readable(number),
            Seen::Start | Seen::Invalidate if matches!(self.given, Given::Text(..)) => readable(self.text),
            Seen::SetCredential { given: Given::Text(..), number } => readable(number),
            _ => None,
        };
        let differs = matches!((self.identity, person), (Some(old), Some(new)) if old != new);
        let live = !matches!(self.state, AuthState::Unauthenticated { .. } | AuthState::Invalid { .. });
        let same_person = match (self.input, self.given) {
            (Seen::SetCredential { given: Given::Text(new, _), number }, Given::Text(old, _)) => {
                let (before, after) = (readable(self.text), readable(number));
                live && new == old && before.is_some() && before == after
            }
            _ => false,
        };
        Arrival {
            person,
            another: differs && matches!(self.input, Seen::Answered { .. }),
            same_person,
            had_user: self.identity.is_some() || self.tokens.any(),
        }
    }

    pub(super) fn ends(&mut self, begins: u32) -> Verdict {
        hold(3, begins == self.generation.wrapping_add(1), "a generation does not have the next number")?;
        hold(3, self.may_end(), "a generation ends without a reason")?;
        self.generation = begins;
        self.ended = true;
        self.identity = None;
        self.hopeless = false;
        if !matches!(self.input, Seen::Answered { what: Answered::Nobody, .. }) {
            self.waits_for_use = None;
        }
        self.tokens.forget_generation(self.input == Seen::OtherTab(TabMessage::SignedOut));
        self.pace.generation();
        // The token of the very answer that ended it is the next generation's, and so is a string.
        match self.input {
            Seen::Answered { live: true, what: Answered::Token(number) } => self.takes(number),
            Seen::SetCredential { given: Given::Text(..), .. } | Seen::Invalidate => self.takes_text(),
            _ => {}
        }
        Ok(())
    }

    fn may_end(&self) -> bool {
        match self.input {
            Seen::SignOut
            | Seen::Dispose
            | Seen::Invalidate
            | Seen::SetCredential { .. }
            | Seen::OtherTab(_) => true,
            Seen::Answered { live: true, what: Answered::Nobody } => self.arrival.had_user,
            _ => self.arrival.another,
        }
    }

    /// Whether this input ends a generation, whatever the machine thinks.
    fn must_end(&self) -> bool {
        !self.disposed
            && match self.input {
                Seen::Dispose => true,
                Seen::Invalidate => !matches!(self.given, Given::Missing | Given::Conflicting),
                Seen::SetCredential { .. } => !self.arrival.same_person,
                _ => self.arrival.another,
            }
    }

    pub(super) fn ended_where_it_must(&mut self) -> Verdict {
        hold(3, self.ended || !self.must_end(), "a generation goes on that should have ended")?;
        if self.ended {
            let old = |waiting: &super::Waiting| waiting.need != Need::Ready && waiting.joined != self.step;
            hold(3, !self.waiting.iter().any(old), "somebody of an ended generation still waits")?;
        }
        if self.disposed || self.input == Seen::Dispose {
            return Ok(());
        }
        if self.identity.is_none() {
            self.identity = self.arrival.person;
        }
        let generation = match &self.state {
            AuthState::Exchanging { generation, .. }
            | AuthState::Identified { generation, .. }
            | AuthState::Error { generation, .. } => *generation,
            AuthState::Unauthenticated { .. } | AuthState::Invalid { .. } => self.generation,
        };
        hold(3, generation == self.generation, "the state is of another generation")
    }
}
